import { describe, expect, test } from "bun:test";
import {
  ACCOUNT,
  create,
  mark,
  OTHER_ACCOUNT,
  reported,
  reportSource,
  update,
} from "../../test/support/report/report-world.ts";
import { reason } from "../domain/reason.ts";
import type { Result } from "../storage/artifacts/results.ts";
import { type Customers, customerOf } from "./customers.ts";
import { countByHarm, reportModel } from "./report-model.ts";

const LOST = { support_level: ["premium", "expired"] } as Record<string, [unknown, unknown]>;

function result(parts: Partial<Result>): Result {
  return {
    effect: "update",
    salesforce_id: ACCOUNT,
    id: 1,
    outcome: "applied",
    reason: null,
    before: {},
    after: {},
    ...parts,
  };
}

const customers: Customers = {
  account: (id) =>
    id === OTHER_ACCOUNT ? customerOf("Other", { support_level: "gold", aar: 5 }, ["Sue@Example.com"]) : null,
  organization: () => customerOf("Somebody", { support_level: "silver", aar: "7.0" }),
};

describe("the order of rows", () => {
  test("is by harm, then level, revenue and seats", () => {
    const arr = (value: number): Record<string, [unknown, unknown]> => ({ ...LOST, aar: [value, 0] });
    const { rows } = reportModel(
      reportSource({
        comparisons: [
          reported({
            updates: [
              update(1, "cosmetic", { account_owner: ["a", "b"] }),
              update(2, "small", arr(10)),
              update(3, "large", arr(1000)),
              update(4, "ultimate", { support_level: ["ultimate", "expired"] }),
              update(5, "few seats", { ...arr(10), seats_decimal: [1, 0] }),
              update(6, "lower", { support_level: ["gold", "silver"] }),
            ],
            marks: [mark(7, "gone")],
          }),
        ],
      }),
    );
    expect(rows.map(({ name }) => name)).toEqual([
      "ultimate",
      "large",
      "few seats",
      "small",
      "lower",
      "gone",
      "cosmetic",
    ]);
    expect(rows[1]?.weight).toEqual({ level: "premium", arr: 1000, seats: 0 });
  });
});

test("updates that a limit does not count are told beside it, so that its figure and the table's agree", () => {
  const one = reported();
  const measures = [
    { effect: "updates" as const, count: 115, of: 1406, limit: 141, limitText: "10% (141)", exceeded: false },
  ];
  const comparison = { ...one.comparison, planned: { ...one.comparison.planned, updates: 116 }, measures };
  const [bar] = reportModel(reportSource({ comparisons: [{ ...one, comparison }] })).limits;
  expect(bar).toMatchObject({ count: 115, uncounted: 1 });
});

describe("outcomes", () => {
  const rowsWith = (results: Result[], about: object = {}, comparison: object = {}) => {
    const one = reported({ updates: [update(1, "Example", LOST)], results });
    const source = reportSource();
    return reportModel({
      ...source,
      about: { ...source.about, ...about },
      comparisons: [{ ...one, comparison: { ...one.comparison, ...comparison } }],
    }).rows;
  };
  const REFUSED = {
    refused: [reason("count.unconfirmed", { comparison: "global", effect: "marks", count: 2, confirmed: 1 })],
  };

  test.each<[string, Result[], object, object, string, string]>([
    ["applied", [result({})], {}, {}, "applied", "loses support"],
    ["failed", [result({ outcome: "failed", reason: reason("write.not_sent") })], {}, {}, "failed", "failed"],
    [
      "stopped",
      [result({ outcome: "skipped", reason: reason("run.stopped", { cause: "SIGINT" }) })],
      {},
      {},
      "not attempted",
      "loses support",
    ],
    ["skipped", [result({ outcome: "skipped", reason: reason("organization.gone") })], {}, {}, "skipped", "skipped"],
    ["no result of a run that writes", [], {}, {}, "not attempted", "loses support"],
    ["no result of a preview", [], { writes: false }, {}, "planned", "loses support"],
    ["what a dry run would apply", [result({})], { writes: false }, {}, "planned", "loses support"],
    ["refused", [], {}, REFUSED, "refused", "loses support"],
  ])("%s", (_, results, about, comparison, outcome, harm) => {
    expect(rowsWith(results, about, comparison)).toMatchObject([{ outcome, harm }]);
  });

  test("a created organization gets the id of its result; contacts and users are told apart by address", () => {
    const contact = (email: string) => ({ salesforce_id: ACCOUNT, id: null, email, name: null });
    const { rows } = reportModel(
      reportSource({
        comparisons: [
          reported({
            creates: [create("New")],
            contacts: [contact("a@example.com"), contact("b@example.com")],
            results: [
              result({ effect: "create", id: 77 }),
              result({ effect: "contact", id: 5, after: { email: "a@example.com" } }),
              result({ effect: "contact", id: null, outcome: "failed", after: { email: "B@example.com" } }),
            ],
          }),
        ],
      }),
    );
    expect(rows.map(({ effect, outcome, name, id }) => [effect, outcome, name, id])).toEqual([
      ["contact", "failed", "New", null],
      ["create", "applied", "New", 77],
      ["contact", "applied", "New", null],
    ]);
    expect(rows[1]?.links.zendesk).toBe("https://example.zendesk.com/agent/organizations/77");
    expect(rows[1]?.links.salesforce).toBe(`https://example.my.salesforce.com/${ACCOUNT}`);
  });
});

test("a user whom an undo of global takes back is linked as a user, not as an organization with that number", () => {
  const back = {
    id: 360,
    salesforce_id: ACCOUNT,
    email: "ann@example.com",
    before: { organization_id: 7 },
    change: { organization_id: null },
  };
  const { rows } = reportModel(reportSource({ customers, comparisons: [reported({ updates: [back] })] }));
  expect(rows.map(({ links }) => links.zendesk)).toEqual(["https://example.zendesk.com/agent/users/360"]);
});

test("what was left as it is stands among the rows, with what its customer is called and weighs", () => {
  const notes = [
    { rule: "C7", salesforce_id: OTHER_ACCOUNT, id: 9, reason: reason("organization.account_id_invalid") },
    { rule: "C2", salesforce_id: null, id: 10, reason: reason("mark.protected") },
  ];
  const { rows } = reportModel(reportSource({ customers, comparisons: [reported({ notes })] }));
  expect(rows).toMatchObject([
    { harm: "conflict", name: "Other", outcome: null, domains: ["example.com"], weight: { level: "gold", arr: 5 } },
    { harm: "skipped", name: "Somebody", id: 10, weight: { level: "silver", arr: 7 } },
  ]);
});

test("a mark of a customer who fell out for its age is a loss of support", () => {
  const fellOut = reason("account.expired_long_ago", { instance: "global", expiration_date: "2026-01-01" });
  const source = reportSource({ customers, comparisons: [reported({ marks: [mark(1, "x", OTHER_ACCOUNT)] })] });
  const notes = [{ rule: "E13", salesforce_id: OTHER_ACCOUNT, id: null, reason: fellOut }];
  expect(reportModel({ ...source, notes }).rows[0]?.harm).toBe("loses support");
  expect(reportModel(source).rows[0]?.harm).toBe("marked");
});

describe("folding", () => {
  const many = (count: number, fields: (index: number) => Record<string, [unknown, unknown]>) =>
    Array.from({ length: count }, (_, index) => update(index + 1, `Customer ${index}`, fields(index)));
  const modelOf = (updates: ReturnType<typeof many>) =>
    reportModel(reportSource({ comparisons: [reported({ updates })] }));

  test("twenty rows that change the same fields to the same values are told once, with their values", () => {
    const { rows, folded } = modelOf(many(20, () => ({ customer_health: [null, "green"] })));
    expect(rows).toEqual([]);
    expect(folded).toMatchObject([
      {
        comparison: "global",
        instance: "global",
        harm: "cosmetic",
        fields: ["customer_health"],
        changes: [{ field: "customer_health", before: "–", after: "green" }],
        count: 20,
      },
    ]);
    expect(folded[0]?.members).toHaveLength(20);
    expect(folded[0]?.members[0]).toEqual({ salesforce_id: ACCOUNT, id: 1, name: "Customer 0" });
  });

  test("where the values differ each member keeps its own; nineteen stay rows", () => {
    const { folded } = modelOf(many(25, (index) => ({ account_owner: ["a", `b${index}`] })));
    expect(folded[0]?.changes).toEqual([]);
    expect(folded[0]?.members.find(({ name }) => name === "Customer 3")?.changes).toEqual([
      { field: "account_owner", before: "a", after: "b3" },
    ]);
    expect(modelOf(many(19, () => ({ account_owner: ["a", "b"] }))).folded).toEqual([]);
  });

  test("whoever loses something is told one by one", () => {
    const { rows, folded } = modelOf(many(50, () => LOST));
    expect([rows.length, folded.length]).toEqual([50, 0]);
  });

  test("accounts left out for one reason are told once by its code, whatever its parameters", () => {
    const notes = Array.from({ length: 30 }, (_, index) => ({
      rule: "E13",
      salesforce_id: ACCOUNT,
      id: null,
      reason: reason("account.expired_long_ago", {
        instance: "global",
        expiration_date: `2020-01-${10 + (index % 9)}`,
      }),
    }));
    const model = reportModel(reportSource({ notes }));
    expect(model.folded).toMatchObject([
      { code: "account.expired_long_ago", reason: null, comparison: null, count: 30 },
    ]);
    expect(countByHarm(model).get("cosmetic")).toBe(30);
  });
});

test("the same report comes of records in any order", () => {
  const updates = [update(1, "a", LOST), update(2, "b", LOST), update(3, "a", { support_hold: [false, true] })];
  const modelOf = (list: typeof updates) => reportModel(reportSource({ comparisons: [reported({ updates: list })] }));
  expect(modelOf([...updates].reverse())).toEqual(modelOf(updates));
});
