import { createHmac } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { reason } from "../../lib/domain/reason.ts";
import { mintRunId } from "../../lib/pipeline/session.ts";
import { RUN_RECORD, type RunRecord } from "../../lib/storage/runs/run-record.ts";

/**
 * Load on the bot: mixed signed commands at a fixed rate over a real port, from this process, which also plays Slack, in a data
 * directory with a month of history. Prints how long acknowledgements took and how much the bot's resident memory grew after the
 * warm-up; exits 1 where that is more than issue 4 allows. Runs for half a minute; `--seconds 60`, `--rate 400`, `--history 0` give
 * others. No test: times belong to the benchmark (docs/benchmarks.md).
 */

const argument = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const RATE = argument("rate", 200);
const SECONDS = argument("seconds", 30);
/** Long enough for the bot to have loaded everything and for its heap to have found its size. */
const WARM_UP_SECONDS = argument("warm-up", 10);
/** Ended runs in the history: 30 days of hourly ones. */
const HISTORY = argument("history", 720);
const CONFLICTS_PER_RUN = 20;
/** What issue 4 allows: the 99th percentile has to stay below, memory may grow by so much. */
const MAX_MS = 500;
const MAX_MB = 20;

const TEAM = "T0SANDBOX1";
const ALLOWED = "U0ANN00001";
const STRANGER = "U0EVE00001";

/** What is sent, by weight: mostly what people type, and what nobody should. */
const MIX: { weight: number; user: string; text?: string; action?: string; forged?: true }[] = [
  { weight: 20, user: STRANGER, text: "help" },
  { weight: 20, user: STRANGER, text: "status" },
  { weight: 10, user: ALLOWED, text: "last" },
  { weight: 10, user: ALLOWED, text: "org 0014M00001kAbCdQAK" },
  { weight: 10, user: ALLOWED, text: "org example" },
  { weight: 10, user: STRANGER, text: "run global —dry-run" },
  { weight: 5, user: ALLOWED, text: "cancel" },
  { weight: 5, user: ALLOWED, text: "stauts" },
  { weight: 5, user: ALLOWED, action: "run_confirm" },
  { weight: 5, user: ALLOWED, text: "help", forged: true },
];
const KINDS = MIX.flatMap((one) => Array.from({ length: one.weight }, () => one));

const sandbox = await startSandbox({ accounts: 2000, timeFactor: 60 });
const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-bot-"));
const dataDir = join(folder, "data");
const config = join(folder, "zdsync.config.yml");
await writeFile(config, sandbox.world.config);
const secret = String(sandbox.env.SLACK_SIGNING_SECRET);
const answers = { count: 0 };
const responses = Bun.serve({ port: 0, fetch: countAnswer });
function countAnswer(): Response {
  answers.count++;
  return new Response("ok");
}
const env = {
  ...sandbox.env,
  PATH: process.env.PATH ?? "",
  ZDSYNC_CONFIG: config,
  ZDSYNC_DATA_DIR: dataDir,
};
const zdsync = join(import.meta.dir, "../../bin/zdsync.ts");

console.log("One run of 2,000 accounts first, so that `last` and `org` have something to say …");
const run = Bun.spawn([process.execPath, zdsync, "run", "--quiet"], { env, stdout: "ignore", stderr: "inherit" });
await run.exited;
await seedHistory();
const port = freePort();
const bot = Bun.spawn([process.execPath, zdsync, "bot"], {
  env: { ...env, PORT: String(port) },
  stdout: "ignore",
  stderr: Bun.file(join(folder, "bot.log")),
});
try {
  await ready();
  await load(WARM_UP_SECONDS);
  const before = await residentMegabytes();
  const acknowledged = await load(SECONDS);
  const after = await residentMegabytes();
  process.exitCode = report(acknowledged, before, after) ? 0 : 1;
} finally {
  bot.kill();
  await bot.exited;
  responses.stop(true);
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Records of hourly runs before now, with the times that files have which runs wrote. */
async function seedHistory(): Promise<void> {
  for (let hours = 1; hours <= HISTORY; hours++) {
    const startedAt = new Date(Date.now() - hours * 3_600_000);
    const endedAt = new Date(startedAt.getTime() + 300_000);
    const record = pastRun(startedAt, endedAt);
    const run = join(dataDir, "history", record.run_id);
    await mkdir(run, { recursive: true, mode: 0o700 });
    await writeFile(join(run, RUN_RECORD), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await utimes(join(run, RUN_RECORD), endedAt, endedAt);
    await utimes(run, endedAt, endedAt);
  }
}

function pastRun(startedAt: Date, endedAt: Date): RunRecord {
  const results = { applied: 10, failed: 0, skipped: 0 };
  return {
    ...{ schema: 1, run_id: mintRunId(startedAt), command: "run", dry_run: false, host: "build-1", pid: 4711, exit: 0 },
    instances: ["global", "us-government"],
    started_at: startedAt.toISOString(),
    ended_at: endedAt.toISOString(),
    steps: ["gather-accounts", "gather-orgs", "process", "compare", "sync"].flatMap((stage) =>
      (["global", "us-government"] as const).map((instance) => ({
        ...{ stage, instance, state: "done" as const, at: endedAt.toISOString() },
      })),
    ),
    comparisons: (["global", "partner", "usgov"] as const).map((name) => ({
      ...{
        name,
        existing: 2000,
        planned: { creates: 10, updates: 10, marks: 10, contacts: 0 },
        measures: [],
        refused: [],
      },
      ...{ unconfirmed: [], results: { create: results, update: results, mark: results, contact: results } },
    })),
    ...{ failures: [], unknown_charges: [] },
    merged: [],
    moved: [],
    conflicts: Array.from({ length: CONFLICTS_PER_RUN }, (_, index) => ({
      comparison: "global" as const,
      salesforce_id: `0014M00001k${String(index).padStart(4, "0")}QAK`,
      id: 4_000_000 + index,
      reason: reason("create.external_id_taken", { organization_ids: [7] }),
    })),
  };
}

interface Acknowledged {
  milliseconds: number[];
  statuses: Map<number, number>;
}

/** Sends at the rate, whether or not earlier ones were answered: people do not wait for each other. */
async function load(seconds: number): Promise<Acknowledged> {
  const result: Acknowledged = { milliseconds: [], statuses: new Map() };
  const sending: Promise<void>[] = [];
  const begun = performance.now();
  for (let sent = 0; sent < RATE * seconds; sent++) {
    const due = begun + (sent / RATE) * 1000;
    const wait = due - performance.now();
    if (wait > 1) await Bun.sleep(wait);
    // A prime step walks through all kinds without bunches of one.
    const kind = KINDS[(sent * 37) % KINDS.length];
    if (kind) sending.push(send(kind, due, result));
  }
  await Promise.all(sending);
  return result;
}

async function send(kind: (typeof MIX)[number], due: number, result: Acknowledged): Promise<void> {
  const body = kind.action ? clickBody(kind.user, kind.action) : commandBody(kind.user, kind.text ?? "");
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", kind.forged ? "forged" : secret)
    .update(`v0:${timestamp}:${body}`)
    .digest("hex");
  const response = await fetch(`http://127.0.0.1:${port}/slack/events`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${signature}`,
    },
    body,
  });
  await response.arrayBuffer();
  // From when it was due, not from when it got out: a generator that lags must not make the bot look fast.
  result.milliseconds.push(performance.now() - due);
  result.statuses.set(response.status, (result.statuses.get(response.status) ?? 0) + 1);
}

function commandBody(user: string, text: string): string {
  return new URLSearchParams({
    command: "/zdsync",
    text,
    team_id: TEAM,
    team_domain: "sandbox",
    channel_id: String(sandbox.env.SLACK_CHANNEL),
    channel_name: "support-ops",
    user_id: user,
    user_name: "somebody",
    response_url: `http://127.0.0.1:${responses.port}/`,
    trigger_id: crypto.randomUUID(),
    api_app_id: "A0SANDBOX1",
  }).toString();
}

function clickBody(user: string, action: string): string {
  const payload = {
    type: "block_actions",
    team: { id: TEAM, domain: "sandbox" },
    user: { id: user, username: "somebody", team_id: TEAM },
    channel: { id: sandbox.env.SLACK_CHANNEL, name: "support-ops" },
    container: { type: "message", channel_id: sandbox.env.SLACK_CHANNEL, is_ephemeral: true },
    response_url: `http://127.0.0.1:${responses.port}/`,
    trigger_id: crypto.randomUUID(),
    api_app_id: "A0SANDBOX1",
    actions: [{ type: "button", action_id: action, block_id: "offer", value: crypto.randomUUID(), action_ts: "1.0" }],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

async function ready(): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await Bun.sleep(50);
  }
  throw new Error(`the bot did not get ready:\n${await readFile(join(folder, "bot.log"), "utf8")}`);
}

/** Resident memory of the bot, as Linux counts it. */
async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${bot.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port: free } = server;
  server.stop(true);
  return Number(free);
}

/** Whether both were within what is allowed. */
function report({ milliseconds, statuses }: Acknowledged, before: number, after: number): boolean {
  const sorted = milliseconds.sort((one, other) => one - other);
  const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const shown = (share: number) => `${percentile(share).toFixed(1)} ms`;
  const grown = after - before;
  const isQuick = percentile(0.99) < MAX_MS;
  const isLean = grown <= MAX_MB;
  console.log(
    [
      `${RATE} commands a second for ${SECONDS} s on ${cpus().length} cores (this process, which plays Slack, takes its share): ${sorted.length} sent; ${HISTORY} ended runs in the history`,
      `answers by status: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(", ")}; later answers: ${answers.count}`,
      `acknowledged after: 50 % ${shown(0.5)}, 90 % ${shown(0.9)}, 99 % ${shown(0.99)}, all ${shown(1)}`,
      `the bot's resident memory: ${before.toFixed(1)} MB after the warm-up, ${after.toFixed(1)} MB at the end (${grown >= 0 ? "+" : ""}${grown.toFixed(1)} MB)`,
      `${isQuick ? "ok" : "TOO SLOW"}: 99 % under ${MAX_MS} ms; ${isLean ? "ok" : "TOO MUCH"}: at most ${MAX_MB} MB more memory`,
    ].join("\n"),
  );
  return isQuick && isLean;
}
