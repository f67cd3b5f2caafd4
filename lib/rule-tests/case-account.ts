import type { Account, Charge, Subscription } from "../domain/account.ts";
import type { Day } from "../domain/dates.ts";
import { emptyAttributes } from "../domain/empty-attributes.ts";
import type { Override } from "../domain/overrides.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { type CaseDay, dayOf } from "./case-days.ts";
import type { RuleCase } from "./rule-case.ts";

/** The account of every case: no real one has it. */
export const CASE_ACCOUNT = toId18("001000000000001") ?? "";

/** Charges of a case that names no end end so many days after its today. */
const A_YEAR = { daysFromToday: 365 };

/** The account of a case as gather-accounts would have written it. Pure. */
export function caseAccount({ name, today, account }: RuleCase): Account {
  const { partner: _, charges, subscriptions, ...attributes } = account;
  const groups = [...(charges.length > 0 ? [{ ends: null, charges }] : []), ...subscriptions];
  const built = groups.map((group, index) => subscriptionOf(group, index, today));
  return {
    ...emptyAttributes(),
    salesforce_id: CASE_ACCOUNT,
    name,
    type: "Customer",
    ...attributes,
    subs: built.map(({ subscription }) => subscription),
    charges: built.flatMap((one) => one.charges),
  };
}

function subscriptionOf(
  { ends, charges }: RuleCase["account"]["subscriptions"][number],
  index: number,
  today: Day,
): { subscription: Subscription; charges: Charge[] } {
  const id = `subscription ${index + 1}`;
  const days = charges.map((charge) => dayOf(charge.ends ?? A_YEAR, today));
  const own: CaseDay = ends ?? A_YEAR;
  return {
    subscription: {
      id,
      name: id,
      subscription_id: id,
      status: "Active",
      start_date: null,
      // A subscription lasts as long as its longest charge, unless the case says otherwise.
      end_date: ends === null && days.length > 0 ? (days.toSorted().at(-1) ?? "") : dayOf(own, today),
      sold_to_email: null,
    },
    charges: charges.map(({ name, seats }, at) => ({
      id: `charge ${index + 1}.${at + 1}`,
      name: null,
      charge_name: name,
      subscription_id: id,
      start_date: null,
      end_date: days[at] ?? "",
      quantity: seats,
    })),
  };
}

/** The overrides of a case. Pure. */
export function caseOverrides({ override, today, where }: RuleCase): Override[] {
  return override.map(({ expiration_date, ends_on, ...rest }, index) => ({
    ...rest,
    salesforce_id: CASE_ACCOUNT,
    expiration_date: expiration_date && dayOf(expiration_date, today),
    ends_on: ends_on && dayOf(ends_on, today),
    where: `the case at ${where}${override.length > 1 ? `, number ${index + 1}` : ""}`,
  }));
}
