import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import { encodeIndex } from "../../lib/report/page/encode-index.ts";
import { companyName, demoModel, folded, row, salesforceId } from "../../test/support/page/demo-model.ts";
import { choicesOf } from "./choices.ts";
import { countHarms, lineOfGroup, recordAt } from "./records.ts";
import { haystackOf } from "./search.ts";
import { groupKey, orderOf, select } from "./select.ts";
import { fromHash, toHash, type View, WHOLE } from "./view.ts";

const rows = [
  row(1, "loses support", { name: "Zürich Bank" }),
  row(2, "marked", { effect: "mark", name: "alpha" }),
  row(3, "cosmetic", { name: "Ｆｕｌｌ width" }),
];
const index = encodeIndex({ rows, folded: [folded(3, { harm: "marked", count: 5 })] });
const haystack = haystackOf(index);
const shown = (part: Partial<View>) => {
  const view = { ...WHOLE, ...part };
  return select(index, haystack, orderOf(index, view.sort, view.descending), view);
};

describe("what the page selects", () => {
  test("everything, by harm: rows in the model's order, a group after the rows of equal harm, counted in full", () => {
    expect(shown({})).toEqual({ lines: [0, 1, lineOfGroup(0), 2], records: 8, inGroup: [3] });
    expect(countHarms(index).filter(({ count }) => count > 0)).toEqual([
      { harm: "loses support", count: 1 },
      { harm: "marked", count: 6 },
      { harm: "cosmetic", count: 1 },
    ]);
  });

  test("a search finds whatever the case, accents, or width of characters; every word must be there", () => {
    expect(shown({ query: "zurich" }).lines).toEqual([0]);
    expect(shown({ query: "ZÜRICH bank" }).lines).toEqual([0]);
    expect(shown({ query: "full" }).lines).toEqual([2]);
    expect(shown({ query: "zurich alpha" }).lines).toEqual([]);
    expect(shown({ query: salesforceId(2).slice(0, 15) }).lines).toEqual([1]);
  });

  test("a member that the search found is shown below its group; the others when it is open", () => {
    expect(shown({ query: salesforceId(10_001) })).toEqual({ lines: [lineOfGroup(0), 4], records: 1, inGroup: [1] });
    expect(shown({ open: groupKey(0) }).lines).toEqual([0, 1, lineOfGroup(0), 3, 4, 5, 2]);
    expect(recordAt(index, 4).name).toBe(companyName(10_001));
  });

  test("filters narrow together; one that nothing has leaves nothing", () => {
    expect(shown({ harms: ["marked"], filters: { effect: "mark" } }).lines).toEqual([1]);
    expect(shown({ filters: { field: "customer_health" } }).records).toBe(5);
    expect(shown({ filters: { field: "no_such_field" } }).lines).toEqual([]);
  });

  test("reasons with one title are one choice of the filter, and it selects all of them", () => {
    const suspended = encodeIndex({
      rows: [
        row(1, "skipped", { reason: reason("user.suspended") }),
        row(2, "skipped", { reason: reason("contact.suspended", { user_id: 7 }) }),
        row(3, "skipped", { reason: reason("user.in_several_organizations") }),
      ],
      folded: [],
    });
    const [choice, ...others] = choicesOf(suspended).reason;
    expect(choice).toEqual({ value: "suspended user", text: "suspended user", count: 2 });
    expect(others).toHaveLength(1);
    const view = { ...WHOLE, filters: { reason: "suspended user" } };
    expect(select(suspended, haystackOf(suspended), orderOf(suspended, "harm", false), view).records).toBe(2);
  });

  test("by a column, either way", () => {
    expect(shown({ sort: "customer" }).lines.slice(0, 3)).toEqual([1, 2, 0]);
    expect(shown({ sort: "customer", descending: true }).lines.slice(-3)).toEqual([0, 2, 1]);
  });

  test("every record of a real report is a line or a member of one", () => {
    const whole = encodeIndex(demoModel());
    const all = select(whole, haystackOf(whole), orderOf(whole, "harm", false), WHOLE);
    expect(all.records).toBe(1503);
    expect(all.lines.length).toBe(142);
  });
});

describe("what the address keeps", () => {
  test("every part of a view comes back", () => {
    const view: View = {
      query: "a&b=c#d é",
      harms: ["loses support", "marked"],
      filters: { instance: "us-government", field: "support_level", reason: "charge.unknown" },
      sort: "customer",
      descending: true,
      open: "global:0014M0000000001QAQ",
      tab: "audit",
    };
    expect(fromHash(`#${toHash(view)}`)).toEqual(view);
    expect(toHash(WHOLE)).toBe("");
  });

  test("what it does not know is left out", () => {
    expect(fromHash("#harm=x&sort=__proto__&order=up&tab=y&z=1")).toEqual(WHOLE);
    expect(fromHash("#%E0%A4%A")).toEqual(WHOLE);
  });
});
