import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG, DEFAULT_LIMITS } from "../domain/config.ts";
import { protectionsOf } from "../domain/protections.ts";
import { reason } from "../domain/reason.ts";
import { RefusedError } from "../errors.ts";
import type { ChangesetManifest } from "../storage/artifacts/manifest.ts";
import { checkLimits } from "./check-limits.ts";
import { constraintsOf } from "./constraints.ts";
import { checkSameInputs } from "./same-inputs.ts";

const MADE_FROM = { name: "zendesk_global.json", sha256: "1".repeat(64) };
const manifest: ChangesetManifest = {
  stage: "compare",
  run_id: "run-1",
  schema: 1,
  today: "2026-11-23",
  made_at: "2026-11-23T01:05:00.000Z",
  gathered_at: "2026-11-23T01:00:00.000Z",
  inputs: [MADE_FROM],
  files: [],
  digest: "2".repeat(64),
  counts: { creates: 0, updates: 0, marks: 0, contacts: 0 },
  existing: 0,
  marked: 0,
  limits: [],
  verdict: "within limits",
  unconfirmed: [],
  allow: {},
};

describe("S3: artifacts beside the change files", () => {
  const check =
    (sha256: string, of: ChangesetManifest | null = manifest) =>
    () =>
      checkSameInputs("global", of, [{ name: "zendesk_global.json", sha256 }]);

  test("of another run are refused by name", () => {
    expect(check("3".repeat(64))).toThrow(RefusedError);
    expect(check("3".repeat(64))).toThrow("were computed from a different zendesk_global.json");
  });

  test("of another run are refused by its id, even with the same bytes", () => {
    const artifact = { ...MADE_FROM, manifest: { run_id: "another" } };
    expect(() => checkSameInputs("global", manifest, [artifact])).toThrow("is from run another");
    const same = { ...MADE_FROM, manifest: { run_id: manifest.run_id } };
    expect(() => checkSameInputs("global", manifest, [same])).not.toThrow();
  });

  test("that the changes were made from are accepted, and so is anything where no manifest says", () => {
    expect(check(MADE_FROM.sha256)).not.toThrow();
    expect(check("3".repeat(64), null)).not.toThrow();
  });
});

describe("S2: judge", () => {
  const marks = Array.from({ length: 3 }, (_, id) => ({
    id: id + 1,
    salesforce_id: null,
    name: "",
    before: { mark_for_deletion: null },
    change: { mark_for_deletion: true as const },
  }));
  const changeset = { creates: [], updates: [], marks, existing: 40, marked: 0, people: 0 };

  test("over a limit: measure, limit and way out; an allowance of that number is enough, one less is not", () => {
    const { refused, measures } = checkLimits("global", changeset, DEFAULT_LIMITS, { allow: {}, "at-most": null });
    expect(refused).toEqual([
      reason("limit.exceeded", {
        comparison: "global",
        effect: "marks",
        count: 3,
        existing: 40,
        limit: 2,
        percent: 5,
        raised: false,
      }),
    ]);
    expect(measures.find(({ effect }) => effect === "marks")).toMatchObject({ count: 3, limit: 2, exceeded: true });
    expect(
      checkLimits("global", changeset, DEFAULT_LIMITS, { allow: { marks: 3 }, "at-most": null }).refused,
    ).toBeUndefined();
    expect(
      checkLimits("global", changeset, DEFAULT_LIMITS, { allow: { marks: 2 }, "at-most": null }).refused,
    ).toBeDefined();
  });

  test("at the limit nothing is refused", () => {
    const two = { ...changeset, marks: marks.slice(0, 2) };
    expect(checkLimits("global", two, DEFAULT_LIMITS, { allow: {}, "at-most": null }).refused).toBeUndefined();
  });
});

test("protections: from the configuration, and from what could not be read", () => {
  const config = { ...DEFAULT_CONFIG, protected_ids: ["P"], excluded_account_ids: ["E"] };
  expect(protectionsOf(config, { accounts: ["A"], unidentified: 0 })).toEqual({
    unclearAccounts: new Set(["A"]),
    withholdMarks: false,
    protectedIds: new Set(["P"]),
    excludedAccountIds: new Set(["E"]),
    unmanagedOrganizations: "keep",
  });
  expect(protectionsOf(config, { accounts: [], unidentified: 1 }).withholdMarks).toBe(true);
});

test("terms: what a person demands, from the inputs", () => {
  expect(constraintsOf({ allow: {}, "at-most": null, expect: ["d"], "max-age": 5 })).toEqual({
    expect: ["d"],
    maxAgeMs: 5,
  });
});
