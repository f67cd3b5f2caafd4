import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { syncedFields } from "../domain/organization.ts";
import type { FieldValue } from "../domain/organization-field.ts";
import type { Plans } from "../domain/plans.ts";
import { type Processed, processAccounts } from "../domain/process.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import type { Reason } from "../domain/reason.ts";
import { sameValue } from "../domain/value-equality.ts";
import { InternalError } from "../errors.ts";
import { CASE_ACCOUNT, caseAccount, caseOverrides } from "./case-account.ts";
import { dayOf } from "./case-days.ts";
import type { Expected, RuleCase } from "./rule-case.ts";

/** An expectation that did not come true. */
export interface Mismatch {
  instance: InstanceName;
  /** `organization` (whether there is one), `support_level`, `seats`, `expiration_date`, or a field's name. */
  key: string;
  /** Place of the expectation; that of its case if it has none of its own. */
  where: string;
  expected: FieldValue;
  actual: FieldValue;
}

/** Mismatches of one case, with the notes and the decision behind them. */
export interface CaseResult {
  ruleCase: RuleCase;
  /** Empty where the case passed. */
  mismatches: Mismatch[];
  /** Notes of process on the account: unknown charges, an override that does not apply. */
  notes: Reason[];
  /** Decision behind the result. */
  decision: AccountDecision;
  /** Returns the place of a charge name in the plans file; null if it is not there. */
  placeOfCharge: (name: string) => string | null;
}

/** Processes the account of a case by the rules of real ones, and holds the outcome against what was expected. Pure. */
export function runCase(
  ruleCase: RuleCase,
  plans: Plans,
  placeOfCharge: CaseResult["placeOfCharge"] = () => null,
): CaseResult {
  const processed = processAccounts({
    accounts: [caseAccount(ruleCase)],
    partnerIds: new Set(ruleCase.account.partner ? [CASE_ACCOUNT] : []),
    plans,
    overrides: caseOverrides(ruleCase),
    today: ruleCase.today,
  });
  const decision = processed.decisions.get(CASE_ACCOUNT);
  if (!decision) throw new InternalError("process decided nothing about the account of a case");
  return {
    ruleCase,
    decision,
    placeOfCharge,
    mismatches: INSTANCES.flatMap((instance) => mismatchesIn(instance, ruleCase, processed)),
    notes: processed.notes.map(({ reason }) => reason),
  };
}

function mismatchesIn(instance: InstanceName, ruleCase: RuleCase, { desired }: Processed): Mismatch[] {
  const [organization] = desired[instance];
  const expected = ruleCase.expect[instance];
  if (organization === undefined && expected === null) return [];
  if (organization === undefined || expected === null) {
    const actual = organization ? `support_level ${organization.organization_fields.support_level}` : "none";
    const where = ruleCase.placeOf(instance);
    return [{ instance, key: "organization", where, expected: expected === null ? "none" : "one", actual }];
  }
  const types = new Map(syncedFields(instance).map(({ key, type }) => [key, type]));
  return expectedFields(instance, expected, ruleCase).flatMap(({ key, label, value }) => {
    const actual = organization.organization_fields[key] ?? null;
    if (sameValue(types.get(key) ?? "text", value, actual)) return [];
    const path = label === key && expected.fields.has(key) ? `fields.${key}` : label;
    return [{ instance, key: label, where: ruleCase.placeOf(instance, path), expected: value, actual }];
  });
}

function expectedFields(instance: InstanceName, expected: Expected, { today }: RuleCase) {
  const seats = instance === "global" ? "seats_decimal" : "number_of_seats";
  const own = [
    { key: "support_level", label: "support_level", value: expected.support_level },
    { key: seats, label: "seats", value: expected.seats },
    {
      key: "expiration_date",
      label: "expiration_date",
      value: expected.expiration_date && dayOf(expected.expiration_date, today),
    },
  ].filter(({ value }) => value !== null);
  return [...own, ...[...expected.fields].map(([key, value]) => ({ key, label: key, value }))];
}
