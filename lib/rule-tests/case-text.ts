import { stringify } from "yaml";
import type { Account } from "../domain/account.ts";
import type { Day } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { DesiredOrganization } from "../domain/organization.ts";
import type { Override } from "../domain/overrides.ts";
import { toId18 } from "../domain/salesforce-id.ts";

/** Attributes that decide something; the others are left out of a case, and so are all names and addresses. */
const DECIDING = ["exception", "support_hold", "restricted", "escalated"] as const;

/**
 * A real account as a case, to be added to a file of cases: what came of it on that day is what is expected from now on. Its name, its
 * addresses, its people and its revenue are left out, and so is what people wrote as the reason of an override. Pure.
 */
export function caseText(
  account: Account,
  {
    today,
    isPartner,
    overrides,
    desired,
  }: {
    today: Day;
    isPartner: boolean;
    overrides: readonly Override[];
    desired: Record<InstanceName, readonly DesiredOrganization[]>;
  },
): string {
  const attributes = Object.fromEntries(DECIDING.flatMap((key) => (account[key] ? [[key, true]] : [])));
  const expected = INSTANCES.flatMap((instance) => {
    const one = desired[instance].find(({ salesforce_id }) => salesforce_id === account.salesforce_id);
    return one ? [[instance, expectedOf(one)]] : [];
  });
  const written = {
    name: `like account ${account.salesforce_id} on ${today}`,
    today,
    account: {
      ...(isPartner ? { partner: true } : {}),
      ...attributes,
      subscriptions: subscriptionsOf(account),
    },
    ...(overrides.length > 0 ? { override: overrides.map(overrideOf) } : {}),
    expect: Object.fromEntries(expected),
  };
  return stringify([written], { lineWidth: 0 }).replace(/^(?=.)/gm, "  ");
}

/** Each subscription with its charges; charges of none give no support, and are left out. */
function subscriptionsOf({ subs, charges }: Account) {
  const id18 = (id: string | null) => (id === null ? null : (toId18(id) ?? id));
  return subs.map(({ id, subscription_id, end_date }) => ({
    ends: end_date,
    charges: charges
      .filter((charge) => [id18(id), id18(subscription_id)].includes(id18(charge.subscription_id)))
      .map(({ charge_name, end_date: ends, quantity }) => ({
        name: charge_name.trim(),
        ends,
        ...(quantity === null ? {} : { seats: quantity }),
      })),
  }));
}

function overrideOf({ instance, subscriptions, expiration_date, ends_on }: Override) {
  return {
    instance,
    ...(subscriptions.size > 0 ? { subscriptions: Object.fromEntries(subscriptions) } : {}),
    ...(expiration_date === null ? {} : { expiration_date }),
    ...(ends_on === null ? {} : { ends_on }),
  };
}

/** Level, seats, day of expiration, and every subscription field that is true. */
function expectedOf({ organization_fields: fields }: DesiredOrganization) {
  const types = Object.entries(fields).filter(([key, value]) => key.startsWith("sub_") && value === true);
  return {
    support_level: fields.support_level,
    seats: fields.seats_decimal ?? fields.number_of_seats ?? 0,
    expiration_date: fields.expiration_date,
    ...(types.length > 0 ? { fields: Object.fromEntries(types) } : {}),
  };
}
