import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../bot/database.ts";
import { PipelineMemory } from "../../bot/runs/pipeline-memory.ts";
import { refusalText } from "../../lib/reasons/reason-text.ts";
import { openNoticeMemory } from "../../lib/remotes/slack/notice-memory.ts";
import { ANN, WholeWorld } from "../bot/bot-world.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { clockFromThen, KEPT, keptWorld, layOut, RUNS } from "./kept-version.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* The databases of the version before (4d37f09): the bot goes on where that version's bot was stopped. */

const CHANNEL = "C0SANDBOX1";
const BOB = "U0BOB00001";

async function upgraded() {
  const world = await WholeWorld.start({ world: await keptWorld() });
  await layOut(world.dataDir);
  await postThreads(world);
  return { world, clock: clockFromThen() };
}

/** This Slack has none of the messages of then: puts the first ones of the threads there, and their new `ts` into the database. */
async function postThreads(world: WholeWorld): Promise<void> {
  const database = openDatabase(join(world.dataDir, "bot", "bot.sqlite"));
  const keys = database.query("select key from outbox where thread is null and state = 'posted'").all() as {
    key: string;
  }[];
  expect(keys).toHaveLength(2);
  for (const { key } of keys) {
    const ts = await post(world, { text: "A run was started.", key });
    database.run("update outbox set ts = ? where key = ?", [ts, key]);
  }
  database.close();
}

async function post(world: WholeWorld, { text, key }: { text: string; key: string }): Promise<string> {
  const { SLACK_API_URL = "", SLACK_BOT_TOKEN = "" } = world.env;
  const response = await fetch(new URL("chat.postMessage", SLACK_API_URL), {
    method: "POST",
    headers: { authorization: `Bearer ${SLACK_BOT_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({
      channel: CHANNEL,
      text,
      metadata: { event_type: "zdsync_post", event_payload: { key } },
    }),
  });
  const posted = (await response.json()) as { ok: boolean; ts: string };
  expect(posted.ok).toBe(true);
  return posted.ts;
}

test("outbox.sqlite: which notices stand in the channel is known, and in which thread", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-upgrade-"));
  try {
    await layOut(folder);
    const warnings: string[] = [];
    const memory = openNoticeMemory(join(folder, "outbox.sqlite"), {
      channel: CHANNEL,
      now: clockFromThen()(),
      warn: (message) => void warnings.push(message),
    });
    const ids = [19501118404308, 19501118404052, 19442893058644];
    expect([...memory.known([...ids, 7])].sort()).toEqual(ids.sort());
    expect(memory.parentOf(RUNS.whole)).toBe("1795782475.231000");
    expect(warnings).toEqual([]);
    memory[Symbol.dispose]();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("bot.sqlite: what waits is delivered once, and nothing that was posted comes again", async () => {
  const { world, clock } = await upgraded();
  await using _ = world;
  await world.serve(clock);
  await world.until(() => world.undelivered() === 0);
  const texts = world.channel().map(({ shows }) => shows);
  for (const what of ["pending", "sending"])
    expect(texts.filter((text) => text.includes(`A message that was ${what}.`))).toHaveLength(1);
  expect(texts.filter((text) => text.includes(RUNS.whole))).toEqual([]);
});

test("bot.sqlite: a message that was on its way and stands in the channel is not sent again", async () => {
  const { world, clock } = await upgraded();
  await using _ = world;
  await post(world, { text: "A message that was sending.", key: "kept sending" });
  await world.serve(clock);
  await world.until(() => world.undelivered() === 0);
  const texts = world.channel().map(({ shows }) => shows);
  expect(texts.filter((text) => text.includes("A message that was sending."))).toHaveLength(1);
});

test("bot.sqlite: a run whose bot was stopped is told to its end, in its thread, with what was confirmed for it", async () => {
  const { world, clock } = await upgraded();
  await using _ = world;
  await world.serve(clock);
  const end = await world.posted(/Done, nothing failed/);
  expect(end.shows).toContain("Customers, global: 1 updated, 3 skipped");
  expect(end.thread).not.toBeNull();
  await world.until(() => world.undelivered() === 0);
  expect(world.channel().filter(({ shows }) => shows.includes("Done, nothing failed"))).toHaveLength(1);
});

test("bot.sqlite: last, status and org tell what the version before did and knew", async () => {
  const { world, clock } = await upgraded();
  await using _ = world;
  await world.serve(clock);
  const bob = world.person(BOB, clock);
  await bob.types("/zdsync last");
  expect((await world.shown(/The last run: Done, nothing failed/, BOB)).shows).toContain(`by <@${ANN}>`);
  const audit = (await world.shown(/Activity in Slack/, BOB)).shows;
  expect(audit).toContain("mark organization 19501118404052 handled: done");
  expect(audit).toContain("retry contacts of organization 19501118404308: still nobody");
  await bob.types("/zdsync status");
  await world.shown(/No run/, BOB);
  await bob.types("/zdsync org 19501118404308");
  // The version before kept no rules beside its runs: nothing is explained by rules that may be others.
  await world.shown(/left no rules to explain .*: it ended before it processed accounts, or used an older zdsync/, BOB);
});

test("bot.sqlite: the next run is asked for, confirmed and done", async () => {
  const { world, clock } = await upgraded();
  await using _ = world;
  await world.serve(clock);
  await world.posted(/Done, nothing failed/);
  const offer = await world.offered("/zdsync run", world.person(ANN, clock));
  await world.person(ANN, clock).clicks(offer, "run_confirm");
  await world.until(() => world.channel().filter(({ shows }) => shows.includes("Done, nothing failed")).length === 2);
  const names = world.sandbox.zendesk("global").organizations.map(({ name }) => name);
  expect(names).toContain("Renamed Example 2");
});

test("bot.sqlite: pipelines that were seen and their records, those of refused and failed runs included", async () => {
  const database = openDatabase(":memory:");
  const memory = new PipelineMemory(database);
  const pipeline = {
    ...{ id: 7, url: "https://gitlab.example.com/-/pipelines/7", source: "schedule", status: "failed" },
    ...{ createdAt: "2026-11-27T12:00:00Z", finishedAt: "2026-11-27T12:09:00Z", updatedAt: null, user: null },
    jobs: [{ id: 3, name: "zdsync-process", status: "success", startedAt: null, finishedAt: null }],
  };
  const text = await readFile(join(KEPT, "left-behind/history", RUNS.whole, "run.json"), "utf8");
  const record = JSON.parse(text) as { comparisons: Record<string, unknown>[]; failures: unknown[]; exit: number };
  const refused = "Too many marks: 9 of 12 organizations. Nothing was written.";
  Object.assign(record, { exit: 4, failures: [{ where: "global", message: "Zendesk answered 503." }] });
  Object.assign(record.comparisons[0] ?? {}, { refused });
  database.run("insert into pipelines values (7, ?, 1)", [JSON.stringify(pipeline)]);
  database.run("insert into pipeline_records values (7, 'failed 3', ?)", [JSON.stringify(record)]);
  expect(memory.seen(7)).toEqual(pipeline);
  const read = memory.record(pipeline);
  expect(read).toMatchObject({ exit: 4, merged: [] });
  expect(refusalText(read?.comparisons[0]?.refused ?? [])).toContain(refused);
  expect(refusalText(read?.failures[0]?.reasons ?? [])).toContain("Zendesk answered 503.");
});
