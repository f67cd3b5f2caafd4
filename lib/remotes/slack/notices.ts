import { type Reason, reason } from "../../domain/reason.ts";
import { sleep as sleepFor } from "../../edges/clock.ts";
import type { NoticeOrganization, NoticeResult, NoticeRun } from "./notice.ts";
import { NO_MEMORY, type NoticeMemory } from "./notice-memory.ts";
import { namedOrganizations, parentOfRun } from "./notice-metadata.ts";
import type { Message, PostOutcome, SlackChannel } from "./ports.ts";
import { type Pacing, Poster } from "./poster.ts";
import { renderNotices } from "./render-notices.ts";

export type { NoticeOrganization, NoticeResult, NoticeRun } from "./notice.ts";

const HOUR = 60 * 60 * 1000;
/** Period for which the channel is read: a day more than notices are due for (Y3). */
const HISTORY = 8 * 24 * HOUR;
/** Period for which a notice is posted again if the channel cannot be read (Y4). */
const WITHOUT_HISTORY = 2 * HOUR;
/** Messages of one run, so that a first fill does not outlast the run; the next run posts the rest. */
const MAX_REPLIES = 100;
/** So many posts in a row that fail say that the others will fail too. */
const FAILURES_IN_A_ROW = 3;

/** Options of posting notices. */
export interface NoticeOptions extends Pick<Pacing, "sleep" | "stop"> {
  now: Date;
  /** Memory of the notices known to be in the channel; absent: none are known. */
  memory?: NoticeMemory;
}

/** Organizations that a run still has to post, and the parent message posted by an earlier attempt at the same run. */
interface Unposted {
  organizations: NoticeOrganization[];
  parent: string | null;
}

/**
 * Reports organizations without contacts to Slack, each once (Y4): those that an earlier run created only where neither the memory
 * nor the channel names them. Never throws because of Slack: what could not be posted is `due`, with the reason.
 */
export async function postNotices(
  channel: SlackChannel,
  run: NoticeRun,
  organizations: readonly NoticeOrganization[],
  options: NoticeOptions,
): Promise<NoticeResult> {
  const { sleep = sleepFor, stop = { reason: null }, memory = NO_MEMORY } = options;
  const result: NoticeResult = { posted: [], alreadyPosted: [], due: [] };
  const unposted = await stillUnposted(channel, run, organizations, { ...options, memory }, result);
  const poster = new Poster(channel);
  const post = (message: Message, thread?: { ts: string }) => poster.post(message, thread, { sleep, stop });
  if (unposted.organizations.length > 0) await postAll(post, run, unposted, memory, result);
  return result;
}

/** Organizations that nobody has reported yet; what is settled about the others goes into the result. */
async function stillUnposted(
  channel: SlackChannel,
  { runId }: NoticeRun,
  organizations: readonly NoticeOrganization[],
  { now, memory }: { now: Date; memory: NoticeMemory },
  result: NoticeResult,
): Promise<Unposted> {
  const known = memory.known(organizations.map(({ id }) => id));
  const unknown = organizations.filter(({ id }) => !known.has(id));
  result.alreadyPosted.push(...organizations.flatMap(({ id }) => (known.has(id) ? [id] : [])));
  const parent = memory.parentOf(runId);
  if (unknown.every((one) => one.createdByThisRun)) return { organizations: unknown, parent };
  const history = await channel.history(new Date(now.getTime() - HISTORY));
  const messages = history.is === "read" ? history.messages : [];
  const named = namedOrganizations(messages);
  const unposted = unknown.filter((organization) => {
    const { id, createdByThisRun, created_at } = organization;
    if (named.has(id)) result.alreadyPosted.push(id);
    else if (createdByThisRun || history.is === "read") return true;
    else if (history.is === "forbidden" && now.getTime() - Date.parse(created_at) <= WITHOUT_HISTORY) return true;
    else result.due.push({ id, reason: reason("notice.unseen", { message: history.reason }) });
    return false;
  });
  memory.remember(unknown.flatMap(({ id }) => (named.has(id) ? [id] : [])));
  return { organizations: unposted, parent: parent ?? parentOfRun(messages, runId) };
}

async function postAll(
  post: (message: Message, thread?: { ts: string }) => Promise<PostOutcome>,
  run: NoticeRun,
  unposted: Unposted,
  memory: NoticeMemory,
  result: NoticeResult,
): Promise<void> {
  const { parent, replies } = renderNotices(run, unposted.organizations);
  const root: PostOutcome = unposted.parent === null ? await post(parent) : { is: "posted", ts: unposted.parent };
  if (root.is === "posted") memory.rememberParent(run.runId, root.ts);
  let failures = 0;
  let outcome: PostOutcome | "too many" = root;
  for (const [index, reply] of replies.entries()) {
    if (index >= MAX_REPLIES) outcome = "too many";
    else if (root.is === "posted" && failures < FAILURES_IN_A_ROW) outcome = await post(reply, root);
    const why = notPosted(outcome);
    failures = why === null ? 0 : failures + 1;
    if (why === null) memory.remember(reply.organizationIds);
    if (why === null) result.posted.push(...reply.organizationIds);
    else result.due.push(...reply.organizationIds.map((id) => ({ id, reason: why })));
  }
}

/** Why a message is not in the channel; null where it is. */
function notPosted(outcome: PostOutcome | "too many"): Reason | null {
  if (outcome === "too many") return reason("notice.too_many", { most: MAX_REPLIES });
  if (outcome.is === "posted") return null;
  if (outcome.is === "limited") return reason("notice.rate_limited");
  return reason(outcome.is === "refused" ? "notice.refused" : "notice.unclear", { message: outcome.reason });
}
