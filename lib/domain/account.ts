import * as v from "valibot";
import type { ATTRIBUTES } from "./attributes.ts";
import type { Day } from "./dates.ts";

/** A subscription of an account, as `salesforce_accounts.json` has it (A2). */
export const SubscriptionSchema = v.object({
  id: v.string(),
  name: v.nullable(v.string()),
  subscription_id: v.nullable(v.string()),
  status: v.nullable(v.string()),
  start_date: v.nullable(v.string()),
  end_date: v.string(),
  sold_to_email: v.nullable(v.string()),
});
export type Subscription = v.InferOutput<typeof SubscriptionSchema>;

/** A priced line of a subscription (A2). */
export const ChargeSchema = v.object({
  id: v.string(),
  name: v.nullable(v.string()),
  charge_name: v.string(),
  subscription_id: v.nullable(v.string()),
  start_date: v.nullable(v.string()),
  end_date: v.string(),
  quantity: v.nullable(v.pipe(v.number(), v.finite())),
});
export type Charge = v.InferOutput<typeof ChargeSchema>;

type FromSalesforce = {
  [Name in keyof typeof ATTRIBUTES]: (typeof ATTRIBUTES)[Name] extends {
    from: { wire: v.GenericSchema<unknown[], infer Value> };
  }
    ? Value
    : never;
};

/** A Salesforce account as the stages know it: one record of `salesforce_accounts.json`. */
export type Account = { salesforce_id: string } & FromSalesforce & { subs: Subscription[]; charges: Charge[] };

/** The later of two days. */
export function later(one: Day, other: Day): Day {
  return one > other ? one : other;
}
