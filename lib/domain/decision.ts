import type { Account } from "./account.ts";
import type { Day } from "./dates.ts";
import type { InstanceName } from "./instance.ts";
import type { SupportLevel } from "./support-level.ts";

/** Decision of `process` for one account in one instance; the organization fields are derived from it. */
export interface Decision {
  account: Account;
  instance: InstanceName;
  /** Subscription types (and `sub_*` fields) that are true, after override (E8) and implications (E9). */
  types: ReadonlySet<string>;
  support_level: SupportLevel;
  expiration_date: Day;
  /** E7; may have a fraction. */
  seats: number;
}
