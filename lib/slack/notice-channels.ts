import type { SlackConfig, UsGovernmentShown } from "../domain/config.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { SlackSettings } from "../settings/environment.ts";
import type { Outbox } from "./outbox.ts";
import type { Outgoing, OutgoingPost } from "./ports.ts";

/** How the config names an instance. */
const CONFIG_KEY = { global: "global", "us-government": "us_government" } as const satisfies Record<
  InstanceName,
  string
>;

/** The channel of an instance's own that the config names, by its id; null where it has none. */
export function ownChannel({ notice_channels }: SlackConfig, instance: InstanceName): string | null {
  return notice_channels[CONFIG_KEY[instance]];
}

/** The channels that instances have of their own, with the key in the config that names each. */
export function ownChannels(config: SlackConfig): { instance: InstanceName; channel: string; key: string }[] {
  return INSTANCES.flatMap((instance) => {
    const channel = ownChannel(config, instance);
    return channel === null ? [] : [{ instance, channel, key: `slack.notice_channels.${CONFIG_KEY[instance]}` }];
  });
}

/** The settings with which what concerns this instance alone is posted: in its own channel, or else in SLACK_CHANNEL. */
export function settingsFor(settings: SlackSettings, config: SlackConfig, instance: InstanceName): SlackSettings {
  return { ...settings, channel: ownChannel(config, instance) ?? settings.channel };
}

/**
 * Whether customers of us-government are named where something about this instance alone (null: both) is told. Once us-government has a
 * channel of its own, they are named there, if anywhere.
 */
export function namedIn(config: SlackConfig, instance: InstanceName | null): UsGovernmentShown {
  const isElsewhere = ownChannel(config, "us-government") !== null && instance !== "us-government";
  return isElsewhere ? "ids_only" : config.us_government;
}

/** Where in the outbox's table messages for an instance's own channel lie. */
export function placeOf(instance: InstanceName): string {
  return FILE_PREFIX[instance];
}

/**
 * Puts each message into the outbox of its channel: that of the instance it concerns, where that has one of its own, else the one for
 * everything. A reply goes where its thread's message is.
 */
export function byInstance(general: Outbox, own: ReadonlyMap<InstanceName, Outbox>): Outgoing {
  const all = [general, ...own.values()];
  const outboxOf = ({ thread, instance }: OutgoingPost): Outbox => {
    const root = thread === null ? undefined : all.find((one) => one.has(thread));
    return root ?? (instance ? own.get(instance) : undefined) ?? general;
  };
  return {
    put: (post) => outboxOf(post).put(post),
    tsOf: (key) => all.map((one) => one.tsOf(key)).find((ts) => ts !== null) ?? null,
  };
}
