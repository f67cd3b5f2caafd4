import { expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { undoCommand } from "../../bin/commands/undo-command.ts";
import type { Call, LoadedCommand } from "../../bin/commands.ts";
import { program } from "../../bin/program.ts";
import { EXIT } from "../../lib/errors.ts";
import { renderRuns, runLine } from "../../lib/report/render-runs.ts";
import { listRuns } from "../../lib/storage/runs/list-runs.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { RecordedOutput } from "../support/stage/recorded-output.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** `zdsync undo` as a person reads it, with the world's remotes. */
async function undo(world: TestWorld, given: Record<string, string>): Promise<{ exit: number; said: string[] }> {
  const output = new RecordedOutput();
  const env = { ...world.sandbox.env, ZDSYNC_CONFIG: join(dirname(world.dataDir), "zdsync.config.yml") };
  const shell = { env, output, clock: () => new Date(), json: false, timing: QUICK };
  const exit = await undoCommand({ "data-dir": world.dataDir, ...given }, shell);
  return { exit, said: output.results };
}

/** What a command line asks for, as the program understands it. */
async function understood(line: string): Promise<Call["given"]> {
  let given: Call["given"] = {};
  const take = async (_: LoadedCommand, call: Call) => {
    given = call.given;
    return EXIT.done;
  };
  expect(await program(line.split(" ").slice(1), {}, take)).toBe(EXIT.done);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

test("the command that applies what a dry run showed is printed, and does so; its page says the same", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { summary: run } = await world.run();
  const { exit, said } = await undo(world, { run: run.run_id, "dry-run": "true" });
  expect(exit).toBe(EXIT.done);
  const page = said.find((line) => line.startsWith("Report"))?.split(": ")[1] ?? "";
  const command =
    said.find((line) => line.startsWith("Apply exactly this: "))?.slice("Apply exactly this: ".length) ?? "";
  expect(command).toStartWith(`zdsync undo ${run.run_id} `);
  expect(await readFile(page.replace(/html$/, "md"), "utf8")).toContain(command);
  const given = await understood(command);
  expect(given).toMatchObject({ run: run.run_id, "data-dir": world.dataDir });
  world.sandbox.clearRequests();
  expect((await undo(world, given as Record<string, string>)).exit).toBe(EXIT.done);
  expect(world.sandbox.writes().length).toBeGreaterThan(0);
});

test("before it writes, an undo says whom it hurts, as its page does, and shows those first", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { summary: run } = await world.run();
  const { said } = await undo(world, { run: run.run_id, "dry-run": "true" });
  const harm = said.findIndex((text) => text.startsWith("This undo takes something away from customers: "));
  expect(harm).toBeGreaterThan(-1);
  expect(harm).toBeLessThan(said.findIndex((text) => text.startsWith("Undo plan for ")));
  const counted = [...(said[harm] ?? "").matchAll(/(\d+) (?:put on hold|lose support|downgraded|marked)/g)];
  const total = counted.reduce((sum, [, count]) => sum + Number(count), 0);
  const lines = said.flatMap((text) => text.split("\n")).filter((line) => line.startsWith("+ "));
  const hurts = (line: string) => / \((?:put on hold|loses support|downgraded|marked)\)$/.test(line);
  expect(lines.filter(hurts)).toHaveLength(total);
  for (const text of said.filter((one) => one.startsWith("Undo plan for "))) {
    const own = text.split("\n").filter((line) => line.startsWith("+ "));
    expect(own.map(hurts)).toEqual(own.map(hurts).sort((one, other) => Number(other) - Number(one)));
  }
  expect(said.join("\n")).not.toMatch(/back 0, created records marked for deletion 0/);
});

test("runs and the list of runs know when an undo began, for whom, how it ended and what it wrote", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { summary: run } = await world.run();
  const wrong = await world.undo("", { results: "", run: run.run_id, yes: "false", expect: "0".repeat(64) });
  const dry = await world.undo("", { results: "", run: run.run_id, yes: "false", "dry-run": "true" });
  const done = await world.undo("", { results: "", run: run.run_id });
  expect([wrong.exit, dry.exit, done.exit]).toEqual([EXIT.refused, EXIT.done, EXIT.done]);
  const lines = (await listRuns(world.dataDir)).map(runLine);
  const shown = lines.map((line) => renderRuns([line], 0).split("\n")[0]).reverse();
  expect(shown).toHaveLength(4);
  const [, refused = "", previewed = "", undone = ""] = shown;
  expect(refused).toMatch(new RegExp(`undo ${run.run_id}, by .*: refused before any write`));
  expect(previewed).toMatch(
    new RegExp(`undo ${run.run_id} --dry-run, by .*: done, nothing failed; .*\\(not written\\)$`),
  );
  expect(undone).toMatch(new RegExp(`undo ${run.run_id}, by .*: done, nothing failed; \\d+ updated, \\d+ marked`));
  const comparisons = done.summary.comparisons as { results: { applied: number } }[];
  const applied = comparisons.reduce((sum, { results }) => sum + results.applied, 0);
  const { counts, can_be_undone } = lines.find(({ run_id }) => run_id === done.summary.run_id) ?? {};
  expect([(counts?.updates ?? 0) + (counts?.marks ?? 0), can_be_undone]).toEqual([applied, true]);
  expect(await world.text("index.html")).toContain(`undo ${run.run_id}`);
});
