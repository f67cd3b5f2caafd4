import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { mention, messageLines } from "../render/blocks.ts";
import { confirmedText } from "../render/counts.ts";
import { type Customers, NO_NAMES } from "../render/customer.ts";
import { instanceText, runLink } from "../render/format-run.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import type { DecidedPost, FollowedRun, Notified } from "./followed-runs.ts";
import { ANY_CHANNEL } from "./offers.ts";
import { asksAgain, renderEnd } from "./render-end.ts";

/** Messages about parts while a run goes on; what ends after that is told together at the end. With start and end at most 12. */
const MAX_MESSAGES = 8;
/** Milliseconds for which a run may be out of sight before its thread is notified. */
const UNSEEN_NOTIFIED_MS = 10 * 60_000;
/** Milliseconds after which a run that cannot be seen is given up. */
const GIVEN_UP_MS = 24 * 3_600_000;

/** State to save and messages to post after a look at a run. */
export interface RunMessages {
  state: FollowedRun["state"];
  told: Notified;
  posts: DecidedPost[];
}

/** The keys of a run's messages: the same after every restart. */
export const KEY = {
  started: (id: string) => `run ${id} started`,
  parts: (id: string, number: number) => `run ${id} parts ${number}`,
  unseen: (id: string, number: number) => `run ${id} unseen ${number}`,
  seen: (id: string, number: number) => `run ${id} seen again ${number}`,
  cancelled: (id: string, user: string) => `run ${id} cancelled by ${user}`,
  ended: (id: string) => `run ${id} ended`,
  asksAgain: (id: string) => `run ${id} asks again`,
  unknown: (askedAt: Date) => `start ${askedAt.toISOString()} unknown`,
};

/** The public message that a run was started, to which its thread belongs. Pure. */
export function startedPost(kind: Runner["kind"], run: RunState, { by, instance, counts }: FollowedRun): DecidedPost {
  const lines = [
    `${mention(by.user)} started a run of ${instanceText(instance)}: ${runLink(kind, run)}`,
    `Confirmed, at most: ${confirmedText(counts)}.`,
  ];
  return { key: KEY.started(run.id), thread: null, asksAgain: null, ...messageLines(lines) };
}

/** Returns the messages due after a look at a run: parts that ended since the last look, in one message, and the end. Pure. */
export function runMessages(
  kind: Runner["kind"],
  followed: FollowedRun,
  run: RunState,
  customers: Customers = NO_NAMES,
): RunMessages {
  const posts: DecidedPost[] = [];
  const told = { ...followed.told, parts: { ...followed.told.parts } };
  if (told.saidUnseen)
    posts.push(reply(run.id, KEY.seen(run.id, told.unseenTold), ["The bot can see this run again."]));
  told.unseenSince = null;
  told.saidUnseen = false;
  const ended = run.status === "ended" || run.status === "lost";
  told.held = [...told.held, ...endedParts(told.parts, run)];
  if (told.held.length > 0 && (ended || told.messages < MAX_MESSAGES)) {
    told.messages += 1;
    posts.push(reply(run.id, KEY.parts(run.id, told.messages), told.held));
    told.held = [];
  }
  if (!ended) return { state: "following", told, posts };
  posts.push(reply(run.id, KEY.ended(run.id), renderEnd(kind, followed, run, customers)));
  const again = asksAgain(followed, run);
  if (again)
    posts.push({
      ...reply(run.id, KEY.asksAgain(run.id), again.lines),
      asksAgain: { by: { ...followed.by, channel: ANY_CHANNEL }, instance: followed.instance, counts: again.counts },
    });
  return { state: "ended", told, posts };
}

/** The same where the run could not be looked at: told once after ten minutes, given up after a day. Pure. */
export function unseenMessages(followed: FollowedRun, runId: string, reason: string, now: Date): RunMessages {
  const told = { ...followed.told };
  told.unseenSince ??= now.toISOString();
  const unseenMs = now.getTime() - Date.parse(told.unseenSince);
  if (unseenMs >= GIVEN_UP_MS) {
    const line =
      "The bot could not see this run for a day and no longer follows it. `/zdsync last` shows what is known.";
    return { state: "ended", told, posts: [reply(runId, KEY.ended(runId), [line])] };
  }
  if (unseenMs < UNSEEN_NOTIFIED_MS || told.saidUnseen) return { state: "following", told, posts: [] };
  told.unseenTold += 1;
  told.saidUnseen = true;
  const line = `The bot cannot see this run at the moment: ${mrkdwnText(reason, 300)} It may still be in progress; the bot keeps checking.`;
  return { state: "following", told, posts: [reply(runId, KEY.unseen(runId, told.unseenTold), [line])] };
}

/** A line for each part whose end has not been told; notes them as told. */
function endedParts(parts: Record<string, string>, run: RunState): string[] {
  const ended = run.parts.filter(({ name, state }) => state in PART_LABELS && parts[name] !== state);
  for (const { name, state } of ended) parts[name] = state;
  return ended.map(({ name, state }) => `${PART_LABELS[state] ?? ""} ${mrkdwnText(name, 100)}`);
}

const PART_LABELS: Partial<Record<string, string>> = {
  done: "✓",
  refused: "✗ refused before any write:",
  failed: "✗ failed:",
  stopped: "■ stopped early:",
  skipped: "– not started:",
};

function reply(runId: string, key: string, lines: readonly string[]): DecidedPost {
  return { key, thread: KEY.started(runId), asksAgain: null, ...messageLines(lines) };
}
