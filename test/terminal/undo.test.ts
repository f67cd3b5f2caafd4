import { expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { startTerminalWorld } from "./terminal-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const QUESTION = "[y/N] ";

async function worldWithRun() {
  const world = await startTerminalWorld({ world: smallWorld() });
  expect((await world.plain(["run"])).exit).toBe(0);
  const { lines } = await world.plain(["runs", "--json"]);
  const { runs } = JSON.parse(lines[0] ?? "") as { runs: { run_id: string }[] };
  return Object.assign(world, { runId: runs[0]?.run_id ?? "" });
}

test("A12: at a terminal undo shows names and values, asks, and writes nothing without a clear yes", async () => {
  await using world = await worldWithRun();
  world.sandbox.clearRequests();
  for (const answer of ["n\r", "\r", "yes please\r", "\u0003", "\u0004"]) {
    const undo = world.start(["undo", world.runId], { columns: 200 });
    await undo.sent(QUESTION);
    undo.type(answer);
    const { exit, lines } = await undo.ended;
    expect([answer, exit, lines.at(-1)]).toEqual([answer, 0, "Nothing was written."]);
    const text = lines.join("\n");
    expect(text).toContain("(values: before the run → now → after this undo)");
    expect(text).toMatch(/^ {4}\w+: .+ → .+ → .+$/m);
    const names = world.sandbox.zendesk("global").organizations.map(({ name }) => String(name));
    expect(names.some((name) => text.includes(name))).toBe(true);
  }
  expect(world.sandbox.writes()).toEqual([]);
});

test("A12: a yes writes what was shown; the lock is free while the question stands", async () => {
  await using world = await worldWithRun();
  const undo = world.start(["undo", world.runId], { columns: 200 });
  await undo.sent(QUESTION);
  expect((await world.plain(["run", "--dry-run"])).exit).toBe(0);
  world.sandbox.clearRequests();
  undo.type("y\r");
  const { exit, lines } = await undo.ended;
  expect([exit, lines.filter((line) => line.startsWith("undo: ")).length]).toEqual([0, 4]);
  expect(world.sandbox.writes().length).toBeGreaterThan(0);
});

test("A12: what changed while somebody looked is not written: exit 4", async () => {
  await using world = await worldWithRun();
  const undo = world.start(["undo", world.runId], { columns: 200 });
  await undo.sent(QUESTION);
  expect((await world.plain(["undo", world.runId, "--yes"])).exit).toBe(0);
  world.sandbox.clearRequests();
  undo.type("y\r");
  const { exit, lines } = await undo.ended;
  expect(exit).toBe(4);
  expect(lines.join("\n")).toContain("a record changed since the preview");
  expect(world.sandbox.writes()).toEqual([]);
});

test("A12: without a terminal: exit 2 with what to give; in a log no names and no values", async () => {
  await using world = await worldWithRun();
  const refused = await world.plain(["undo", world.runId]);
  expect([refused.exit, refused.lines.join(" ")]).toEqual([2, expect.stringContaining("or --yes")]);
  const { exit, lines } = await world.plain(["undo", world.runId, "--dry-run"]);
  expect(exit).toBe(0);
  const text = lines.join("\n");
  expect(text).not.toContain("→");
  // A17: what an undo marks may be deleted by others.
  expect(text).toMatch(/created records marked for deletion [1-9]/);
  expect(text).toContain("a script of yours that deletes marked records would delete these");
  const { organizations, users } = world.sandbox.zendesk("global");
  const told = [...organizations.map(({ name }) => String(name)), ...users.map(({ email }) => String(email ?? ""))];
  expect(told.filter((one) => one.length > 5 && text.includes(one))).toEqual([]);
  const listed = await world.plain(["runs"]);
  expect(listed.lines[0]).toContain(world.runId);
  const stray = await world.plain(["undo", world.runId, "another-word", "--yes"]);
  expect([stray.exit, stray.lines.join(" ")]).toEqual([2, expect.stringContaining("another-word: not expected here")]);
});
