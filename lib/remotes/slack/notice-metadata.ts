import type { MessageMetadata, PostedMessage } from "./ports.ts";

/** Event type of our notices in the channel's metadata. */
export const NOTICE_EVENT = "zdsync_organizations_without_contacts";

/** Event type of the outbox's messages in the channel's metadata. */
export const POST_EVENT = "zdsync_post";

/** Returns the metadata of an outbox message for later starts of the program: its key. */
export function postMetadata(key: string): MessageMetadata {
  return { event_type: POST_EVENT, event_payload: { key } };
}

/** The `ts` of the outbox's messages, by key. Of two with the same key the one that was posted first. */
export function postedKeys(messages: readonly PostedMessage[]): Map<string, string> {
  const posts = messages.flatMap(({ ts, metadata }) =>
    metadata?.event_type === POST_EVENT ? [[String(metadata.event_payload.key ?? ""), ts] as const] : [],
  );
  return new Map(posts.sort(([, one], [, other]) => Number(other) - Number(one)));
}

/** Returns a message's metadata for later runs: its run and the organizations it names. Flat, one text: Slack keeps no deeper lists. */
export function noticeMetadata(runId: string, organizationIds: readonly number[]): MessageMetadata {
  return { event_type: NOTICE_EVENT, event_payload: { run_id: runId, organization_ids: organizationIds.join(",") } };
}

/** The organizations that messages name; messages of other kinds name none. */
export function namedOrganizations(messages: readonly PostedMessage[]): Set<number> {
  return new Set(
    messages.flatMap(({ metadata }) =>
      metadata?.event_type === NOTICE_EVENT
        ? String(metadata.event_payload.organization_ids ?? "")
            .split(",")
            .filter((id) => /^\d+$/.test(id))
            .map(Number)
        : [],
    ),
  );
}

/** The parent message of a run: it names the run and no organization. Of two the one that was posted first; null without any. */
export function parentOfRun(messages: readonly PostedMessage[], runId: string): string | null {
  const parents = messages.filter(
    ({ metadata }) =>
      metadata?.event_type === NOTICE_EVENT &&
      metadata.event_payload.run_id === runId &&
      metadata.event_payload.organization_ids === "",
  );
  return parents.map(({ ts }) => ts).sort((one, other) => Number(one) - Number(other))[0] ?? null;
}
