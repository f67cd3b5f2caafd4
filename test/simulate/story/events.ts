import { parse, stringify } from "yaml";
import { SUBSCRIPTION_TYPES } from "../../../sandbox/seed/charge-names.ts";
import { addDays } from "../../../sandbox/seed/days.ts";
import type { ContactRecord, SubscriptionRecord } from "../../../sandbox/seed/records.ts";
import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { RunningSandbox } from "../../../sandbox/start.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";

/** The controls of a sandbox that nobody has to stop. */
export type StorySandbox = Omit<RunningSandbox, "stop">;

/**
 * Something that people or other systems do. `draws` (0 to 1 each) choose whom it is about among those who are there when it happens,
 * and what exactly is done; where nobody is, nothing happens.
 */
export interface WorldEvent {
  what: WorldEventName;
  draws: [whom: number, how: number, else_: number];
}

/** What an event did, for the trace and for what is forgiven: ids only. */
export interface Happened {
  what: WorldEventName;
  /** Salesforce ids (18) of accounts, and Zendesk ids, that it touched. */
  accounts: string[];
  organizations: { instance: InstanceName; id: number }[];
  users: { instance: InstanceName; id: number }[];
}

/** A world at the moment of an event, and the draws that choose in it. */
interface Scene {
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

type Touched = Partial<Omit<Happened, "what">> | undefined;

const CHARGES = Object.values(SUBSCRIPTION_TYPES).flatMap(({ charges }) => charges);

const at = <T>(list: readonly T[], draw: number): T | undefined =>
  list[Math.min(list.length - 1, Math.floor(draw * list.length))];

/** Does what the event says. @returns null where there was nobody it could happen to */
export function happen(sandbox: StorySandbox, event: WorldEvent): Happened | null {
  const [whom, how, third] = event.draws;
  const scene: Scene = {
    sandbox,
    world: sandbox.standing(),
    instance: third < 0.6 ? "global" : "us-government",
    whom: (list) => at(list, whom),
    how: (list) => at(list, how) as (typeof list)[number],
    other: (list) => at(list, third),
    word: Math.round(whom * 1e9).toString(36) + Math.round(how * 1e9).toString(36),
  };
  try {
    const touched = EVENTS[event.what](scene);
    if (!touched) return null;
    return { what: event.what, accounts: [], organizations: [], users: [], ...touched };
  } catch (error) {
    // What Zendesk refuses to a person (a name that is taken) has not happened.
    if ((error as { status?: number }).status !== undefined) return null;
    throw error;
  }
}

const organizationsOf = ({ world, instance }: Scene) => world.zendesk[instance].organizations;
const usersOf = ({ world, instance }: Scene) => world.zendesk[instance].users;
const accountsOf = ({ world }: Scene) => world.salesforce.Account.map(({ Id }) => String(Id));

/** An edit of one organization's fields by an agent. */
function editFields(scene: Scene, fields: Record<string, unknown>): Touched {
  const organization = scene.whom(organizationsOf(scene));
  if (!organization) return undefined;
  scene.sandbox.editOrganization(scene.instance, organization.id, { organization_fields: fields });
  return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: accountIn(organization) };
}

function accountIn({ organization_fields }: { organization_fields: Record<string, unknown> }): string[] {
  const id = to18(String(organization_fields.salesforce_id ?? ""));
  return id === "" ? [] : [id];
}

function editAccount(scene: Scene, change: Record<string, unknown>): Touched {
  const id = scene.whom(accountsOf(scene));
  if (id === undefined) return undefined;
  scene.sandbox.editSalesforce("Account", id, change);
  return { accounts: [id] };
}

function editUserOf(scene: Scene, change: Record<string, unknown>): Touched {
  const user = scene.whom(usersOf(scene));
  if (!user) return undefined;
  scene.sandbox.editUser(scene.instance, user.id, change);
  return { users: [{ instance: scene.instance, id: user.id }] };
}

/** Ids of records made in a story; Salesforce's have 15 characters, and three more that follow from them. */
function newId(prefix: string, word: string): string {
  return to18(
    prefix +
      word
        .replace(/[^a-z0-9]/g, "")
        .padStart(12, "0")
        .slice(-12),
  );
}

const EVENTS = {
  // Agents in Zendesk.
  "an agent edits a field of the sync": (scene) =>
    editFields(scene, {
      [scene.how(["account_owner", "technical_account_manager", "sfdc_short_id"])]: `Typed ${scene.word}`,
    }),
  "an agent changes a support level": (scene) =>
    editFields(scene, { support_level: scene.how(["ultimate", "gold", "premium", "community", "expired", null]) }),
  "an agent edits a field of the agents": (scene) => editFields(scene, { assigned_se: `Agent ${scene.word}` }),
  "an agent sets ignore_deletion": (scene) => editFields(scene, { ignore_deletion: scene.how([true, true, false]) }),
  "an agent sets migrating": (scene) => editFields(scene, { migrating: scene.how([true, true, false]) }),
  "an agent marks or unmarks": (scene) => editFields(scene, { mark_for_deletion: scene.how([true, false]) }),
  "an agent clears a salesforce_id": (scene) => editFields(scene, { salesforce_id: null }),
  "an agent shortens a salesforce_id": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    const [account] = organization ? accountIn(organization) : [];
    if (!organization || !account) return undefined;
    const fields = { salesforce_id: account.slice(0, 15) };
    scene.sandbox.editOrganization(scene.instance, organization.id, { organization_fields: fields });
    return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: [account] };
  },
  "an agent renames an organization": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    if (!organization) return undefined;
    const other = scene.other(scene.world.salesforce.Account);
    const name = scene.how([`Renamed ${scene.word}`, `Renamed ${scene.word}`, String(other?.Name).trim()]);
    scene.sandbox.editOrganization(scene.instance, organization.id, { name });
    return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: accountIn(organization) };
  },
  "an agent writes a note": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    if (!organization) return undefined;
    scene.sandbox.editOrganization(scene.instance, organization.id, { notes: `Note ${scene.word}` });
    return { organizations: [{ instance: scene.instance, id: organization.id }] };
  },
  "an agent deletes an organization": (scene) => {
    const organization = scene.whom(organizationsOf(scene));
    if (!organization) return undefined;
    scene.sandbox.deleteOrganization(scene.instance, organization.id);
    return { organizations: [{ instance: scene.instance, id: organization.id }], accounts: accountIn(organization) };
  },
  "an agent makes an organization": (scene) => {
    const account = scene.whom(scene.world.salesforce.Account);
    const name = scene.how([`Made by hand ${scene.word}`, String(account?.Name).trim()]);
    const id = scene.sandbox.addOrganization(scene.instance, { name });
    return { organizations: [{ instance: scene.instance, id }], accounts: account ? [String(account.Id)] : [] };
  },
  "an agent makes an account's organization": (scene) => {
    const account = scene.whom(scene.world.salesforce.Account);
    if (!account) return undefined;
    const id = scene.sandbox.addOrganization(scene.instance, {
      name: `By hand ${scene.word}`,
      external_id: scene.how([String(account.Id), null]),
      organization_fields: { salesforce_id: String(account.Id) },
    });
    return { organizations: [{ instance: scene.instance, id }], accounts: [String(account.Id)] };
  },
  // Users in Zendesk.
  "somebody writes to support": (scene) => {
    const contact = scene.whom(addressesOf(scene.world));
    if (!contact) return undefined;
    const organization = scene.how([null, null, scene.other(organizationsOf(scene))?.id ?? null]);
    const id = scene.sandbox.addUser(scene.instance, {
      name: "Somebody Known",
      email: contact,
      ...(organization === null ? {} : { organization_id: organization }),
    });
    return { users: [{ instance: scene.instance, id }] };
  },
  "a user is renamed": (scene) => editUserOf(scene, { name: `Renamed ${scene.word}` }),
  "a user is suspended or freed": (scene) => editUserOf(scene, { suspended: scene.how([true, false]) }),
  "a user becomes an agent": (scene) => editUserOf(scene, { role: scene.how(["agent", "end-user"]) }),
  "a user is moved": (scene) =>
    editUserOf(scene, { organization_id: scene.how([null, scene.other(organizationsOf(scene))?.id ?? null]) }),
  "a user gets a second address": (scene) => {
    const address = scene.other(addressesOf(scene.world));
    return address === undefined ? undefined : editUserOf(scene, { email: address });
  },
  "a user joins one more organization": (scene) => {
    const user = scene.whom(usersOf(scene));
    const organization = scene.how(organizationsOf(scene));
    if (!user || !organization || user.organization_ids.includes(organization.id)) return undefined;
    scene.sandbox.addMembership(scene.instance, user.id, organization.id);
    return { users: [{ instance: scene.instance, id: user.id }] };
  },
  "a user is deleted": (scene) => {
    const user = scene.whom(usersOf(scene).filter(({ role }) => role === "end-user"));
    if (!user) return undefined;
    scene.sandbox.deleteUser(scene.instance, user.id);
    return { users: [{ instance: scene.instance, id: user.id }] };
  },
  // Salesforce.
  "an account is renamed": (scene) => {
    const other = scene.other(scene.world.salesforce.Account);
    return editAccount(scene, {
      Name: scene.how([
        `New Name ${scene.word}`,
        `New Name ${scene.word}`,
        String(other?.Name),
        ` Padded ${scene.word} `,
      ]),
    });
  },
  "an account is edited": (scene) =>
    editAccount(
      scene,
      scene.how<Record<string, unknown>>([
        { Account_Owner_Calc__c: `Owner ${scene.word}` },
        { CARR_This_Account__c: 1234.5 },
        { Support_Hold__c: true },
        { Support_Hold__c: false },
        { Restricted_Account__c: "Restricted Party" },
        { Account_Risk_Level__c: "At Risk - Escalated" },
        { Ultimate_Parent_Sales_Segment_Employees__c: null },
        { Account_Demographics_Geo__c: "APJ" },
        { Technical_Account_Manager_Name__c: null },
      ]),
    ),
  "an account changes its type": (scene) =>
    editAccount(
      scene,
      scene.how<Record<string, unknown>>([
        { Type: "Customer" },
        { Type: "Former Customer" },
        { Type: "Prospect" },
        { Type: "Partner", Partners_Partner_Status__c: "Authorized", Partner_Track__c: "Open" },
        { Type: "Customer", Partners_Partner_Status__c: null, Partner_Track__c: null },
      ]),
    ),
  "an account gets or loses the federal exception": (scene) =>
    editAccount(scene, { Support_Instance__c: scene.how(["federal-support", null]) }),
  "an account is deleted": (scene) => {
    const id = scene.whom(accountsOf(scene));
    if (id === undefined || scene.world.salesforce.Account.length < 3) return undefined;
    scene.sandbox.deleteSalesforce("Account", id);
    return { accounts: [id] };
  },
  "an account is restored": (scene) => {
    const deleted = (scene.world.deletedAccounts ?? []).filter(({ MasterRecordId }) => !MasterRecordId);
    const account = scene.whom(deleted);
    if (!account) return undefined;
    scene.sandbox.restoreSalesforce(String(account.Id));
    return { accounts: [String(account.Id)] };
  },
  "two accounts are merged": (scene) => {
    const [winner, loser] = [scene.whom(accountsOf(scene)), scene.other(accountsOf(scene))];
    if (winner === undefined || loser === undefined || winner === loser) return undefined;
    scene.sandbox.mergeAccounts(winner, loser);
    return { accounts: [winner, loser] };
  },
  "the recycle bin is emptied": (scene) => {
    scene.sandbox.emptyRecycleBin();
    return { accounts: (scene.world.deletedAccounts ?? []).map(({ Id }) => String(Id)) };
  },
  "a charge begins": (scene) => {
    const subscription = scene.whom(subscriptionsOf(scene.world));
    if (!subscription) return undefined;
    scene.sandbox.addSalesforce("Zuora__SubscriptionProductCharge__c", {
      Id: newId("a0C", `${scene.word}c`),
      Name: "C-99999999",
      Zuora__Account__c: subscription.Zuora__Account__c,
      Zuora__Subscription__c: subscription.Id,
      Subscription_Status__c: subscription.Zuora__Status__c,
      Zuora__SubscriptionRatePlanChargeName__c: scene.how(CHARGES),
      Zuora__EffectiveStartDate__c: scene.world.today,
      Zuora__EffectiveEndDate__c: addDays(scene.world.today, 365),
      Zuora__Quantity__c: 10,
    });
    return { accounts: [subscription.Zuora__Account__c] };
  },
  "a charge ends": (scene) => {
    const charge = scene.whom(scene.world.salesforce.Zuora__SubscriptionProductCharge__c);
    if (!charge) return undefined;
    const end = addDays(scene.world.today, scene.how([-400, -17, -16, -15, -14, 0]));
    scene.sandbox.editSalesforce("Zuora__SubscriptionProductCharge__c", String(charge.Id), {
      Zuora__EffectiveEndDate__c: end,
    });
    return { accounts: [String(charge.Zuora__Account__c)] };
  },
  "a subscription is cancelled or ends": (scene) => {
    const subscription = scene.whom(subscriptionsOf(scene.world));
    if (!subscription) return undefined;
    const change = scene.how<Record<string, unknown>>([
      { Zuora__Status__c: "Cancelled" },
      { Zuora__Status__c: "Active" },
      { Zuora__SubscriptionEndDate__c: addDays(scene.world.today, -20) },
      { Zuora__SubscriptionEndDate__c: null },
    ]);
    scene.sandbox.editSalesforce("Zuora__Subscription__c", subscription.Id, change);
    return { accounts: [subscription.Zuora__Account__c] };
  },
  "a new customer signs": (scene) => {
    const model = scene.whom(scene.world.salesforce.Account);
    if (!model) return undefined;
    const [account, subscription] = [newId("001", `${scene.word}a`), newId("a0S", `${scene.word}s`)];
    const email = scene.other([`buyer-${scene.word}@new.example`, addressesOf(scene.world)[0]]);
    scene.sandbox.addSalesforce("Account", {
      ...model,
      ...{ Id: account, Account_ID_18__c: account, Name: `Signed ${scene.word}`, Type: "Customer" },
      Latest_Sold_To_Contact__r: { Name: "Ned Newcomer", Email: email ?? null },
      ...{ Partners_Partner_Status__c: null, Partner_Track__c: null, Support_Instance__c: null },
    });
    const [start, end] = [scene.world.today, addDays(scene.world.today, 365)];
    scene.sandbox.addSalesforce("Zuora__Subscription__c", {
      Id: subscription,
      Name: "A-S99999999",
      Subscription_ID_18__c: subscription,
      Zuora__Account__c: account,
      Zuora__Status__c: "Active",
      Zuora__SubscriptionStartDate__c: start,
      Zuora__SubscriptionEndDate__c: end,
      Sold_To_Email__c: email ?? null,
    });
    scene.sandbox.addSalesforce("Zuora__SubscriptionProductCharge__c", {
      Id: newId("a0C", `${scene.word}n`),
      Name: "C-99999998",
      Zuora__Account__c: account,
      Zuora__Subscription__c: subscription,
      Subscription_Status__c: "Active",
      Zuora__SubscriptionRatePlanChargeName__c: scene.how(CHARGES),
      Zuora__EffectiveStartDate__c: start,
      Zuora__EffectiveEndDate__c: end,
      Zuora__Quantity__c: 25,
    });
    return { accounts: [account] };
  },
  "a contact comes": (scene) => {
    const account = scene.whom(accountsOf(scene));
    if (account === undefined) return undefined;
    const taken = scene.other(addressesOf(scene.world));
    scene.sandbox.addSalesforce("Contact", {
      Id: newId("003", `${scene.word}k`),
      AccountId: account,
      Name: `Carol Contact ${scene.word}`,
      Email: scene.how([`carol-${scene.word}@new.example`, `carol-${scene.word}@new.example`, taken ?? null]),
      Inactive_Contact__c: false,
      Role__c: "Gitlab Admin",
      Account: { Account_ID_18__c: account },
    });
    return { accounts: [account] };
  },
  "a contact changes": (scene) => {
    const contact = scene.whom(scene.world.salesforce.Contact as ContactRecord[]);
    if (!contact) return undefined;
    const change = scene.how<Record<string, unknown>>([
      { Inactive_Contact__c: true },
      { Inactive_Contact__c: false },
      { Role__c: "Billing Contact" },
      { Name: `Married ${scene.word}` },
      { Email: `moved-${scene.word}@new.example` },
    ]);
    scene.sandbox.editSalesforce("Contact", contact.Id, change);
    return { accounts: [contact.AccountId] };
  },
  // What else there is.
  "the overrides change": (scene) => {
    const account = scene.whom(accountsOf(scene));
    if (account === undefined) return undefined;
    const before = (parse(scene.world.overrides) as { salesforce_id: string }[]).filter(
      ({ salesforce_id }) => salesforce_id !== account,
    );
    const added = {
      salesforce_id: account,
      reason: "renewal signed",
      subscriptions: { [scene.how(["sub_dotcom_ultimate", "sub_dotcom_premium"])]: scene.other([true, true, false]) },
    };
    scene.sandbox.setOverrides(stringify([...before, added], { aliasDuplicateObjects: false }));
    return { accounts: [account] };
  },
  "the channel is archived or taken back": (scene) => {
    scene.sandbox.archiveSlackChannel(scene.how([true, false]));
    return {};
  },
  "the bot may read the channel, or not": (scene) => {
    scene.sandbox.setSlackHistoryScope(scene.how([true, false]));
    return {};
  },
  "other integrations take job places": (scene) => {
    scene.sandbox.behave(scene.instance, { jobsTakenByOthers: scene.how([0, 10, 29]) });
    return {};
  },
  "Salesforce ends its sessions": (scene) => {
    scene.sandbox.expireSessions();
    return {};
  },
} satisfies Record<string, (scene: Scene) => Touched>;

export type WorldEventName = keyof typeof EVENTS;
export const WORLD_EVENTS = Object.keys(EVENTS) as WorldEventName[];

/** Events that a run of zdsync does not have to see through: they are about the remotes, not about records. */
export const EVENTS_OF_REMOTES: readonly WorldEventName[] = [
  "the channel is archived or taken back",
  "the bot may read the channel, or not",
  "other integrations take job places",
  "Salesforce ends its sessions",
];

/** Addresses that Salesforce wants as users. */
function addressesOf(world: World): string[] {
  const soldTo = subscriptionsOf(world).flatMap(({ Sold_To_Email__c }) => Sold_To_Email__c ?? []);
  const contacts = (world.salesforce.Contact as ContactRecord[]).flatMap(({ Email }) => Email ?? []);
  return [...new Set([...soldTo, ...contacts].map((address) => address.trim().toLowerCase()))].filter((address) =>
    /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address),
  );
}

function subscriptionsOf(world: World): SubscriptionRecord[] {
  return world.salesforce.Zuora__Subscription__c as SubscriptionRecord[];
}
