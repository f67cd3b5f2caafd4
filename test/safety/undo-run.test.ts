import { expect, setDefaultTimeout, test } from "bun:test";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { undoCommand } from "../../bin/commands/undo-command.ts";
import { EXIT } from "../../lib/errors.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { RecordedOutput } from "../support/stage/recorded-output.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

interface Summary {
  report: string;
  page: string;
  exit: number;
  run_id: string;
  undoes: string;
  digest: string;
  comparisons: { comparison: string; digest: string; planned: Record<string, number>; results?: { failed: number } }[];
}

/** `zdsync undo RUN_ID --json`; without `--yes` unless it is given. */
async function undoRun(world: TestWorld, run: string, given: Record<string, string> = {}) {
  const { exit, summary } = await world.undo("", { results: "", run, yes: "false", ...given });
  return { exit, summary: summary as unknown as Summary };
}

const marked = (record: Record<string, unknown>) =>
  ((record.organization_fields ?? record.user_fields) as Record<string, unknown>).mark_for_deletion === true;

test("A12: undo of a run takes all its comparisons back, users before organizations, in one go", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const before = world.sandbox.zendesk("us-government").organizations.map(({ id }) => id);
  const { summary: run } = await world.run();
  const { exit, summary } = await undoRun(world, run.run_id, { yes: "true" });
  expect([exit, summary.undoes]).toEqual([EXIT.done, run.run_id]);
  expect(summary.comparisons.map(({ comparison }) => comparison)).toEqual(["partner", "global", "usgov_user", "usgov"]);
  expect(summary.comparisons.map(({ results }) => results?.failed)).toEqual([0, 0, 0, 0]);
  for (const file of [summary.report, summary.page]) expect((await stat(file)).size).toBeGreaterThan(0);
  const created = world.sandbox.zendesk("us-government").organizations.filter(({ id }) => !before.includes(id));
  expect(created.length).toBeGreaterThan(0);
  expect(created.filter((one) => !marked(one))).toEqual([]);
  const writes = world.sandbox.writes().map(({ service, path }) => `${service} ${path}`);
  const lastUser = writes.findLastIndex((one) => one.startsWith("zendesk-us") && one.includes("/users"));
  const lastOrganization = writes.findLastIndex(
    (one) => one.startsWith("zendesk-us") && one.includes("/organizations"),
  );
  expect(lastOrganization).toBeGreaterThan(lastUser);

  // The undo is a run of its own, which can be undone in turn.
  const files = await readdir(join(world.dataDir, "history", summary.run_id));
  expect(files.filter((name) => name.endsWith("_undo_results.json"))).toHaveLength(4);
  const again = await undoRun(world, summary.run_id, { yes: "true" });
  expect(again.exit).toBe(EXIT.done);
  const unmarked = world.sandbox.zendesk("us-government").organizations.filter(({ id }) => !before.includes(id));
  expect(unmarked.filter(marked)).toEqual([]);
});

test("A12: --expect takes the one digest that the preview printed, or every comparison's; another is refused", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { summary: run } = await world.run();
  const { summary } = await undoRun(world, run.run_id, { "dry-run": "true" });
  world.sandbox.clearRequests();
  expect((await undoRun(world, run.run_id, { expect: "0".repeat(64) })).exit).toBe(EXIT.refused);
  expect((await undoRun(world, run.run_id, { expect: summary.comparisons[0]?.digest ?? "" })).exit).toBe(EXIT.refused);
  expect(world.sandbox.writes()).toEqual([]);
  const each = summary.comparisons.map(({ digest }) => digest).join(" ");
  expect((await undoRun(world, run.run_id, { expect: each, "dry-run": "true" })).exit).toBe(EXIT.done);
  expect((await undoRun(world, run.run_id, { expect: summary.digest })).exit).toBe(EXIT.done);
  expect(world.sandbox.writes().length).toBeGreaterThan(0);
});

test("A12: where nobody can be asked, --yes or --expect is wanted: exit 2, nothing is read", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { summary: run } = await world.run();
  world.sandbox.clearRequests();
  const output = new RecordedOutput();
  const shell = { env: {}, output, clock: () => new Date() };
  for (const json of [false, true])
    expect(await undoCommand({ "data-dir": world.dataDir, run: run.run_id }, { ...shell, json })).toBe(EXIT.usage);
  expect(output.said[0]).toContain("pass --expect DIGEST, which writes exactly what was shown, or --yes");
  expect(world.sandbox.requests).toEqual([]);
});

test("A12: an unknown run names the nearest one and those that are there; a dry run left nothing to undo", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  const { summary: dry } = await world.run({ "dry-run": "true" });
  const { exit } = await undoRun(world, dry.run_id, { yes: "true" });
  expect(exit).toBe(EXIT.done);
  expect(world.sandbox.writes()).toEqual([]);
  const { summary: run } = await world.run();
  const output = new RecordedOutput();
  const shell = { env: {}, output, clock: () => new Date(), json: false };
  const mistyped = `${run.run_id.slice(0, -1)}x`;
  for (const asked of [mistyped, "../../etc", "nothing-like-it"])
    expect(await undoCommand({ "data-dir": world.dataDir, run: asked, yes: "true" }, shell)).toBe(EXIT.usage);
  const [near = "", outside = "", other = ""] = output.said;
  expect(near).toContain(`Did you mean ${run.run_id}?`);
  expect(other).toContain(`The newest that can be undone: ${run.run_id}.`);
  expect(outside).toContain("zdsync runs lists all");
  for (const given of [{}, { run: run.run_id, results: "x_results.json" }])
    expect(await undoCommand({ "data-dir": world.dataDir, yes: "true", ...given }, shell)).toBe(EXIT.usage);
  expect(output.said.at(-1)).toContain("expected either a run id (zdsync runs lists them) or --results FILE");
});
