import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { DesiredOrganization, Organization } from "../domain/organization.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { addressKey } from "../domain/protected-address.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import { nameKey } from "../domain/value-equality.ts";
import { processNotesNames } from "../storage/artifacts/process-notes.ts";
import type { AccountEvidence, InstanceEvidence, Subject } from "./evidence.ts";
import { comparisonsAround } from "./evidence-comparisons.ts";
import type { EvidenceRecords, RunMaterial } from "./evidence-records.ts";

/** The records of a run by what they are looked up by; made once, asked for many accounts. Cost grows linearly with the records. */
export class EvidenceIndex {
  readonly #by: Lookups;

  constructor(readonly material: RunMaterial) {
    this.#by = lookupsOf(material.records);
  }

  /** Everything that one account, or an organization without account, was decided from. */
  of(subject: Subject): AccountEvidence {
    const { run, rules, quarantined } = this.material;
    const by = this.#by;
    const id = subject.salesforce_id ?? "";
    const partner = by.partner.get(id)?.[0] ?? null;
    const accounts = (by.account.get(id) ?? []).map((one) => ({ ...one, salesforce_id: id }));
    const own = INSTANCES.flatMap((instance) => this.#own(subject, instance));
    const merged = [id, ...own.flatMap((one) => accountIdOf(one) ?? externalAccountIdOf(one) ?? [])];
    return {
      subject,
      run,
      rules,
      accounts,
      isPartner: partner !== null || by.partnerId.has(id),
      partner: partner && { ...partner, salesforce_id: id },
      merged: [...new Set(merged)].flatMap((one) => by.merged.get(one) ?? []),
      quarantined: quarantined.has(id) || accounts.length > 1,
      notes: by.accountNote.get(id) ?? [],
      instances: Object.fromEntries(
        INSTANCES.flatMap((instance) =>
          this.#worksOn(instance) ? [[instance, this.#around(subject, instance)] as const] : [],
        ),
      ),
    };
  }

  /** The address of a user of us-government, lower case; null where nobody has the id, or no address. */
  addressOfUser(id: number): string | null {
    return addressKey(this.#by.userId.get(id)?.email ?? "") || null;
  }

  /** Whose contact or user of us-government has an address: contacts go before users, as a user may be elsewhere. */
  subjectWith(email: string): Subject | null {
    const instance: InstanceName = "us-government";
    const [contact] = this.#by.contactWith.get(email) ?? [];
    if (contact) return { salesforce_id: idOf(contact), organizations: [], email };
    const [user] = this.#by.userWith.get(email) ?? [];
    if (!user) return null;
    const home = this.#by[instance].id.get(user.organization_id ?? 0);
    const account = home ? accountIdOf(home) : null;
    return {
      salesforce_id: account,
      organizations: account === null && home ? [{ instance, id: home.id }] : [],
      email,
    };
  }

  /** True if several contacts of us-government's customers have this address (U4). */
  hasSeveralContacts(email: string): boolean {
    return (this.#by.contactWith.get(email) ?? []).length > 1;
  }

  /** True if the run had anything to do with the instance. */
  #worksOn(instance: InstanceName): boolean {
    const prefix = FILE_PREFIX[instance];
    const { records } = this.material;
    return [`zendesk_${prefix}.json`, `${prefix}_accounts.json`, `${prefix}_updates.json`].some(
      (name) => records[name as keyof EvidenceRecords] !== undefined,
    );
  }

  #own({ salesforce_id, organizations }: Subject, instance: InstanceName): Organization[] {
    const by = this.#by[instance];
    const asked = organizations.flatMap((one) => (one.instance === instance ? (by.id.get(one.id) ?? []) : []));
    const named = salesforce_id === null ? [] : (by.account.get(salesforce_id) ?? []);
    return [...new Set([...asked, ...named])];
  }

  /** The account's own organizations, and everything that could stand in their way: names, merges, users' organizations. */
  #around(subject: Subject, instance: InstanceName): InstanceEvidence {
    const by = this.#by[instance];
    const own = this.#own(subject, instance);
    const id = subject.salesforce_id ?? "";
    const names = [
      ...(by.desired.get(id) ?? []),
      ...(this.#by.account.get(id) ?? []),
      ...(this.#by.partner.get(id) ?? []),
    ].map(({ name }) => nameKey(name));
    const winners = (this.#by.merged.get(id) ?? []).map(({ merged_into }) => merged_into);
    const rivals = [...new Set(names)].flatMap((name) => by.desiredName.get(name) ?? []);
    const others = [...rivals, ...winners.flatMap((one) => by.desired.get(one) ?? [])].filter(
      (one) => idOf(one) !== id,
    );
    const accounts = [...others.map(idOf), ...winners];
    const people = instance === "us-government" ? this.#people(subject, own) : { users: [], contacts: [] };
    const homes = [...people.users, ...people.contacts].flatMap(
      ({ organization_id: home }) => by.id.get(home ?? 0) ?? [],
    );
    const organizations = [
      ...own,
      ...names.flatMap((name) => by.name.get(name) ?? []),
      ...accounts.flatMap((one) => by.account.get(one) ?? []),
      ...homes,
      ...homes.flatMap((one) => by.account.get(accountIdOf(one) ?? "") ?? []),
    ];
    const isAddress = new Set((by.desired.get(id)?.[0]?.sold_tos ?? []).map(({ email }) => addressKey(email)));
    return {
      organizations: [...new Set(organizations)],
      rivals: [...new Set(others)],
      ...comparisonsAround(this.material, subject, instance, own, { names: new Set(names), ...people }),
      addresses: instance === "global" ? (this.#by.known.get(id) ?? []) : [],
      plannedContacts:
        instance === "global" ? [...isAddress].flatMap((email) => this.#by.planned.get(email) ?? []) : [],
      ...people,
      userCreates: instance === "us-government" ? this.#by.userCreates : [],
    };
  }

  #people({ salesforce_id, email }: Subject, own: readonly Organization[]) {
    const contacts = this.#by.contact.get(salesforce_id ?? "") ?? [];
    const addresses = new Set([...contacts.map((one) => addressKey(one.email)), ...(email === null ? [] : [email])]);
    const users = [
      ...own.flatMap(({ id }) => this.#by.userIn.get(id) ?? []),
      ...[...addresses].flatMap((one) => this.#by.userWith.get(one) ?? []),
    ];
    const theirs = users.flatMap((one) => this.#by.contactWith.get(addressKey(one.email ?? "")) ?? []);
    return { users: [...new Set(users)], contacts: [...new Set([...contacts, ...theirs])] };
  }
}

type Lookups = ReturnType<typeof lookupsOf>;

function lookupsOf(records: EvidenceRecords) {
  const partners = records["partner_accounts.json"] ?? [];
  const users = records["usgov_users.json"] ?? [];
  const contacts = records["usgov_user_contacts.json"] ?? [];
  return {
    account: Map.groupBy(records["salesforce_accounts.json"] ?? [], idOf),
    partner: Map.groupBy(partners, idOf),
    partnerId: new Set((records["partner_ids.json"] ?? []).map(idOf)),
    merged: Map.groupBy(records["merged_accounts.json"] ?? [], idOf),
    accountNote: Map.groupBy(
      (["gather-accounts_notes.json", ...processNotesNames()] as const).flatMap((name) => records[name] ?? []),
      ({ salesforce_id }) => (salesforce_id === null ? "" : idOf({ salesforce_id })),
    ),
    known: Map.groupBy(records["zendesk_global_addresses.json"] ?? [], idOf),
    planned: Map.groupBy(records["global_contacts.json"] ?? [], ({ email }) => addressKey(email)),
    contact: Map.groupBy(contacts, idOf),
    contactWith: Map.groupBy(contacts, ({ email }) => addressKey(email)),
    userCreates: (records["usgov_user_creates.json"] ?? []).map(({ email }) => email),
    userId: new Map(users.map((one) => [one.id, one])),
    userIn: Map.groupBy(users, ({ organization_id }) => organization_id),
    userWith: Map.groupBy(users, ({ email }) => addressKey(email ?? "")),
    global: organizationLookups(records["zendesk_global.json"] ?? [], records["global_accounts.json"] ?? []),
    "us-government": organizationLookups(records["zendesk_usgov.json"] ?? [], records["usgov_accounts.json"] ?? []),
  };
}

function organizationLookups(organizations: readonly Organization[], desired: readonly DesiredOrganization[]) {
  return {
    id: new Map(organizations.map((one) => [one.id, one])),
    account: Map.groupBy(organizations, (one) => accountIdOf(one) ?? externalAccountIdOf(one)),
    name: Map.groupBy(organizations, ({ name }) => nameKey(name)),
    desired: Map.groupBy(desired, idOf),
    desiredName: Map.groupBy(desired, ({ name }) => nameKey(name)),
  };
}

function idOf({ salesforce_id }: { salesforce_id: string }): string {
  return toId18(salesforce_id) ?? salesforce_id;
}
