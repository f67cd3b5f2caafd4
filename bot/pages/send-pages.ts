import type { InstanceName } from "../../lib/domain/instance.ts";
import { sleep as sleepFor } from "../../lib/edges/clock.ts";
import type { Outgoing } from "../../lib/remotes/slack/ports.ts";
import type { SlackFailure } from "../../lib/remotes/slack/slack-errors.ts";
import type { FilePlace, ThreadFiles } from "../../lib/remotes/slack/thread-files.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import { errorSummary } from "../error-summary.ts";
import { messageLines } from "../render/blocks.ts";
import { plainRun } from "../render/format-run.ts";
import { Pauses, type Sleep } from "../run-flow/pauses.ts";
import { type Runner, RunnerError } from "../runs/runner.ts";
import type { PageUpload, PageUploads, RequestedPage } from "./page-uploads.ts";
import type { PageRead } from "./read-page.ts";

/** Milliseconds between checks for something to do while a page waits. */
const EVERY_MS = 2_000;
/** The same while none does: a page that is wanted makes it look at once. */
const IDLE_MS = 3_600_000;
/** Attempts at everything that nobody sees: reading the page, sending its bytes. */
const MAX_ATTEMPTS = 5;
const FIRST_RETRY_MS = 10_000;
/** After Slack's answer was lost: files are shown only once Slack has looked through them (bolt-js issue 2115). */
const SETTLING_MS = 60_000;

/** Requested uploads, the pages and channels they concern, and the clock and log of the page sender. */
export interface PageSenderDeps {
  uploads: PageUploads;
  outgoing: Outgoing;
  kind: Runner["kind"];
  /** The page of an ended run as it may be shown in the channel of its thread. May throw. */
  pageOf: (page: Pick<RequestedPage, "runId" | "instance">) => Promise<PageRead>;
  /** The files of the channel that a run's thread is in. */
  filesOf: (instance: InstanceName | null) => ThreadFiles;
  clock: () => Date;
  /** Told what went wrong; never names a customer. */
  warn: (message: string) => void;
  /** For tests. */
  sleep?: Sleep;
}

/** Puts the pages of runs into their threads. */
export interface PageSender {
  /** Takes a page durably; a run's is taken once. */
  want(page: RequestedPage): void;
  start(): void;
  /** Ends it; waits for what is in flight. What is left goes on after the next start. */
  stop(): Promise<void>;
}

/**
 * Puts pages into threads, each at most once: what nobody sees is tried again, but Slack is asked once to show a file, and where its
 * answer is lost, the thread is looked at. It comes after the end of the run was told, and never holds that up. What does not succeed is
 * a line in the thread.
 */
export function createPageSender(deps: PageSenderDeps): PageSender {
  const { uploads, clock, warn, sleep = sleepFor } = deps;
  const pauses = new Pauses(sleep);
  let working: Promise<void> | null = null;
  const work = async () => {
    while (!pauses.stopped) {
      try {
        for (const upload of uploads.open()) if (!pauses.stopped) await step(upload, deps);
      } catch (error) {
        warn(`pages could not be posted to threads: ${errorSummary(error)}`);
      }
      await pauses.wait("pages", uploads.open().length > 0 ? EVERY_MS : IDLE_MS);
    }
  };
  return {
    want(page) {
      uploads.want(page, clock());
      pauses.changed("pages");
    },
    start() {
      working ??= work().catch((error) => warn(`pages are no longer posted to threads: ${errorSummary(error)}`));
    },
    async stop() {
      pauses.stop();
      await working;
    },
  };
}

async function step(upload: PageUpload, deps: PageSenderDeps): Promise<void> {
  const { outgoing, clock } = deps;
  const thread = outgoing.tsOf(upload.thread);
  if (thread === null || outgoing.tsOf(upload.after) === null || upload.nextAt > clock().getTime()) return;
  const run = plainRun(deps.kind, upload.runId);
  const place = { thread, title: `zdsync ${run}`, comment: `The page of ${run} shows everything it changed, and why.` };
  if (upload.state === "sharing") return lookAgain(upload, place, deps);
  const bytes = await pageBytes(upload, deps);
  if (bytes === null) return;
  const uploaded = await deps.filesOf(upload.instance).upload({ name: "report.html", bytes });
  if (uploaded.is !== "uploaded") return later(upload, uploaded, deps);
  await share(upload, uploaded.id, place, deps);
}

const WITHOUT_PAGE: Record<Exclude<PageRead["is"], "page">, string> = {
  none: "the run left none, or it was deleted.",
  "not for here":
    "the run wrote none without customers of us-government. Its config needs the same `slack` settings as the bot's.",
};

/** Null where there is nothing to send, now or ever; what comes of that is kept. */
async function pageBytes(upload: PageUpload, deps: PageSenderDeps): Promise<Uint8Array | null> {
  try {
    const page = await deps.pageOf(upload);
    if (page.is === "page") return page.bytes;
    fail(upload, WITHOUT_PAGE[page.is], deps);
    return null;
  } catch (error) {
    if (!(error instanceof RunnerError)) deps.warn(`the page of a run cannot be read: ${errorSummary(error)}`);
    const reason = error instanceof RunnerError ? error.message : "it cannot be read; see the bot's log";
    later(upload, { is: "unknown", reason }, deps);
    return null;
  }
}

async function share(upload: PageUpload, id: string, place: FilePlace, deps: PageSenderDeps): Promise<void> {
  const { uploads, clock } = deps;
  const now = clock().getTime();
  // Written before Slack is asked: killed in between, the thread is looked at, and the file is not shown twice.
  uploads.keep(upload.runId, { state: "sharing", attempts: upload.attempts, nextAt: now + SETTLING_MS });
  const shared = await deps.filesOf(upload.instance).share(id, place);
  if (shared.is === "shared") uploads.keep(upload.runId, { ...upload, state: "done" });
  else if (shared.is !== "unknown") later(upload, shared, deps);
}

/** Slack's answer was lost, or the bot was killed before it came. */
async function lookAgain(upload: PageUpload, place: FilePlace, deps: PageSenderDeps): Promise<void> {
  const seen = await deps.filesOf(upload.instance).look(place);
  if (seen.is === "there") deps.uploads.keep(upload.runId, { ...upload, state: "done" });
  else if (seen.is === "not there") fail(upload, "Slack did not respond, and does not show it.", deps);
  else if (upload.attempts + 1 >= MAX_ATTEMPTS)
    fail(upload, `Slack did not respond, and the bot cannot see whether it was posted: ${seen.reason}`, deps);
  else retryAfter(upload, "sharing", deps);
}

/** Tries again what certainly nobody saw, unless it would not help, or was tried often enough. */
function later(upload: PageUpload, failure: SlackFailure, deps: PageSenderDeps): void {
  const isLast = upload.attempts + 1 >= MAX_ATTEMPTS;
  if (failure.is !== "refused" && !isLast) retryAfter(upload, "pending", deps, failure.waitMs);
  else fail(upload, failure.is === "limited" ? "Slack's rate limit lasted too long." : failure.reason, deps);
}

function retryAfter(upload: PageUpload, state: "pending" | "sharing", deps: PageSenderDeps, leastMs = 0): void {
  const wait = Math.max(leastMs, FIRST_RETRY_MS * 2 ** upload.attempts);
  const nextAt = deps.clock().getTime() + wait;
  deps.uploads.keep(upload.runId, { state, attempts: upload.attempts + 1, nextAt });
}

/** The line is put first: killed in between, it is put again under the same key. */
function fail(upload: PageUpload, reason: string, { outgoing, uploads }: PageSenderDeps): void {
  const said = messageLines([`The page of this run could not be posted here: ${mrkdwnText(reason, 400)}`]);
  outgoing.enqueue({
    key: `run ${upload.runId} page failed`,
    thread: upload.thread,
    instance: upload.instance,
    ...said,
  });
  uploads.keep(upload.runId, { ...upload, state: "failed" });
}
