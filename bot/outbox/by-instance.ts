import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import type { Outgoing, OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import type { Outbox } from "./outbox.ts";

/** Returns the value of the outbox table's place column for messages to an instance's own channel. */
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
    enqueue: (post) => outboxOf(post).enqueue(post),
    tsOf: (key) => all.map((one) => one.tsOf(key)).find((ts) => ts !== null) ?? null,
  };
}
