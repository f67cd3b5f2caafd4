import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { COMPARISONS } from "../../lib/domain/comparisons.ts";
import { whatText } from "../../lib/explain/reason-text.ts";
import { rowExplainer } from "../../lib/report/explain-rows.ts";
import type { Row } from "../../lib/report/model.ts";
import { notesOfRun, readReportModel } from "../../lib/report/report-files.ts";
import { mattersEnough } from "../../lib/report/report-model.ts";
import { shownModel } from "../../lib/report/shown-model.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "../pipeline/world.ts";
import { causeOf } from "./oddity-causes.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Rows of the page that open to an explanation: it is the command's. */

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Where a row, which is of one instance, says less than the whole answer. */
const OF_ONE_INSTANCE: Readonly<Record<string, RegExp>> = {
  "C4 migrating from us-government to global": /not marked: it is migrating to the other instance/,
  "C9 moved from global to us-government": /Its subscriptions count in us-government: the charge "12x5/,
};

/** The rows of the run's page by account and by organization, with what each says of its cause. */
async function rowsOfPage(maxBytes?: number): Promise<Row[]> {
  const store = new ArtifactStore(world.dataDir);
  const counts = { applied: 1, failed: 0, skipped: 0 };
  const results = { create: counts, update: counts, mark: counts, contact: counts };
  const planned = { creates: 0, updates: 0, marks: 0, contacts: 0 };
  const runId = (await store.readManifest("salesforce_accounts.json"))?.run_id ?? "";
  const model = await readReportModel(store, {
    about: {
      kind: "run",
      command: "zdsync run",
      run_id: runId,
      today: TODAY,
      hosts: { salesforce: null, global: null, "us-government": null },
      started_at: "2026-11-23T10:00:00.000Z",
      seconds: 1,
      started_by: null,
      exit: 0,
      failures: [],
      apply: null,
      writes: true,
    },
    comparisons: COMPARISONS.map((name) => ({ name, digest: "", existing: 1, planned, measures: [], results })),
    results: store,
    notes: notesOfRun(),
    trend: [],
  });
  const evidence = { store, env: {}, runId, ...(maxBytes === undefined ? {} : { maxBytes }) };
  const explain = await rowExplainer(evidence, model.rows.filter(mattersEnough));
  return shownModel(model, "names", { explain, audit: null }).rows;
}

const rowText = ({ reason, explanation }: Row) =>
  [
    ...(reason ? [whatText(reason)] : []),
    ...(explanation?.answer ?? []).map(({ spans }) => spans.map(({ text }) => text).join("")),
  ].join("\n");

describe("the page's row", () => {
  test("names the cause of every oddity that has one that matters", async () => {
    const rows = await rowsOfPage();
    const told: string[] = [];
    const silent: string[] = [];
    for (const oddity of world.sandbox.world.oddities) {
      const own = rows.filter((row) => row.explanation !== null && row.salesforce_id === oddity.salesforce_id);
      if (oddity.salesforce_id === null || own.length === 0 || /^(?:U|Y|E14)/.test(oddity.name)) continue;
      if (!(OF_ONE_INSTANCE[oddity.name] ?? causeOf(oddity)).test(own.map(rowText).join("\n")))
        silent.push(`${oddity.name}: ${own.map(rowText).join(" | ")}`);
      told.push(oddity.name);
    }
    expect(silent).toEqual([]);
    expect(told.length).toBeGreaterThan(25);
  });

  test("of a run whose artifacts are too large to be opened whole says the same", async () => {
    const [small, large] = [await rowsOfPage(), await rowsOfPage(0)];
    expect(large.filter(({ explanation }) => explanation !== null).length).toBeGreaterThan(25);
    expect(large).toEqual(small);
  });
});
