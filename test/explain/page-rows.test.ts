import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { COMPARISONS } from "../../lib/domain/comparisons.ts";
import { whatText } from "../../lib/reasons/reason-text.ts";
import { rowExplainer } from "../../lib/report/explain-rows.ts";
import type { Row } from "../../lib/report/model.ts";
import { notesOfRun, readReportModel } from "../../lib/report/report-files.ts";
import { mattersEnough } from "../../lib/report/report-model.ts";
import { shownModel } from "../../lib/report/shown-model.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import type { Oddity } from "../../sandbox/types.ts";
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

/** Those about people share an account: a row is about the person whom it names, or its explanation. */
const OF_PEOPLE = /^(?:U|Y|E14)/;

/** What a row says of contacts whose addresses no artifact holds, as they are dropped (U4). */
const OF_DROPPED: Readonly<Record<string, RegExp>> = {
  "U4 contact with an unusable address": /skipped: no usable email address/,
};

/** Who is asked for by account elsewhere, as two accounts want the address; the row knows which of them it is about. */
const OF_WANTED_BY_TWO: Readonly<Record<string, RegExp>> = {
  "Y2 sold-to address wanted by two new organizations, other": /goes to the new organization of account \w{18}/,
};

const CAUSES_OF_ROWS = { ...OF_DROPPED, ...OF_WANTED_BY_TWO };

function isAboutOddity(row: Row, { name, salesforce_id, expect: expected }: Oddity): boolean {
  const email = expected.users?.[0]?.email;
  if (!OF_PEOPLE.test(name) || email === undefined) return row.salesforce_id === salesforce_id;
  if (name in OF_DROPPED) return row.salesforce_id === salesforce_id && row.reason?.code === "contact.address_unusable";
  if (row.salesforce_id !== null && row.salesforce_id !== salesforce_id) return false;
  const [first] = row.explanation?.answer ?? [];
  return first?.spans.some(({ text }) => text.includes(email)) === true;
}

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
      const own = rows.filter((row) => row.explanation !== null && isAboutOddity(row, oddity));
      if (oddity.salesforce_id === null || own.length === 0) continue;
      const cause = OF_ONE_INSTANCE[oddity.name] ?? CAUSES_OF_ROWS[oddity.name] ?? causeOf(oddity);
      if (!cause.test(own.map(rowText).join("\n"))) silent.push(`${oddity.name}: ${own.map(rowText).join(" | ")}`);
      told.push(oddity.name);
    }
    expect(silent).toEqual([]);
    expect(told.length).toBeGreaterThan(45);
    expect(told.filter((name) => OF_PEOPLE.test(name)).length).toBeGreaterThan(20);
    expect(rows.filter((row) => mattersEnough(row) && row.explanation === null)).toEqual([]);
  });

  test("of a run whose artifacts are too large to be opened whole says the same", async () => {
    const [small, large] = [await rowsOfPage(), await rowsOfPage(0)];
    expect(large.filter(({ explanation }) => explanation !== null).length).toBeGreaterThan(25);
    expect(large).toEqual(small);
  });
});
