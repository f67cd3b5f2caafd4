import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { COMPARISON, COMPARISONS } from "../domain/comparisons.ts";
import { REASONS, type Reason, type ReasonCode, reason } from "../domain/reason.ts";
import { explain, type Place, reasonText, refusalText, titleOf } from "./reason-text.ts";

const CODES = Object.keys(REASONS) as ReasonCode[];
const PLACES: readonly Place[] = ["terminal", "gitlab", "slack"];

/** Parameters that decide the wording, or stand in the message beside them: the text need not hold them word for word. */
const TOLD_OTHERWISE: Partial<Record<ReasonCode, readonly string[]>> = {
  // The message of the error names service and status.
  "remote.failed": ["service", "status"],
  "charge.unknown": ["unexpired", "hurts"],
  "subscription.in_us_government": ["exception"],
  "retry.not_created_by_zdsync": ["names_account"],
  "retry.wants_none": ["because"],
  // Said as "and so many more".
  "create.name_contested": ["holders", "rivals"],
  "rename.name_contested": ["holders", "rivals"],
  // Said by the organizations that it has, or that it has none.
  "mark.account_merged": ["winner"],
  "mark.merge_forgotten": ["winner"],
  "mark.of_merged_account": ["winner"],
  // Shown as the share it is.
  "limit.exceeded": ["effect", "raised"],
  "stage.not_done": ["lacks"],
  // Said in words.
  "account.kept_as_partner": ["account_type"],
  "changes.against_rules": ["rule"],
};

let number = 0;
/** A value of a parameter that can be told from all others; `hostile` text tries to begin a line. */
function sampleOf(schema: v.GenericSchema, hostile: boolean): unknown {
  const { type } = schema;
  number += 1;
  const { pipe = [] } = schema as unknown as { pipe?: readonly { type: string }[] };
  if (pipe.some((one) => one.type === "regex")) return "marks";
  if (type === "string") return hostile ? `one${number}\n::add-mask::two\u2028three` : `Some text ${number}`;
  if (type === "number") return 1000 + number;
  if (type === "boolean") return true;
  if (type === "picklist") {
    const { options } = schema as unknown as { options: readonly string[] };
    return options.at(-1);
  }
  if (type === "nullable") return sampleOf((schema as unknown as { wrapped: v.GenericSchema }).wrapped, hostile);
  if (type === "array") {
    const { item } = schema as unknown as { item: v.GenericSchema };
    return [sampleOf(item, hostile), sampleOf(item, hostile)];
  }
  throw new Error(`no sample for a parameter of type ${type}`);
}

function sampleReason(code: ReasonCode, hostile = false): Reason {
  const { entries } = REASONS[code] as unknown as { entries: Record<string, v.GenericSchema> };
  const params = Object.fromEntries(Object.entries(entries).map(([name, schema]) => [name, sampleOf(schema, hostile)]));
  return { code, params: v.parse(REASONS[code] as v.GenericSchema, params) } as Reason;
}

/** How a parameter may stand in a text: a comparison by its name, title or records. */
function formsOf(value: unknown): string[] {
  const comparison = COMPARISONS.find((one) => one === value);
  return comparison ? [comparison, COMPARISON[comparison].title, COMPARISON[comparison].records] : [String(value)];
}

describe("every code has a text that says what happened, to what, and what to do", () => {
  test.each(CODES)("%s", (code) => {
    const reason = sampleReason(code);
    expect(titleOf(code)).toMatch(/^[a-z0-9][^.\n]{3,50}$/i);
    for (const place of PLACES) {
      const { what, remedy } = explain(reason, place);
      for (const text of [what, remedy]) {
        expect(text).toMatch(/^["\w].{8,}[.!]$/);
        expect(text).not.toMatch(/undefined|\[object|NaN| null\b|\.\./);
      }
      const text = `${what} ${remedy}`;
      for (const [name, value] of Object.entries(reason.params)) {
        if (TOLD_OTHERWISE[code]?.includes(name)) continue;
        for (const one of Array.isArray(value) ? value : [value])
          expect(formsOf(one).some((form) => text.includes(form)) || { code, name, text }).toBe(true);
      }
    }
  });

  test.each(CODES)("%s: text from outside begins no line", (code) => {
    for (const place of PLACES) expect(reasonText(sampleReason(code, true), place)).not.toMatch(/[\n\r\u2028\u2029]/);
  });

  test("what is said of a record needs the record: sentences name its kind", () => {
    for (const code of CODES.filter((one) => /^(?:organization|create|rename)\./.test(one)))
      expect(explain(sampleReason(code)).what).toMatch(/\b[Oo]rganization\b/);
  });
});

describe("several refusals", () => {
  const over = (comparison: "global" | "usgov", effect: string, count: number): Reason =>
    reason("limit.exceeded", { comparison, effect, count, existing: 100, limit: 5, percent: 5, raised: false });
  const reasons = [over("global", "creates", 41), over("global", "marks", 7), over("usgov", "creates", 36)];

  test("a line for each, and one complete way out: every effect once, with the most that is needed", () => {
    expect(refusalText(reasons).split("\n")).toEqual([
      "Too many creates: 41 (limit 5% = 5; 100 existing organizations of customers in global). Nothing was written.",
      "Too many marks: 7 of 100 organizations of customers in global (7%; limit 5% = 5). Nothing was written.",
      "Too many creates: 36 (limit 5% = 5; 100 existing organizations of customers in us-government). Nothing was written.",
      "Review the report; if it is right, allow it for this run with --allow creates=41 --allow marks=7.",
    ]);
  });

  test("in the words of where it is read", () => {
    expect(refusalText(reasons, "gitlab")).toEndWith('with the input allow: "creates=41 marks=7".');
    expect(refusalText(reasons, "slack")).toContain("Slack cannot raise limits.");
  });
});
