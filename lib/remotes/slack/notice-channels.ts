import type { SlackConfig, UsGovernmentShown } from "../../domain/config.ts";
import { CONFIG_KEY, INSTANCES, type InstanceName } from "../../domain/instance.ts";
import type { SlackSettings } from "../../settings/environment.ts";

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
