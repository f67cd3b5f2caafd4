import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { RecordedOutput } from "../../test/support/stage/recorded-output.ts";
import type { Note } from "../domain/changeset.ts";
import { type Reason, reason } from "../domain/reason.ts";
import { ArtifactError, EXIT, type ExitCode, IncompleteError, StoppedError, worstOf } from "../errors.ts";
import { refused } from "../reasons/refused.ts";
import type { StopRequest } from "../stop.ts";
import { COMMON_INPUTS, instance, WRITING_INPUTS } from "./inputs.ts";
import { exitOf, runStage } from "./run-stage.ts";
import {
  type ComparisonReport,
  countByCode,
  type StageReport,
  type WritingContext,
  type WritingStage,
} from "./stage.ts";

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "zdsync-run-stage-"));
  folder = join(home, "data");
  await mkdir(folder);
  await writeFile(join(home, "empty.config.yml"), "");
});
afterEach(() => rm(home, { recursive: true }));

const inputs = v.object({ ...COMMON_INPUTS, instance, ...WRITING_INPUTS });
const NONE = { applied: 0, failed: 0, skipped: 0 };

function report(comparison?: Partial<ComparisonReport>): StageReport {
  const whole: ComparisonReport = {
    name: "global",
    digest: "",
    existing: 10,
    planned: { creates: 0, updates: 0, marks: 0, contacts: 0 },
    measures: [],
    ...comparison,
  };
  const base = { stage: "test", run_id: "run-1", today: "2026-11-23", counts: {}, notes: {} };
  return comparison ? { ...base, comparison: whole } : base;
}

function results(failed: number) {
  return { create: NONE, update: { ...NONE, failed }, mark: NONE, contact: { ...NONE, skipped: 5 } };
}

/** Runs a stage that does what is given. */
async function run(
  work: (context: WritingContext) => StageReport | Promise<StageReport>,
  given: Record<string, string> = {},
  env: Record<string, string> = {},
) {
  const stage: WritingStage<typeof inputs> = {
    name: "test",
    summary: "",
    inputs,
    reads: [],
    makes: [],
    examples: [],
    writes: true,
    needs: () => ({}),
    run: async (_, context) => work(context),
  };
  const output = new RecordedOutput();
  const shell = {
    env: { ZDSYNC_DATA_DIR: folder, ZDSYNC_CONFIG: join(home, "empty.config.yml"), ...env },
    output,
    clock: () => new Date("2026-11-23T00:00:00Z"),
  };
  return { ...(await runStage(stage, { instance: "global", ...given }, shell)), said: output.said.join("\n") };
}

describe("exit codes of a stage (interface.md)", () => {
  test.each<[string, ExitCode, StageReport]>([
    ["done", EXIT.done, report()],
    ["done, though some were skipped", EXIT.done, report({ results: results(0) })],
    ["some records failed", EXIT.someFailed, report({ results: results(1) })],
    ["a limit refused it", EXIT.refused, report({ refused: [reason("changes.altered", { comparison: "global" })] })],
  ])("%s", async (_, exit, made) => {
    expect(await run(() => made)).toMatchObject({ exit, report: made });
  });

  test.each<[string, ExitCode, Error]>([
    ["an artifact is damaged", EXIT.failed, new ArtifactError("damaged")],
    ["a gather is incomplete", EXIT.failed, new IncompleteError("incomplete")],
    ["a hand-over is stale", EXIT.refused, refused(reason("changes.altered", { comparison: "global" }))],
    ["stopped before any write", EXIT.stopped, new StoppedError("stopped")],
    ["a fault of the program", EXIT.failed, new TypeError("undefined is not a function")],
  ])("%s", async (_, exit, error) => {
    const end = await run(() => Promise.reject(error));
    expect(end).toMatchObject({ exit, report: null });
    expect(end.said).toContain("error: ");
    expect(end.said).toContain(error.message);
    expect(end.said).not.toContain("    at ");
  });

  test("wrong inputs, all of them named, nothing touched", async () => {
    const end = await run(() => report(), { instance: "nowhere", deadline: "soon" });
    expect(end.exit).toBe(EXIT.usage);
    expect(end.said).toContain("--instance: expected one of global, us-government");
    expect(end.said).toContain("--deadline: expected a duration");
    expect(await readdir(folder)).toEqual([]);
  });

  test("S7: stopped in between, with a report", async () => {
    const stopping = (context: WritingContext) => {
      (context.stop as StopRequest).request("SIGTERM");
      return report({ results: results(1) });
    };
    expect((await run(stopping)).exit).toBe(EXIT.stopped);
  });
});

test("S11: the lock is held while the stage runs, and given back however it ends", async () => {
  let during: string[] = [];
  await run(async () => {
    during = await readdir(folder);
    throw new Error("fails");
  });
  expect(during).toEqual(["zdsync.lock"]);
  expect(await readdir(folder)).not.toContain("zdsync.lock");
});

test("the first line says which hosts it works on; G3: with --today, the summary warns again", async () => {
  const given = { today: "2026-01-01", "run-id": "run-1", "dry-run": "true" };
  const lines = (await run(() => report(), given)).said.split("\n");
  expect(lines[0]).toBe("zdsync test --dry-run run-1 · No remotes: artifacts only");
  const warning = expect.stringMatching(/^warning: today is set to 2026-01-01/);
  expect(lines.slice(1)).toEqual([warning, warning]);
});

test("where a program failed is shown only when asked for", async () => {
  const { said } = await run(() => Promise.reject(new TypeError("x")), {}, { ZDSYNC_DEBUG: "1" });
  expect(said).toContain("    at ");
});

describe("exitOf", () => {
  test("refused before stopped before failed records", () => {
    const refused = report({ refused: [reason("changes.altered", { comparison: "global" })] });
    const failed = report({ results: results(1) });
    expect(exitOf([failed, refused], "SIGTERM")).toBe(EXIT.refused);
    expect(exitOf([failed, report()], "SIGTERM")).toBe(EXIT.stopped);
    expect(exitOf([report(), failed], null)).toBe(EXIT.someFailed);
    expect(exitOf([], null)).toBe(EXIT.done);
  });
});

test("worstOf: 1, 4, 5, 3, 0; wrong usage outranks them", () => {
  const order: ExitCode[] = [2, 1, 4, 5, 3, 0];
  for (const [place, code] of order.entries()) expect(worstOf(order.slice(place).reverse())).toBe(code);
  expect(worstOf([])).toBe(EXIT.done);
});

test("countByCode: counts, sorted by code", () => {
  const note = (why: Reason): Note => ({ rule: "C4", salesforce_id: null, id: 1, reason: why });
  const notes = [reason("mark.protected"), reason("mark.migrating"), reason("mark.protected")].map(note);
  expect(Object.entries(countByCode(notes))).toEqual([
    ["mark.migrating", 1],
    ["mark.protected", 2],
  ]);
});
