import type { MessageMetadata, PostedMessage } from "./ports.ts";

/** What our notices are called in the channel's metadata. */
export const NOTICE_EVENT = "zdsync_organizations_without_contacts";

/** What a message of a run says to later runs: which organizations it names. Flat, one text: Slack keeps no deeper lists. */
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
