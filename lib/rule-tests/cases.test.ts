import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  account,
  charge,
  override,
  PLANS,
  PREMIUM,
  process,
  subscription,
} from "../../test/support/domain/process-examples.ts";
import { ConfigurationError } from "../errors.ts";
import { caseText } from "./case-text.ts";
import { parseCases } from "./parse-cases.ts";
import { caseFailures } from "./render-cases.ts";
import { runCase } from "./run-case.ts";

const TODAY = "2026-11-27";
const parse = (text: string) => parseCases(text, "my.test.yml", TODAY);
const run = (text: string) => parse(text).map((one) => runCase(one, PLANS));
const mismatches = (text: string) =>
  run(text).flatMap((one) =>
    one.mismatches.map(
      ({ where, instance, key, expected, actual }) => `${where} ${instance} ${key}: ${expected} ≠ ${actual}`,
    ),
  );

test("the cases that come with zdsync pass, whatever the day is", () => {
  const shipped = readFileSync(join(import.meta.dir, "../../plans.test.yml"), "utf8");
  for (const today of [TODAY, "2024-02-29", "2031-01-01"]) {
    const results = parseCases(shipped, "plans.test.yml", today).map((one) => runCase(one, PLANS));
    expect(results.length).toBeGreaterThanOrEqual(10);
    expect(caseFailures(results)).toBe(`test: ${results.length} of ${results.length} cases passed.`);
  }
});

describe("what is held against the outcome", () => {
  const premium = "account: { charges: [{ name: SaaS - Premium - 1 Year, seats: 40, ends: in 90 days }] }";

  test("every expectation that does not come true is named, with its line", () => {
    expect(
      mismatches(
        `cases:
  - name: one
    ${premium}
    expect:
      global:
        support_level: gold
        seats: 41
        expiration_date: in 91 days
        fields:
          sub_dotcom_premium: false
          region: null
`.replace("region", "org_region"),
      ),
    ).toEqual([
      "my.test.yml:6 global support_level: gold ≠ premium",
      "my.test.yml:7 global seats: 41 ≠ 40",
      "my.test.yml:8 global expiration_date: 2027-02-26 ≠ 2027-02-25",
      "my.test.yml:10 global sub_dotcom_premium: false ≠ true",
    ]);
  });

  test("an organization that nobody expected, and one that is missing", () => {
    expect(
      mismatches(`cases:\n  - name: one\n    ${premium}\n    expect: { us-government: { support_level: gold } }\n`),
    ).toEqual([
      "my.test.yml:4 global organization: none ≠ support_level premium",
      "my.test.yml:4 us-government organization: one ≠ none",
    ]);
  });

  test("a case may have a day of its own, and so may a file", () => {
    const charged = "account: { charges: [{ name: SaaS - Premium - 1 Year, ends: 2026-01-10 }] }";
    const expects = (level: string) => `expect: { global: { support_level: ${level} } }`;
    expect(
      mismatches(`today: 2026-01-25
cases:
  - { name: last day of grace, ${charged}, ${expects("premium")} }
  - { name: the day after, today: 2026-01-26, ${charged}, ${expects("expired")} }
`),
    ).toEqual([]);
  });

  test("overrides: one or several; two for one instance cancel each other out", () => {
    const ultimate = "{ subscriptions: { sub_dotcom_ultimate: true } }";
    const of = (overrides: string, level: string) =>
      `cases: [{ name: one, ${premium}, override: ${overrides}, expect: { global: { support_level: ${level} } } }]`;
    expect(mismatches(of(ultimate, "ultimate"))).toEqual([]);
    expect(mismatches(of(`[${ultimate}, ${ultimate}]`, "premium"))).toEqual([]);
  });
});

test("a failed case says how it came to what came, and what is to be known", () => {
  const text = caseFailures(
    run(`cases:
  - name: the new name of premium
    account: { charges: [SaaS - Premium - 1 Yeer] }
    expect: { global: { support_level: premium } }
`),
  );
  expect(text).toStartWith(`FAILED the new name of premium (my.test.yml:2)
  global support_level      expected premium, is expired (my.test.yml:4)

Subscriptions and charges on 2026-11-27
  subscription 1: counts in global
    "SaaS - Premium - 1 Yeer" x 1, ends 2027-11-27: not in plans.yml: gives no
      support
`);
  expect(text).toContain('"SaaS - Premium - 1 Year"?).');
  expect(text).toEndWith("test: 0 of 1 case passed, 1 failed.");
});

describe("what is wrong with a file", () => {
  const problems = (text: string) => {
    try {
      parse(text);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return error.problems.map(({ where, what }) => `${where} ${what}`);
    }
  };

  test("all of it at once, each with its line", () => {
    expect(
      problems(`cases:
  - name: one
    acount: {}
    account:
      charges: [{ name: A, ends: tomorrow }]
    expect: { global: { support_level: platinum } }
`),
    ).toEqual([
      'my.test.yml:3 cases[0].acount is not a known key; did you mean "account"?',
      "my.test.yml:5 cases[0].account.charges[0].ends must be a day as YYYY-MM-DD, or today, in 30 days, 16 days ago",
      expect.stringContaining("my.test.yml:6 cases[0].expect.global.support_level must be one of ultimate"),
    ]);
  });

  test("a field of the other instance, no case, no file", () => {
    const one = (fields: string) =>
      `cases:\n  - name: one\n    account: {}\n    expect: { global: { fields: { ${fields} } } }\n`;
    expect(problems(one("sub_usgov_12x5: true"))).toEqual([
      expect.stringContaining(
        "my.test.yml:4 cases[0].expect.global.fields.sub_usgov_12x5 is not a field that zdsync maintains in global",
      ),
    ]);
    expect(problems("cases: []")).toEqual(["my.test.yml:1 cases is empty: there is nothing to test"]);
    expect(problems("")).toEqual([expect.stringContaining("cases is missing")]);
  });
});

test("a case made of a real account passes, and holds no name, address, revenue or reason", () => {
  const real = account({
    name: "Secret GmbH",
    account_owner: "Olga Owner",
    sold_to: { name: "Bob Buyer", email: "bob@secret.example" },
    support_hold: true,
    subs: [
      subscription({ sold_to_email: "bob@secret.example" }),
      subscription({ id: "a0S4M00000AbCdFUAV", subscription_id: null }),
    ],
    charges: [charge(PREMIUM, { end_date: "2027-03-01", quantity: 12 }), charge("Unknown - 1 Year")],
  });
  const overrides = [override({ reason: "promised to Bob", ends_on: "2027-01-01" })];
  const { desired } = process(real, { overrides });
  const text = caseText(real, { today: "2026-11-23", isPartner: false, overrides, desired });
  expect(text).not.toMatch(/Secret|Olga|Bob|bob|secret|12000|promised/);
  const [result] = run(`cases:\n${text}`);
  expect(result?.mismatches).toEqual([]);
  expect(result?.ruleCase.account.support_hold).toBe(true);
  expect(text).toContain("support_level: ultimate");
});
