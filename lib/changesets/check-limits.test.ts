import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Mark, Update } from "../domain/changeset.ts";
import { DEFAULT_LIMITS } from "../domain/config.ts";
import type { ConfirmedCounts } from "../domain/confirmed-counts.ts";
import { reason } from "../domain/reason.ts";
import type { ChangesetManifest } from "../storage/artifacts/manifest.ts";
import { checkLimits, priorRefusals } from "./check-limits.ts";

const limits = DEFAULT_LIMITS;
const ID = "0014M00001abcdEQAQ";

function updates(count: number, downgrades = 0): Update[] {
  return Array.from({ length: count }, (_, index) => {
    const level = (one: string) => ({ organization_fields: { support_level: one } });
    return {
      id: index + 1,
      salesforce_id: ID,
      name: "Acme",
      before: level(index < downgrades ? "ultimate" : "premium"),
      change: level(index < downgrades ? "premium" : "ultimate"),
    };
  });
}

function marks(count: number): Mark[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 1000 + index,
    salesforce_id: null,
    name: "Gone",
    before: { mark_for_deletion: null },
    change: { mark_for_deletion: true as const },
  }));
}

/** A changeset of 1,000 existing records. */
function changeset(of: { updates?: number; downgrades?: number; marks?: number }) {
  return {
    creates: [],
    updates: updates(of.updates ?? 0, of.downgrades),
    marks: marks(of.marks ?? 0),
    existing: 1000,
    marked: 0,
    people: 0,
  };
}

const confirmed = (global: ConfirmedCounts["global"]): ConfirmedCounts => (global ? { global } : {});

describe("what a person confirmed", () => {
  test("exactly as many, or fewer, are let through", () => {
    const atMost = confirmed({ updates: 12, downgrades: 3 });
    expect(
      checkLimits("global", changeset({ updates: 12, downgrades: 3 }), limits, { allow: {}, "at-most": atMost }),
    ).toEqual({ measures: expect.anything() });
    expect(
      checkLimits("global", changeset({ updates: 4 }), limits, { allow: {}, "at-most": atMost }).refused,
    ).toBeUndefined();
  });

  test.each<[string, Parameters<typeof changeset>[0], ConfirmedCounts, string[]]>([
    ["an update more", { updates: 13 }, confirmed({ updates: 12 }), ["updates"]],
    [
      "a downgrade more among as many updates",
      { updates: 12, downgrades: 1 },
      confirmed({ updates: 12 }),
      ["downgrades"],
    ],
    ["marks, which nobody named", { updates: 1, marks: 1 }, confirmed({ updates: 12 }), ["marks"]],
    ["only another comparison was named", { updates: 1 }, { partner: { updates: 5 } }, ["updates"]],
  ])("%s is refused", (_, of, atMost, effects) => {
    const { refused, unconfirmed } = checkLimits("global", changeset(of), limits, { allow: {}, "at-most": atMost });
    expect(unconfirmed?.map(({ effect }) => effect)).toEqual(effects as never);
    expect(refused).toMatchObject(effects.map((effect) => ({ code: "count.unconfirmed", params: { effect } })));
  });

  test("comes on top of the limits: it lifts none, and --allow lifts nothing of it", () => {
    const many = changeset({ marks: 60 });
    const over = checkLimits("global", many, limits, { allow: {}, "at-most": confirmed({ marks: 60 }) });
    expect(over.refused).toMatchObject([{ code: "limit.exceeded", params: { effect: "marks", count: 60 } }]);
    expect(over.unconfirmed).toBeUndefined();
    const unseen = checkLimits("global", many, limits, { allow: { marks: 60 }, "at-most": confirmed({ marks: 59 }) });
    expect(unseen.refused).toMatchObject([{ code: "count.unconfirmed", params: { count: 60, confirmed: 59 } }]);
    const both = checkLimits("global", many, limits, { allow: {}, "at-most": confirmed({ marks: 59 }) });
    expect(both.refused?.map(({ code }) => code)).toEqual(["limit.exceeded", "count.unconfirmed"]);
  });

  test("refuses whatever the limits refuse, and never less", () => {
    const number = fc.integer({ min: 0, max: 80 });
    const effects = fc.record({ updates: number, marks: number, downgrades: number });
    fc.assert(
      fc.property(effects, effects, (of, global) => {
        const what = changeset({ ...of, downgrades: Math.min(of.downgrades, of.updates) });
        const without = checkLimits("global", what, limits, { allow: {}, "at-most": null });
        const given = checkLimits("global", what, limits, { allow: {}, "at-most": { global } });
        expect(given.measures).toEqual(without.measures);
        expect(given.refused === undefined).toBe(without.refused === undefined && given.unconfirmed === undefined);
      }),
    );
  });
});

describe("a refusal that stands in the manifest", () => {
  const manifest = (unconfirmed: ChangesetManifest["unconfirmed"]) =>
    ({ limits: [], unconfirmed }) as unknown as ChangesetManifest;
  const found = manifest([{ effect: "updates", count: 13, confirmed: 12 }]);

  test("until counts are confirmed again", () => {
    expect(priorRefusals("global", found, { allow: {}, "at-most": null })).toEqual([
      reason("count.unconfirmed", { comparison: "global", effect: "updates", count: 13, confirmed: 12 }),
    ]);
    expect(priorRefusals("global", found, { allow: {}, "at-most": { global: { updates: 13 } } })).toEqual([]);
  });

  test("nothing stands where nothing was unconfirmed, or no manifest says so", () => {
    expect(priorRefusals("global", manifest([]), { allow: {}, "at-most": null })).toEqual([]);
    expect(priorRefusals("global", null, { allow: {}, "at-most": null })).toEqual([]);
  });
});
