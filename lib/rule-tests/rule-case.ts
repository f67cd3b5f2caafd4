import * as v from "valibot";
import type { Day } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { SUPPORT_LEVELS } from "../domain/support-level.ts";
import { day, flag, listOf, mapOf, mapping, optional, orNull, text, word } from "../settings/files/schema.ts";
import { caseDay } from "./case-days.ts";

const NUMBER = "must be a number, 0 or more, without quotes";
const number = () => v.pipe(v.number(NUMBER), v.finite(NUMBER), v.minValue(0, NUMBER));

/** `- SaaS - Premium - 1 Year`, or the same with dates and quantity. Without `ends` it ends in a year. */
const ChargeSchema = v.lazy((input) =>
  typeof input === "string"
    ? v.pipe(
        text(),
        v.transform((name) => ({ name, ends: null, seats: 1 })),
      )
    : mapping({ name: text(), ends: orNull(caseDay()), seats: optional(number(), 1) }),
);
const charges = () => optional(listOf(ChargeSchema), []);

/** Null where a case says nothing of it; attributes that decide nothing are there for the fields that they fill. */
const AccountSchema = mapping({
  partner: optional(flag(), false),
  exception: optional(flag(), false),
  support_hold: optional(flag(), false),
  restricted: optional(flag(), false),
  escalated: optional(flag(), false),
  arr: optional(number(), 0),
  sales_segment: optional(text(), "unknown"),
  region: orNull(word(["AMER", "APJ", "EMEA"])),
  partner_type: orNull(text()),
  charges: charges(),
  subscriptions: optional(listOf(mapping({ ends: orNull(caseDay()), charges: charges() })), []),
});

const OverrideSchema = mapping({
  reason: optional(text(), "of a test"),
  instance: optional(word(INSTANCES), "global"),
  subscriptions: optional(mapOf(flag()), new Map<string, boolean>()),
  expiration_date: orNull(caseDay()),
  ends_on: orNull(caseDay()),
});

/** One, or a list of them. */
const OverridesSchema = v.lazy((input) =>
  Array.isArray(input)
    ? listOf(OverrideSchema)
    : v.pipe(
        OverrideSchema,
        v.transform((one) => [one]),
      ),
);

const ExpectedSchema = mapping({
  support_level: orNull(word(SUPPORT_LEVELS)),
  seats: orNull(number()),
  expiration_date: orNull(caseDay()),
  fields: optional(
    mapOf(
      v.union(
        [v.string(), v.number(), v.boolean(), v.null()],
        "must be text, a number, true, false, or null for empty",
      ),
    ),
    new Map(),
  ),
});

/** `none`: no organization is wanted there. An instance that is left out is expected to have none, too. */
const ExpectedInInstance = v.lazy((input) =>
  input === "none" || input === undefined || input === null
    ? v.pipe(
        v.unknown(),
        v.transform(() => null),
      )
    : ExpectedSchema,
);

const CaseSchema = mapping({
  name: text(),
  today: orNull(day()),
  account: AccountSchema,
  override: optional(OverridesSchema, []),
  expect: mapping({ global: v.optional(ExpectedInInstance), "us-government": v.optional(ExpectedInInstance) }),
});

/** A whole file of cases. */
export const CasesSchema = mapping({ today: orNull(day()), cases: listOf(CaseSchema) });

type ParsedCase = v.InferOutput<typeof CaseSchema>;

/** Expected result for an account in one instance; null for what a case does not look at. */
export type Expected = v.InferOutput<typeof ExpectedSchema>;

/** One case: an account, and what must come of it. */
export interface RuleCase {
  name: string;
  /** Place of its beginning (`plans.test.yml:12`). */
  where: string;
  today: Day;
  account: ParsedCase["account"];
  override: ParsedCase["override"];
  /** Null: no organization. */
  expect: Record<InstanceName, Expected | null>;
  /** The place of an expectation in its file. */
  placeOf(instance: InstanceName, key?: string): string;
}
