import type { WritingContext } from "../pipeline/stage.ts";
import { reasonText } from "../reasons/reason-text.ts";
import type { NoticeOrganization } from "../remotes/slack/notice.ts";
import type { WithoutContacts } from "./place-contacts.ts";

/** Reports new organizations without contacts to Slack, where it is configured (Y4). Slack never fails a sync: what is not posted stays due. */
export async function postNoticesOf(
  organizations: readonly WithoutContacts[],
  runId: string,
  context: WritingContext,
): Promise<{ posted: number; due: number }> {
  const { remotes, stop, clock, sleep, warn, salesforceHost } = context;
  const channel = await remotes.slack();
  if (organizations.length === 0 || !channel) return { posted: 0, due: channel ? 0 : organizations.length };
  const { reader } = await remotes.zendesk("global");
  const notices = organizations.map(
    (organization): NoticeOrganization => ({
      ...organization,
      zendeskUrl: `https://${reader.host}/agent/organizations/${organization.id}`,
      salesforceUrl: salesforceHost ? `https://${salesforceHost}/${organization.salesforce_id}` : "",
    }),
  );
  const { postNotices } = await import("../remotes/slack/notices.ts");
  using memory = await context.openNoticeMemory();
  const { posted, due } = await postNotices(channel, { runId, dryRun: false }, notices, {
    now: clock(),
    memory,
    stop,
    ...(sleep ? { sleep } : {}),
  });
  for (const [, alike] of Map.groupBy(due, (one) => JSON.stringify(one.reason)))
    if (alike[0])
      warn(`${alike.length} organizations without contacts are still to be reported. ${reasonText(alike[0].reason)}`);
  return { posted: posted.length, due: due.length };
}
