import type { Organization } from "../../../lib/domain/organization.ts";
import type { FieldValue } from "../../../lib/domain/organization-field.ts";
import { accountId, inSyncWorld, type World } from "./in-sync-world.ts";

/** What either comparison finds in an in-sync world. */
export const NOTHING = { creates: [], updates: [], marks: [], notes: [], existing: 3, marked: 0 };

/** An in-sync world with one thing changed; organization n belongs to account n. */
export function world(change: (world: World) => void, instance: World["instance"] = "global"): World {
  const made = inSyncWorld(instance);
  change(made);
  return made;
}

/** Puts fields on the organization with this id. */
export function setFields(made: World, n: number, fields: Record<string, FieldValue>): Organization {
  return replace(made, n, (one) => ({ ...one, organization_fields: { ...one.organization_fields, ...fields } }));
}

/** Replaces the organization with this id. */
export function replace(made: World, n: number, change: (one: Organization) => Organization): Organization {
  const index = made.organizations.findIndex((one) => one.id === n);
  const found = made.organizations[index];
  if (!found) throw new Error(`no organization ${n} in this world`);
  const changed = change(found);
  made.organizations[index] = changed;
  return changed;
}

/** Changes what the source wants of the n-th account. */
export function want(made: World, n: number, fields: Record<string, FieldValue>, name?: string): void {
  const index = made.desired.findIndex((one) => one.salesforce_id === accountId(n));
  const found = made.desired[index];
  if (!found) throw new Error(`no account ${n} in this world`);
  made.desired[index] = {
    ...found,
    name: name ?? found.name,
    organization_fields: { ...found.organization_fields, ...fields },
  };
}

/** The account's record disappears from the source. */
export function forget(made: World, n: number): void {
  made.desired = made.desired.filter((one) => one.salesforce_id !== accountId(n));
  made.accountIds.delete(accountId(n));
}

/** The organization is gone from Zendesk. */
export function remove(made: World, n: number): void {
  made.organizations = made.organizations.filter((one) => one.id !== n);
}
