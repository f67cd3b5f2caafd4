import { afterAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { reason } from "../../lib/domain/reason.ts";
import type { NoticeOrganization } from "../../lib/remotes/slack/notice.ts";
import type { OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import { slackSettings } from "../../lib/settings/environment.ts";
import type { RequestHook, RequestPhase } from "../../sandbox/types.ts";
import type { PostingTask } from "../../test/support/bot/posting-child.ts";

setDefaultTimeout(120_000);

const PHASES: RequestPhase[] = ["before", "committed", "answered"];
/** Every post of the task is one at which the program is killed. */
const POSTS = [1, 2, 3, 4];
const moments = POSTS.flatMap((post) => PHASES.map((phase) => ({ post, phase })));

let hook: RequestHook = () => undefined;
const sandbox = await startSandbox({ accounts: 1, timeFactor: 10_000, onRequest: (...asked) => hook(...asked) });
const folder = await mkdtemp(join(tmpdir(), "zdsync-kill-"));
afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Tests share the channel: each has keys, runs and organizations of its own. */
let number = 0;
let before = 0;
let database = "";
beforeEach(() => {
  number++;
  hook = () => undefined;
  sandbox.setSlackHistoryScope(true);
  before = sandbox.slackMessages().length;
  database = join(folder, `${crypto.randomUUID()}.sqlite`);
});
const messages = () => sandbox.slackMessages().slice(before);

function settings() {
  const { token, channel, apiUrl } = slackSettings(sandbox.env, []) ?? { token: "", channel: "" };
  return { token, channel, apiUrl: apiUrl ?? "" };
}

/** Runs the program to its end. */
async function run(task: Omit<PostingTask, "settings" | "database">): Promise<number | null> {
  const child = start(task);
  await child.exited;
  return child.exitCode;
}

function start(task: Omit<PostingTask, "settings" | "database">) {
  const argument = JSON.stringify({ ...task, settings: settings(), database });
  return Bun.spawn([process.execPath, join(import.meta.dir, "../../test/support/bot/posting-child.ts"), argument], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/**
 * Runs the program and kills it (SIGKILL) at its n-th post: before Slack has the message, once it stands in the channel, or with the
 * answer on its way. Ends when the program is gone.
 */
async function runAndKill(task: Omit<PostingTask, "settings" | "database">, at: { post: number; phase: RequestPhase }) {
  let posts = 0;
  const child = start(task);
  hook = async ({ service, path }, phase) => {
    if (service !== "slack" || !path.startsWith("/api/chat.postMessage")) return undefined;
    if (phase === "before") posts++;
    if (posts !== at.post || phase !== at.phase) return undefined;
    child.kill("SIGKILL");
    await child.exited;
    return "drop";
  };
  await child.exited;
  hook = () => undefined;
  return child.signalCode;
}

describe("the outbox: kill -9 between any two steps, and started again (S5)", () => {
  const keyOf = (text: string) => `test ${number} ${text}`;
  const post = (text: string, thread: string | null = null): OutgoingPost => ({
    key: keyOf(text),
    thread: thread === null ? null : keyOf(thread),
    text,
    blocks: [],
  });
  const said = ["run started", "gather", "sync", "run ended"];
  const posts = () => said.map((text) => post(text, ["gather", "sync"].includes(text) ? "run started" : null));

  test.each(moments)("killed at post $post, $phase: nothing missing, nothing twice, in order", async (at) => {
    const signal = await runAndKill({ posts: posts() }, at);
    // With the last answer on its way it may have ended by itself.
    if (at.phase !== "answered") expect(signal).toBe("SIGKILL");
    expect(await run({ posts: posts() })).toBe(0);
    expect(await run({ posts: posts() })).toBe(0);
    expect(messages().map(({ text }) => text)).toEqual(said);
    const [root, ...others] = messages();
    expect(others.map(({ thread_ts }) => thread_ts)).toEqual([root?.ts, root?.ts, undefined]);
  });

  test("killed again and again, at every post", async () => {
    for (const at of moments) await runAndKill({ posts: posts() }, { ...at, post: 1 });
    expect(await run({ posts: posts() })).toBe(0);
    expect(messages().map(({ text }) => text)).toEqual(said);
  });
});

describe("notices: kill -9 between any two posts, and the next run (Y4)", () => {
  const organizations = (createdByThisRun: boolean): NoticeOrganization[] =>
    Array.from({ length: 12 }, (_, index) => ({
      id: 1000 * number + 101 + index,
      salesforce_id: "0014M00001kAbCdQAK",
      name: `Example ${index}`,
      zendeskUrl: "",
      salesforceUrl: "",
      created_at: new Date().toISOString(),
      addresses: Array.from({ length: 8 }, () => ({
        email: `${"a".repeat(70)}@example.com`,
        reason: reason("legacy.text", { text: "r".repeat(150) }),
      })),
      createdByThisRun,
    }));
  /** The run that is killed, and the next one: the same run once more, or another one. */
  const runs = (runId: string, next: boolean) => ({
    notices: { runId: `test-${number}-${runId}`, organizations: organizations(!next) },
  });
  const named = () =>
    messages().flatMap(({ metadata }) => {
      const { event_payload } = metadata as { event_payload: { organization_ids: string } };
      return event_payload.organization_ids === "" ? [] : event_payload.organization_ids.split(",").map(Number);
    });
  const all = () => organizations(true).map(({ id }) => id);

  test.each(moments.flatMap((at) => ["with", "without"].map((memory) => ({ ...at, memory }))))(
    "killed at post $post, $phase; the same run again $memory the database: each named once, one parent",
    async ({ memory, ...at }) => {
      await runAndKill(runs("run-1", false), at);
      if (memory === "without") await forget();
      await run(runs("run-1", true));
      expect(named().sort()).toEqual(all());
      expect(messages().filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(1);
    },
  );

  test.each(moments)("killed at post $post, $phase; another run, without the database: each named once", async (at) => {
    await runAndKill(runs("run-1", false), at);
    await forget();
    await run(runs("run-2", true));
    await run(runs("run-3", true));
    expect(named().sort()).toEqual(all());
  });

  test.each(moments)("killed at post $post, $phase, and nobody may read the channel: nobody is missing", async (at) => {
    await runAndKill(runs("run-1", false), at);
    sandbox.setSlackHistoryScope(false);
    await run(runs("run-2", true));
    await run(runs("run-3", true));
    expect([...new Set(named())].sort()).toEqual(all());
    // What one message named may stand there twice: young, and its outcome is known to nobody (Y4).
    expect(named().length - all().length).toBeLessThanOrEqual(at.phase === "before" || at.post === 1 ? 0 : 4);
  });

  async function forget(): Promise<void> {
    for (const suffix of ["", "-wal", "-shm"]) await rm(`${database}${suffix}`, { force: true });
  }
});
