import type { NoticeOrganization, NoticeResult, NoticeRun } from "./notice.ts";
import { namedOrganizations } from "./notice-metadata.ts";
import type { PostOutcome, SlackChannel } from "./ports.ts";
import { type Pacing, Poster } from "./poster.ts";
import { renderNotices } from "./render-notices.ts";

export type { NoticeOrganization, NoticeResult, NoticeRun } from "./notice.ts";

const HOUR = 60 * 60 * 1000;
/** How far back the channel is read: a day more than notices are due for (Y3). */
const HISTORY = 8 * 24 * HOUR;
/** How long a notice is posted again where the channel cannot be read (Y4). */
const WITHOUT_HISTORY = 2 * HOUR;
/** Messages of one run, so that a first fill does not outlast the run; the next run posts the rest. */
const MOST_REPLIES = 100;
/** So many posts in a row that fail say that the others will fail too. */
const FAILURES_IN_A_ROW = 3;

/** What notices are posted with. */
export interface NoticeSetting extends Pick<Pacing, "sleep" | "stop"> {
  now: Date;
}

/**
 * Reports organizations without contacts to Slack, each once (Y4): those that an earlier run created only where the channel
 * does not name them yet. Never throws because of Slack: what could not be posted is `due`, with the reason.
 */
export async function postNotices(
  channel: SlackChannel,
  run: NoticeRun,
  organizations: readonly NoticeOrganization[],
  setting: NoticeSetting,
): Promise<NoticeResult> {
  const { now, sleep = Bun.sleep, stop = { reason: null } } = setting;
  const result: NoticeResult = { posted: [], alreadyPosted: [], due: [] };
  const unposted = await stillUnposted(channel, organizations, now, result);
  if (unposted.length > 0) await postAll(new Poster(channel), { sleep, stop }, run, unposted, result);
  return result;
}

/** The organizations that nobody has reported yet; what is settled about the others goes into the result. */
async function stillUnposted(
  channel: SlackChannel,
  organizations: readonly NoticeOrganization[],
  now: Date,
  result: NoticeResult,
): Promise<NoticeOrganization[]> {
  if (organizations.every((one) => one.createdByThisRun)) return [...organizations];
  const history = await channel.history(new Date(now.getTime() - HISTORY));
  const named = history.is === "read" ? namedOrganizations(history.messages) : new Set<number>();
  return organizations.filter((organization) => {
    const { id, createdByThisRun, created_at } = organization;
    if (createdByThisRun) return true;
    if (named.has(id)) result.alreadyPosted.push(id);
    else if (history.is === "read") return true;
    else if (history.is === "forbidden" && now.getTime() - Date.parse(created_at) <= WITHOUT_HISTORY) return true;
    else result.due.push({ id, reason: `whether it was posted cannot be seen: ${history.reason}` });
    return false;
  });
}

async function postAll(
  poster: Poster,
  pacing: Pacing,
  run: NoticeRun,
  organizations: readonly NoticeOrganization[],
  result: NoticeResult,
): Promise<void> {
  const { parent, replies } = renderNotices(run, organizations);
  const root = await poster.post(parent, undefined, pacing);
  let failures = 0;
  let outcome: PostOutcome = root;
  for (const [index, reply] of replies.entries()) {
    if (index >= MOST_REPLIES) outcome = { is: "refused", reason: `more than ${MOST_REPLIES} messages at once` };
    else if (root.is === "posted" && failures < FAILURES_IN_A_ROW) outcome = await poster.post(reply, root, pacing);
    failures = outcome.is === "posted" ? 0 : failures + 1;
    settle(reply.organizationIds, outcome, result);
  }
}

function settle(ids: readonly number[], outcome: PostOutcome, result: NoticeResult): void {
  if (outcome.is === "posted") result.posted.push(...ids);
  else result.due.push(...ids.map((id) => ({ id, reason: reasonOf(outcome) })));
}

function reasonOf(outcome: Exclude<PostOutcome, { is: "posted" }>): string {
  if (outcome.is === "limited") return "Slack's rate limit lasted too long";
  if (outcome.is === "refused") return outcome.reason;
  return `whether it was posted is not known: ${outcome.reason}`;
}
