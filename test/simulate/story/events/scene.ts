import type { ContactRecord, SubscriptionRecord } from "../../../../sandbox/seed/records.ts";
import { to18 } from "../../../../sandbox/seed/salesforce-ids.ts";
import type { RunningSandbox } from "../../../../sandbox/start.ts";
import type { InstanceName, World } from "../../../../sandbox/types.ts";

/** The controls of a sandbox that nobody has to stop. */
export type StorySandbox = Omit<RunningSandbox, "stop">;

/** Salesforce ids (18) of accounts, and Zendesk ids, that an event touched. */
export interface TouchedRecords {
  accounts: string[];
  organizations: { instance: InstanceName; id: number }[];
  users: { instance: InstanceName; id: number }[];
}

/** A world at the moment of an event, and the draws that choose in it. */
export interface Scene {
  sandbox: StorySandbox;
  world: World;
  instance: InstanceName;
  /** One of the list, by the first draw; undefined where it is empty. */
  whom<T>(list: readonly T[]): T | undefined;
  /** One of the list, by the second draw. */
  how<T>(list: readonly T[]): T;
  /** Another one, by the third draw. */
  other<T>(list: readonly T[]): T | undefined;
  /** Unique among the events of a story. */
  word: string;
}

/** What an event touched; undefined where there was nobody it could happen to. */
export type Touched = Partial<TouchedRecords> | undefined;

/** A family of events: what each does to a scene. */
export type Events = Record<string, (scene: Scene) => Touched>;

export const organizationsOf = ({ world, instance }: Scene) => world.zendesk[instance].organizations;
export const usersOf = ({ world, instance }: Scene) => world.zendesk[instance].users;
export const accountsOf = ({ world }: Scene) => world.salesforce.Account.map(({ Id }) => String(Id));

export function accountIn({ organization_fields }: { organization_fields: Record<string, unknown> }): string[] {
  const id = to18(String(organization_fields.salesforce_id ?? ""));
  return id === "" ? [] : [id];
}

/** Ids of records made in a story; Salesforce's have 15 characters, and three more that follow from them. */
export function newId(prefix: string, word: string): string {
  return to18(
    prefix +
      word
        .replace(/[^a-z0-9]/g, "")
        .padStart(12, "0")
        .slice(-12),
  );
}

/** Addresses that Salesforce wants as users. */
export function addressesOf(world: World): string[] {
  const soldTo = subscriptionsOf(world).flatMap(({ Sold_To_Email__c }) => Sold_To_Email__c ?? []);
  const contacts = (world.salesforce.Contact as ContactRecord[]).flatMap(({ Email }) => Email ?? []);
  return [...new Set([...soldTo, ...contacts].map((address) => address.trim().toLowerCase()))].filter((address) =>
    /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address),
  );
}

export function subscriptionsOf(world: World): SubscriptionRecord[] {
  return world.salesforce.Zuora__Subscription__c as SubscriptionRecord[];
}
