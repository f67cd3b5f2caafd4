import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { StageName } from "../../bin/stages.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, withLimits } from "../pipeline/world.ts";
import { accountOf, explainIn, linesText } from "./ask.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What is explained where nobody ran `zdsync run`: stages alone, an undo, something that was allowed. */

async function stages(world: TestWorld, runId: string, names: readonly StageName[]): Promise<void> {
  for (const name of names) {
    const given = /^(?:gather-orgs|compare|sync)$/.test(name) ? { instance: "global" } : {};
    expect((await world.stage(name, { ...given, "run-id": runId })).exit).toBe(0);
  }
}

const READING: readonly StageName[] = ["gather-accounts", "gather-orgs", "process", "compare"];

describe("stages run alone", () => {
  test("what was compared and not written yet is told as that; the stage that writes leaves evidence as a run does", async () => {
    await using world = await startWorld({ accounts: 150 });
    const id = accountOf(world, "E3 E11");
    await stages(world, "alone", READING);
    const compared = await explainIn(world, id);
    expect(compared.answer).toContain("was found but not written");
    await stages(world, "alone", ["sync"]);
    const written = await explainIn(world, id);
    expect(written.answer).toContain("The run updated organization");
    await stages(world, "later", [...READING, "sync"]);
    const earlier = await explainIn(world, id, { run: "alone" });
    expect([earlier.errors, earlier.answer]).toEqual(["", written.answer]);
    const history = await explainIn(world, id, { history: "true" });
    expect(history.told.history.map((one: { run_id: string }) => one.run_id)).toEqual(["alone"]);
    expect(history.told.history[0].why.join()).toContain("Its support has expired");
  });
});

describe("an undo", () => {
  test("is in the account's history, is told by its own id, and is said of what it took back", async () => {
    await using world = await startWorld({ accounts: 150 });
    const id = accountOf(world, "E3 E11");
    expect((await world.run({ "run-id": "first" })).exit).toBe(0);
    expect((await explainIn(world, id)).answer).not.toContain("undo");
    expect((await world.undo("global_results.json", { "run-id": "back" })).exit).toBe(0);
    expect((await explainIn(world, id)).answer).toMatch(
      /Since then undo back \(\S+\) reverted what a run had done to it/,
    );
    const { told } = await explainIn(world, id, { history: "true" });
    expect(told.history).toMatchObject([
      { run_id: "back", kind: "undo", did: [{ effect: "update", outcome: "applied" }] },
      { run_id: "first", kind: "run" },
    ]);
    const undo = await explainIn(world, id, { run: "back" });
    expect([undo.errors, undo.told.history.length]).toEqual(["", 1]);
    expect(linesText(undo.told.document.sections[0].lines)).toMatch(
      /The undo updated organization.*reverted the changes/s,
    );
    const other = await explainIn(world, accountOf(world, "E5 E10"), { run: "back" });
    expect(linesText(other.told.document.answer)).toContain("The undo back did not change it");
    await world.run({ "run-id": "again" });
    expect((await explainIn(world, id)).answer).not.toContain("undo");
  });
});

describe("what --allow allowed", () => {
  test("a mark of a forgotten merge that a preview plans is told as planned, not as kept back; and as kept back where too few were allowed", async () => {
    await using world = await startWorld({ accounts: 150 });
    expect((await world.run()).exit).toBe(0);
    world.sandbox.emptyRecycleBin();
    expect((await world.run()).exit).toBe(0);
    const notes = await world.artifact<{ code: string; salesforce_id: string }>("global_notes.json");
    const forgotten = notes.filter(({ code }) => code === "mark.merge_forgotten");
    const id = forgotten[0]?.salesforce_id ?? "";
    expect(forgotten.length).toBeGreaterThan(1);
    expect((await world.preview({ allow: `merged_marks=${forgotten.length - 1}` })).exit).toBe(0);
    expect((await explainIn(world, id)).answer).toContain(`--allow merged_marks=${forgotten.length}`);
    expect((await world.preview({ allow: `merged_marks=${forgotten.length}` })).exit).toBe(0);
    const { answer, told } = await explainIn(world, id);
    expect(answer).not.toContain("--allow merged_marks");
    expect(answer).toContain("The run was a preview");
    expect(told.explanation.run.allow).toEqual({ merged_marks: forgotten.length });
    expect(JSON.stringify(told.document)).toContain(`merged_marks=${forgotten.length} (--allow, in this run only)`);
  });

  test("a limit that was allowed when it was written stops nothing, also without the record of a run", async () => {
    await using world = await startWorld({
      accounts: 150,
      config: withLimits({ updates: { percent: 0 }, minimum_existing: 1 }),
    });
    const id = accountOf(world, "E3 E11");
    await stages(world, "alone", ["gather-accounts", "gather-orgs", "process"]);
    expect((await world.stage("compare", { instance: "global", "run-id": "alone" })).exit).toBe(4);
    expect((await explainIn(world, id)).answer).toContain("limit");
    const rows = Array.from({ length: 100 }, (_, row) => row);
    world.sandbox.addFault({ kind: "failed-rows", path: "organizations/update_many", times: 50, rows });
    const allowed = { instance: "global", "run-id": "alone", allow: "updates=1000" };
    expect((await world.stage("sync", allowed)).exit).toBe(3);
    const { answer, told } = await explainIn(world, id);
    expect(answer).toContain("The run failed to update organization");
    expect(told.explanation.instances[0].held_up.gate).toBe("written");
  });
});
