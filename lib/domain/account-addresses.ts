import type { Account } from "./account.ts";
import { type Day, expiredEndDate } from "./dates.ts";
import { isUnexpired } from "./entitled-instance.ts";
import { addressKey } from "./protected-address.ts";

/**
 * Every address that an account may want for an organization of either instance (E14), in lower case and sorted: those of its unexpired
 * subscriptions and its own. `process` decides which of them go where. Pure.
 */
export function accountAddresses({ sold_to, subs }: Pick<Account, "sold_to" | "subs">, today: Day): string[] {
  const unexpired = subs.filter((subscription) => isUnexpired(subscription, expiredEndDate(today)));
  const all = [...unexpired.map(({ sold_to_email: email }) => email ?? ""), sold_to?.email ?? ""].map(addressKey);
  return [...new Set(all)].filter((email) => email !== "").sort();
}
