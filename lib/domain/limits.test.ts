import { describe, expect, test } from "bun:test";
import { accountId, desiredOrganization } from "../../test/support/domain/in-sync-world.ts";
import type { Difference, Mark, Update } from "./changeset.ts";
import { DEFAULT_LIMITS, type Limits } from "./config.ts";
import { type Allowances, EFFECTS, type Effect, limitReasons, type Measurable, measure } from "./limits.ts";
import { reason } from "./reason.ts";
import type { UserUpdate } from "./user.ts";

const LIMITS: Limits = {
  holds: { percent: 3, max: 8 },
  creates: 5,
  contacts: 8,
  marks: { percent: 5, max: 6 },
  updates: { percent: 30 },
  downgrades: { percent: 4, max: 7 },
  marked_total: { percent: 20 },
  minimum_existing: 10,
};

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

const mark = (id: number): Mark => ({
  id: id + 1,
  salesforce_id: accountId(1),
  name: "Customer",
  before: { mark_for_deletion: null },
  change: { mark_for_deletion: true },
});

function update(before: Difference, change: Difference): Update {
  return { id: 1, salesforce_id: accountId(1), name: "Customer", before, change };
}

const fieldUpdate = (before: Difference["organization_fields"], change: Difference["organization_fields"]): Update =>
  update({ organization_fields: before ?? {} }, { organization_fields: change ?? {} });

const rename = () => update({ name: "Old" }, { name: "New" });
const hold = () => fieldUpdate({ support_hold: null }, { support_hold: true });
const downgrade = () => fieldUpdate({ support_level: "ultimate" }, { support_level: "premium" });

function changeset(changes: Partial<Measurable> = {}): Measurable {
  return { creates: [], updates: [], marks: [], existing: 100, marked: 0, people: 0, ...changes };
}

function measureOne(effect: Effect, changes: Partial<Measurable>, limits = LIMITS, allow: Allowances = {}) {
  const found = measure(changeset(changes), limits, allow).find((one) => one.effect === effect);
  if (!found) throw new Error(`no measure of ${effect}`);
  return found;
}

test("S2: every effect is measured, in this order, and nothing is exceeded by nothing", () => {
  expect(EFFECTS).toEqual(["holds", "creates", "marks", "updates", "downgrades", "contacts", "marked_total"]);
  expect(measure(changeset(), LIMITS)).toStrictEqual([
    { effect: "holds", count: 0, of: 100, limit: 3, limitText: "3% (3)", percent: 3, exceeded: false },
    { effect: "creates", count: 0, of: 100, limit: 5, limitText: "5", exceeded: false },
    { effect: "marks", count: 0, of: 100, limit: 5, limitText: "5% (5)", percent: 5, exceeded: false },
    { effect: "updates", count: 0, of: 100, limit: 30, limitText: "30% (30)", percent: 30, exceeded: false },
    { effect: "downgrades", count: 0, of: 100, limit: 4, limitText: "4% (4)", percent: 4, exceeded: false },
    { effect: "contacts", count: 0, of: 100, limit: 8, limitText: "8", exceeded: false },
    { effect: "marked_total", count: 0, of: 100, limit: 20, limitText: "20% (20)", percent: 20, exceeded: false },
  ]);
});

describe("S2: below, at and above each limit", () => {
  const cases: [Effect, number, (count: number) => Partial<Measurable>][] = [
    ["holds", 3, (count) => ({ updates: times(count, hold) })],
    ["creates", 5, (count) => ({ creates: times(count, (n) => desiredOrganization(n)) })],
    ["marks", 5, (count) => ({ marks: times(count, mark) })],
    ["updates", 30, (count) => ({ updates: times(count, rename) })],
    ["downgrades", 4, (count) => ({ updates: times(count, downgrade) })],
    ["contacts", 8, (count) => ({ people: count })],
    ["marked_total", 20, (count) => ({ marked: count - 1, marks: [mark(1)] })],
  ];

  test.each(cases)("S2: %s, strictly more than %d", (effect, limit, make) => {
    for (const [count, exceeded] of [
      [limit - 1, false],
      [limit, false],
      [limit + 1, true],
    ] as const) {
      expect(measureOne(effect, make(count))).toMatchObject({ effect, count, of: 100, limit, exceeded });
    }
  });

  test.each(cases)("S2: %s allowed up to a number, this run only", (effect, limit, make) => {
    const allow = { [effect]: limit + 3 };
    const within = measureOne(effect, make(limit + 3), LIMITS, allow);
    expect(within).toMatchObject({
      limit: limit + 3,
      limitText: `${limit + 3} (--allow)`,
      exceeded: false,
      allowed: limit + 3,
    });
    expect(measureOne(effect, make(limit + 4), LIMITS, allow).exceeded).toBe(true);
    // One number is for every comparison of a run: the small one that partners need must not refuse the customers.
    const lower = measureOne(effect, make(limit), LIMITS, { [effect]: 1 });
    expect(lower).toMatchObject({ limit, exceeded: false });
    expect("allowed" in lower).toBe(false);
  });

  test("S2: allowing one effect allows no other", () => {
    const made = { marks: times(6, mark), updates: times(31, rename) };
    const exceeded = measure(changeset(made), LIMITS, { marks: 6 }).filter((one) => one.exceeded);
    expect(exceeded.map(({ effect }) => effect)).toEqual(["updates"]);
  });
});

describe("C2: holds", () => {
  test.each<[boolean, Difference["organization_fields"], Difference["organization_fields"]]>([
    [true, { support_hold: false }, { support_hold: true }],
    [true, { restricted_account: null }, { restricted_account: true }],
    [true, { support_hold: "false", restricted_account: true }, { support_hold: "true", restricted_account: false }],
    [false, { support_hold: true }, { support_hold: false }],
    [false, { restricted_account: true }, { restricted_account: null }],
    [false, { support_level: "ultimate" }, { support_level: "expired" }],
  ])("%p: %p → %p", (isHold, before, change) => {
    expect(measureOne("holds", { updates: [fieldUpdate(before, change)] }).count).toBe(isHold ? 1 : 0);
  });

  test("both at once count once, and among the updates", () => {
    const both = fieldUpdate({}, { support_hold: true, restricted_account: true });
    expect(measureOne("holds", { updates: [both] }).count).toBe(1);
    expect(measureOne("updates", { updates: [both] }).count).toBe(1);
    expect(measureOne("downgrades", { updates: [both] }).count).toBe(0);
  });
});

test("B1: a mark among the updates counts as a mark", () => {
  const hidden = fieldUpdate({ mark_for_deletion: false }, { mark_for_deletion: true });
  for (const effect of ["marks", "marked_total"] as const)
    expect(measureOne(effect, { updates: [hidden], marks: [mark(1)] }).count).toBe(2);
});

describe("S2: percentages and maxima", () => {
  test.each([
    [119, 5, "5% (5)"],
    [120, 6, "5% (6)"],
    [139, 6, "5% (6)"],
    [140, 6, "6"],
  ])("S2: of %d records %d marks: the lower of percentage and maximum", (existing, limit, limitText) => {
    expect(measureOne("marks", { existing })).toMatchObject({ limit, limitText });
  });

  test("S2: a percentage applies from minimum_existing records on", () => {
    const texts = (existing: number) =>
      measure(changeset({ existing }), LIMITS).map(({ limit, limitText }) => [limit, limitText]);
    const none = [null, "none below 10 existing records"];
    expect(texts(10)).toEqual([
      [0, "3% (0)"],
      [5, "5"],
      [0, "5% (0)"],
      [3, "30% (3)"],
      [0, "4% (0)"],
      [8, "8"],
      [2, "20% (2)"],
    ]);
    expect(texts(9)).toEqual([[8, "8"], none, [6, "6"], none, [7, "7"], none, none]);
    expect(texts(0)).toEqual([[8, "8"], none, [6, "6"], none, [7, "7"], none, none]);
  });

  test("S2: a first fill creates as many as there are, and as many contacts; its marks have their maximum", () => {
    const creates = times(50, (n) => desiredOrganization(n));
    expect(measureOne("contacts", { people: 5000, existing: 9 }).exceeded).toBe(false);
    expect(measureOne("contacts", { people: 9, existing: 10 }).exceeded).toBe(true);
    expect(measureOne("creates", { creates, existing: 9 }).exceeded).toBe(false);
    expect(measureOne("creates", { creates, existing: 10 }).exceeded).toBe(true);
    expect(measureOne("marks", { marks: times(7, mark), existing: 9 }).exceeded).toBe(true);
  });

  test.each([
    [2.3, 1000, 23],
    [0.5, 199, 0],
    [0.5, 200, 1],
    [0.7, 1000, 7],
    [33.3, 10, 3],
    [100, 7000, 7000],
    [0, 7000, 0],
  ])("S2: %d %% of %d records are %d, whatever binary fractions say", (percent, existing, limit) => {
    expect(measureOne("updates", { existing }, { ...LIMITS, updates: { percent } }).limit).toBe(limit);
  });
});

describe("S2: what counts", () => {
  test("S2: marked_total is marked before and after together, and only judged where something is marked", () => {
    expect(measureOne("marked_total", { marked: 18, marks: times(3, mark) })).toMatchObject({
      count: 21,
      exceeded: true,
    });
    expect(measureOne("marked_total", { marked: 50 })).toMatchObject({ count: 50, limit: 20, exceeded: false });
    expect(measureOne("marked_total", { marked: 50, marks: [mark(1)] }).exceeded).toBe(true);
  });

  test("S2: unmarks are updates", () => {
    const unmark = fieldUpdate({ mark_for_deletion: true }, { mark_for_deletion: false });
    const made = changeset({ updates: [unmark], marked: 1 });
    expect(measure(made, LIMITS).map(({ count }) => count)).toEqual([0, 0, 0, 1, 0, 0, 1]);
  });

  test("S2: a record counts once for every effect it has", () => {
    const both = fieldUpdate(
      { support_level: "ultimate", emergency_support_24x7: true },
      { support_level: "premium", emergency_support_24x7: false },
    );
    expect(measure(changeset({ updates: [both] }), LIMITS).map(({ count }) => count)).toEqual([0, 0, 0, 1, 1, 0, 0]);
  });

  const short = { salesforce_id: accountId(1).slice(0, 15) };
  const long = { salesforce_id: accountId(1) };

  test("G5: an update that only rewrites an id counts for no limit", () => {
    expect(measureOne("updates", { updates: [fieldUpdate(short, long)] }).count).toBe(0);
    const lowerCase = { salesforce_id: accountId(1).toLowerCase() };
    expect(measureOne("updates", { updates: [fieldUpdate(lowerCase, long)] }).count).toBe(0);
  });

  test.each([
    ["something else", fieldUpdate({ ...short, support_level: null }, { ...long, support_level: "premium" })],
    ["the name", update({ name: "Old", organization_fields: short }, { name: "New", organization_fields: long })],
    ["another account's id", fieldUpdate({ salesforce_id: accountId(2) }, long)],
    ["another field", fieldUpdate({ sfdc_short_id: accountId(1) }, { sfdc_short_id: accountId(1).slice(0, 15) })],
    ["two invalid fields", fieldUpdate({ account_owner: "Ann" }, { account_owner: "Tim" })],
  ])("G5: but not one that changes %s", (_, changed) => {
    expect(measureOne("updates", { updates: [changed] }).count).toBe(1);
  });

  test.each([
    ["ultimate", "premium"],
    ["ultimate", "expired"],
    ["community", "expired"],
    [" gold ", "silver"],
  ])("S2: from %p to %p is a downgrade", (before, after) => {
    const changed = fieldUpdate({ support_level: before }, { support_level: after });
    expect(measureOne("downgrades", { updates: [changed] }).count).toBe(1);
  });

  test.each([
    ["premium", "ultimate"],
    ["expired", "community"],
    ["ultimate", null],
    [null, "expired"],
    ["", "community"],
    ["legacy_level", "expired"],
  ])("S2: from %p to %p is none", (before, after) => {
    const changed = fieldUpdate({ support_level: before }, { support_level: after });
    expect(measureOne("downgrades", { updates: [changed] }).count).toBe(0);
  });

  test.each([
    [true, false, 1],
    ["true", null, 1],
    [true, "true", 0],
    [false, true, 0],
    [null, true, 0],
    ["yes", false, 0],
  ])("S2: emergency support from %p to %p", (before, after, count) => {
    const changed = fieldUpdate({ emergency_support_24x7: before }, { emergency_support_24x7: after });
    expect(measureOne("downgrades", { updates: [changed] }).count).toBe(count);
  });

  test("S2: a rename is no downgrade", () => {
    expect(measureOne("downgrades", { updates: [rename()] }).count).toBe(0);
  });

  test("S2: users are measured alike, and have no support level to lose", () => {
    const changed: UserUpdate = {
      id: 1,
      salesforce_id: accountId(1),
      email: "sue@example.com",
      before: { name: "Old", organization_id: 1 },
      change: { name: "New", organization_id: 2 },
    };
    const made = changeset({ updates: times(31, () => changed), existing: 100, marked: 2 });
    expect(measure(made, LIMITS).map(({ count }) => count)).toEqual([0, 0, 0, 31, 0, 0, 2]);
    expect(
      measure(made, LIMITS)
        .filter((one) => one.exceeded)
        .map(({ effect }) => effect),
    ).toEqual(["updates"]);
  });
});

describe("S2: the refusal", () => {
  test("S2: gives measure and limit, as a share where it is one", () => {
    const measures = measure(changeset({ marks: times(41, mark), existing: 800 }), DEFAULT_LIMITS);
    expect(limitReasons("global", measures)).toEqual([
      reason("limit.exceeded", {
        comparison: "global",
        effect: "marks",
        count: 41,
        existing: 800,
        limit: 40,
        percent: 5,
        raised: false,
      }),
    ]);
  });

  test("S2: names every limit that is exceeded, and a number for each", () => {
    const creates = times(6, (n) => desiredOrganization(n));
    const made = { creates, updates: times(31, downgrade), marks: times(8, mark), marked: 19 };
    const found = limitReasons("usgov_user", measure(changeset(made), LIMITS, { marks: 7 }));
    const base = { comparison: "usgov_user", existing: 100, percent: null, raised: false } as const;
    expect(found.map(({ params }) => params)).toEqual([
      { ...base, effect: "creates", count: 6, limit: 5 },
      { ...base, effect: "marks", count: 8, limit: 7, raised: true },
      { ...base, effect: "updates", count: 31, limit: 30, percent: 30 },
      { ...base, effect: "downgrades", count: 31, limit: 4, percent: 4 },
      { ...base, effect: "marked_total", count: 27, limit: 20, percent: 20 },
    ]);
  });
});
