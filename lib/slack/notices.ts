import type { NoticeOrganization, NoticeResult, NoticeRun } from "./notice.ts";
import { namedOrganizations } from "./notice-metadata.ts";
import type { Message, PostOutcome, SlackChannel } from "./ports.ts";
import { renderNotices } from "./render-notices.ts";

export type { NoticeOrganization, NoticeResult, NoticeRun } from "./notice.ts";

const HOUR = 60 * 60 * 1000;
/** How far back the channel is read: a day more than notices are due for (Y3). */
const HISTORY = 8 * 24 * HOUR;
/** How long a notice is posted again where the channel cannot be read (Y4). */
const WITHOUT_HISTORY = 2 * HOUR;
/** Slack takes about one message a second in a channel. */
const PAUSE = 1000;
/** How long Slack may make us wait for one message, in all. */
const MOST_WAIT = 120_000;
/** Messages of one run, so that a first fill does not outlast the run; the next run posts the rest. */
const MOST_REPLIES = 100;
/** So many posts in a row that fail say that the others will fail too. */
const FAILURES_IN_A_ROW = 3;

/** What notices are posted with. */
export interface NoticeSetting {
  now: Date;
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Asked to stop, nothing further is posted: the rest stays due. */
  stop?: { readonly reason: string | null };
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
  const result: NoticeResult = { posted: [], alreadyPosted: [], due: [] };
  const unposted = await stillUnposted(channel, organizations, setting.now, result);
  if (unposted.length > 0) await postAll(new Poster(channel, setting), run, unposted, result);
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
  run: NoticeRun,
  organizations: readonly NoticeOrganization[],
  result: NoticeResult,
): Promise<void> {
  const { parent, replies } = renderNotices(run, organizations);
  const root = await poster.post(parent);
  let failures = 0;
  let outcome: PostOutcome = root;
  for (const [index, reply] of replies.entries()) {
    if (index >= MOST_REPLIES) outcome = { is: "refused", reason: `more than ${MOST_REPLIES} messages at once` };
    else if (root.is === "posted" && failures < FAILURES_IN_A_ROW) outcome = await poster.post(reply, root);
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

/** Posts one message a second, and waits out Slack's rate limit within bounds. What may have been posted is not sent again. */
class Poster {
  readonly #sleep: (milliseconds: number) => Promise<unknown>;
  readonly #stop: NonNullable<NoticeSetting["stop"]>;
  #first = true;

  constructor(
    readonly channel: SlackChannel,
    { sleep = Bun.sleep, stop = { reason: null } }: NoticeSetting,
  ) {
    this.#sleep = sleep;
    this.#stop = stop;
  }

  async post(message: Message, thread?: { ts: string }): Promise<PostOutcome> {
    let waited = 0;
    for (;;) {
      if (!this.#first) await this.#sleep(PAUSE);
      this.#first = false;
      if (this.#stop.reason !== null) return { is: "refused", reason: `stopped (${this.#stop.reason})` };
      const outcome = await this.channel.post(message, thread);
      if (outcome.is !== "limited" || waited + outcome.waitMs > MOST_WAIT) return outcome;
      waited += Math.max(outcome.waitMs, PAUSE);
      await this.#sleep(outcome.waitMs);
    }
  }
}
