import { byRule, type Create, type Note, type PlannedContact } from "./changeset.ts";
import { addressKey, isProtected, isUsableAddress, type ProtectedAddresses } from "./protected-address.ts";
import { type Reason, reason } from "./reason.ts";
import type { DueOrganization } from "./recent-organizations.ts";
import { toId18 } from "./salesforce-id.ts";

/**
 * What is known of an address that an existing organization wants.
 * - `there`: somebody with it is in the organization.
 * - `free`: nobody has it, or an end user who is in no organization: it can be created or associated.
 * - `left`: it is left alone, and why (Y2).
 */
export type AddressState = { is: "there" } | { is: "free" } | { is: "left"; reason: Reason };

/** Known states of addresses, by organization and address. */
export type KnownAddresses = ReadonlyMap<string, AddressState>;

/** One record of `zendesk_global_addresses.json`: what gather-orgs knows of an address that a recent organization wants. */
export interface KnownAddress {
  /** The account's, in 18 characters. */
  salesforce_id: string;
  /** The organization's. */
  id: number;
  /** Lower case. */
  email: string;
  state: AddressState;
}

/** Known addresses by organization and address. */
export function addressStates(known: readonly KnownAddress[]): KnownAddresses {
  return new Map(known.map(({ id, email, state }) => [addressIn(id, email), state]));
}

/** The key of an address in an organization; the address in any case. */
export function addressIn(organizationId: number, email: string): string {
  return `${organizationId} ${addressKey(email)}`;
}

/** Organizations whose contacts are planned (C10), with what is known of the addresses. */
export interface ContactsInput {
  /** Organizations that the same changeset creates. */
  creates: readonly Pick<Create, "salesforce_id" | "sold_tos">[];
  /** Organizations that exist and whose contacts are due (Y3). */
  due: readonly DueOrganization[];
  known: KnownAddresses;
  protectedAddresses: ProtectedAddresses;
  /** So many contacts an organization gets at most (config `max_contacts_per_organization`). */
  maximum: number;
}

/** Plan for one address of one organization. `unverified`: nobody knows yet if it is in place. */
export type AddressPlan = AddressState | { is: "unverified" } | { is: "planned" };

/** One address of an organization whose contacts are due, and what becomes of it. */
export interface DueAddress extends PlannedContact {
  plan: AddressPlan;
}

/** The contacts to be placed, and notes on those that are not and why. */
export interface ContactsPlan {
  /** Sorted by `salesforce_id`, then address: the same input in any order gives the same bytes (C8). */
  contacts: PlannedContact[];
  /** Every address that is due, in the same order. */
  addresses: DueAddress[];
  notes: Note[];
}

/**
 * Plans the contacts that are due and not settled (C10, Y2, Y3): those of organizations to be created and of recent ones, without
 * addresses that are protected, unusable, in place, somebody else's, claimed by another organization, not verified yet, or more than
 * an organization may have. Pure.
 */
export function planContacts(input: ContactsInput): ContactsPlan {
  const addresses = dueAddresses(input).sort(byAccountAndAddress);
  leaveClaimed(addresses);
  for (const own of Map.groupBy(addresses, ({ salesforce_id }) => salesforce_id).values()) planUpTo(own, input.maximum);
  return {
    contacts: addresses.flatMap(({ plan, ...contact }) => (plan.is === "planned" ? [contact] : [])),
    addresses,
    notes: addresses.flatMap(noteOf).sort(byRule),
  };
}

/** Every due address once for each organization, with what its own state says. */
function dueAddresses({ creates, due, known, protectedAddresses }: ContactsInput): DueAddress[] {
  const wanting = [
    ...creates.map(({ salesforce_id, sold_tos }) => ({
      salesforce_id: toId18(salesforce_id) ?? salesforce_id,
      id: null,
      sold_tos,
    })),
    ...due,
  ];
  return wanting.flatMap(({ salesforce_id, id, sold_tos }) => {
    const byAddress = Map.groupBy(sold_tos, ({ email }) => addressKey(email));
    return [...byAddress].map(([email, spellings]): DueAddress => {
      const names = spellings.flatMap(({ name }) => name?.trim() || []).sort();
      const state = stateOf(email, id, known, protectedAddresses);
      return { salesforce_id, id, email, name: names[0] ?? null, plan: state };
    });
  });
}

function stateOf(
  email: string,
  organizationId: number | null,
  known: KnownAddresses,
  protectedAddresses: ProtectedAddresses,
): AddressPlan {
  if (!isUsableAddress(email)) return { is: "left", reason: reason("contact.address_unusable") };
  if (isProtected(email, protectedAddresses)) return { is: "left", reason: reason("contact.protected_address") };
  if (organizationId === null) return { is: "free" };
  return known.get(addressIn(organizationId, email)) ?? { is: "unverified" };
}

/** An address wanted by several organizations is that one's where it is in place, else the lower `salesforce_id`'s (Y2). */
function leaveClaimed(addresses: readonly DueAddress[]): void {
  for (const wanting of Map.groupBy(addresses, ({ email }) => email).values()) {
    const open = wanting.filter(({ plan }) => plan.is !== "left");
    const holder = open.find(({ plan }) => plan.is === "there") ?? open[0];
    if (!holder) continue;
    for (const other of open)
      if (other !== holder && other.plan.is !== "there")
        other.plan = { is: "left", reason: reason("contact.promised", { account: holder.salesforce_id }) };
  }
}

/** Those in place count first, and those that may be; then by address. */
function planUpTo(addresses: readonly DueAddress[], maximum: number): void {
  const taken = addresses.filter(({ plan }) => plan.is === "there" || plan.is === "unverified").length;
  const free = addresses.filter(({ plan }) => plan.is === "free");
  for (const [index, address] of free.entries())
    address.plan =
      index < maximum - taken ? { is: "planned" } : { is: "left", reason: reason("contact.over_maximum", { maximum }) };
}

function noteOf({ salesforce_id, id, plan }: DueAddress): Note[] {
  if (plan.is === "left") return [{ rule: "Y2", salesforce_id, id, reason: plan.reason }];
  if (plan.is === "unverified") return [{ rule: "Y3", salesforce_id, id, reason: reason("contact.not_verified") }];
  return [];
}

function byAccountAndAddress(one: PlannedContact, other: PlannedContact): number {
  return byText(one.salesforce_id, other.salesforce_id) || byText(one.email, other.email);
}

/** By code unit: the same in every locale (C8). */
function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
