import type { InstanceName } from "../domain/instance.ts";
import { toId18 } from "../domain/salesforce-id.ts";

/** Facts about a customer in a report, in addition to its changes: its name and its weight. */
export interface Customer {
  name: string;
  level: string | null;
  /** Revenue in a year, in the currency of Salesforce's organization. */
  arr: number;
  seats: number;
  /** Domains of its sold-to contacts, lower case. */
  domains: string[];
}

/** Customers known to a report, by account and, for organizations without one, by organization. */
export interface Customers {
  /** By 18-character account id, in this instance; where it is null, in any. */
  account(id: string, instance: InstanceName | null): Customer | null;
  organization(id: number, instance: InstanceName): Customer | null;
}

/** A report that has nothing but change files. */
export const NO_CUSTOMERS: Customers = { account: () => null, organization: () => null };

type Fields = Readonly<Record<string, unknown>>;

/** A customer as an organization's fields tell it, desired or gathered: each instance has its own keys (organization-fields.md). Pure. */
export function customerOf(name: string, fields: Fields, addresses: readonly string[] = []): Customer {
  const level = fields.support_level;
  return {
    name,
    level: typeof level === "string" && level !== "" ? level : null,
    arr: numberIn(fields, ["aar", "arr"]),
    seats: numberIn(fields, ["seats_decimal", "number_of_seats"]),
    domains: domainsOf(addresses),
  };
}

/** The domains of addresses, each once. */
export function domainsOf(addresses: readonly string[]): string[] {
  const domains = addresses.flatMap((address) => address.toLowerCase().split("@")[1] ?? []);
  return [...new Set(domains)].sort();
}

/** The first of these keys that holds a number. */
export function numberIn(fields: Fields, keys: readonly string[]): number {
  const values = keys.map((key) => Number(fields[key] ?? Number.NaN));
  return values.find((value) => Number.isFinite(value)) ?? 0;
}

/** The key under which an account is looked up. */
export function accountKey(id: string): string {
  return toId18(id) ?? id;
}
