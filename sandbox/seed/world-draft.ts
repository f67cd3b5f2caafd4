import { stringify } from "yaml";
import type { InstanceName, Oddity, OddityExpectation, SeedOrganization, SeedUser, World } from "../types.ts";
import { timestamp } from "./days.ts";
import { type AppliedOverride, type ExpectedOrganization, expectedOrganizations, expectedPartner } from "./expected.ts";
import type { Person } from "./invention.ts";
import type { Customer } from "./records.ts";
import { type ChargeWish, SalesforceDraft } from "./salesforce-draft.ts";
import { asZendeskStores } from "./spelling.ts";

/** The settings of zdsync.config.yml that this world needs. */
interface Config {
  protected_ids: string[];
  excluded_account_ids: string[];
  protected_email_domains: string[];
  protected_emails: string[];
  alliance_account_id?: string;
  /** As in zdsync.config.yml, where this world needs other limits than the defaults. */
  limits?: Record<string, unknown>;
  slack: { team: string; channels: string[]; users: string[]; user_groups: string[] };
}

/** What is different about an organization in Zendesk. `spelled` fields are stored exactly so. */
export interface OrganizationChange {
  name?: string;
  external_id?: string | null;
  created_at?: string;
  fields?: ExpectedOrganization["fields"];
  spelled?: Record<string, unknown>;
}

const FIRST_ORGANIZATION: Record<InstanceName, number> = {
  global: 19_442_893_058_196,
  "us-government": 21_806_214_307_220,
};
const FIRST_USER: Record<InstanceName, number> = { global: 19_501_118_402_644, "us-government": 21_911_540_118_036 };
/** Organizations of earlier years: older than any week before `now`, whatever `today` is (Y3). */
const LONG_AGO = Date.UTC(2019, 0, 7, 8, 15);
const MINUTE = 60_000;

/** A world in the making: both sides, and what the strange records in it must come to. */
export class WorldDraft extends SalesforceDraft {
  readonly now: Date;
  readonly config: Config = {
    protected_ids: [],
    excluded_account_ids: [],
    protected_email_domains: ["protected.example"],
    protected_emails: ["helpdesk@shared.example"],
    slack: { team: "T0SANDBOX1", channels: ["C0SANDBOX1"], users: ["U0ANN00001"], user_groups: ["S0SUPPORT1"] },
  };
  /** Entries of the overrides file. */
  readonly overrides: Record<string, unknown>[] = [];
  readonly #organizations: Record<InstanceName, SeedOrganization[]> = { global: [], "us-government": [] };
  readonly #users: Record<InstanceName, SeedUser[]> = { global: [], "us-government": [] };
  readonly #oddities: Oddity[] = [];

  constructor(seed: number, today: string, now: Date) {
    super(seed, today);
    this.now = now;
  }

  /** What the account's organization in an instance should be like; throws where it should have none. */
  expected(customer: Customer, instance: InstanceName, overrides: AppliedOverride[] = []): ExpectedOrganization {
    const partner = expectedPartner(customer.account, this.config.alliance_account_id ?? null);
    const organization = partner ?? expectedOrganizations(customer, this.today, overrides)[instance];
    if (!organization) throw new Error(`Account ${customer.account.Id} has no organization in ${instance}.`);
    return organization;
  }

  /** An organization in Zendesk that stands as it should, but for the changes. */
  organization(
    instance: InstanceName,
    { salesforce_id, name, fields }: ExpectedOrganization,
    change: OrganizationChange = {},
  ): SeedOrganization {
    const organizations = this.#organizations[instance];
    const createdAt = change.created_at ?? timestamp(LONG_AGO + organizations.length * 17 * MINUTE);
    const organization: SeedOrganization = {
      id: FIRST_ORGANIZATION[instance] + organizations.length * 448,
      name: change.name ?? name,
      external_id:
        change.external_id === undefined ? this.random.pick([salesforce_id, salesforce_id, null]) : change.external_id,
      created_at: createdAt,
      updated_at: createdAt,
      organization_fields: {
        ...asZendeskStores({ ...fields, ...this.#agentsFields(instance), ...change.fields }, instance, this.random),
        ...change.spelled,
      },
    };
    organizations.push(organization);
    return organization;
  }

  /** What agents wrote into the fields that are theirs. */
  #agentsFields(instance: InstanceName): ExpectedOrganization["fields"] {
    const project = this.random.chance(0.1) ? this.random.integer(1_000, 99_999) : null;
    return {
      am_project_id: project === null || instance === "us-government" ? project : String(project),
      assigned_se: this.random.chance(0.1) ? this.random.pick(this.owners) : null,
    };
  }

  /** What the organization would be like if the account had these charges: what an earlier run had left. */
  asIfSubscribed({ account }: Customer, instance: InstanceName, charges: ChargeWish[]): ExpectedOrganization {
    const earlier: Customer = { account, subscriptions: [], charges: [] };
    this.subscribe(earlier, charges);
    return this.expected(earlier, instance);
  }

  /** The account's organization in Zendesk, as it should be but for the changes. */
  existing(customer: Customer, instance: InstanceName, change: OrganizationChange = {}): SeedOrganization {
    return this.organization(instance, this.expected(customer, instance), change);
  }

  /** A user in Zendesk: an end user without organization, but for the changes. */
  user(instance: InstanceName, person: Person, change: Partial<SeedUser> = {}): SeedUser {
    const users = this.#users[instance];
    const createdAt = timestamp(LONG_AGO + (users.length * 11 + 5) * MINUTE);
    const user: SeedUser = {
      id: FIRST_USER[instance] + users.length * 320,
      name: person.name,
      email: person.email,
      role: "end-user",
      suspended: false,
      organization_ids: [],
      secondary_emails: [],
      user_fields: { mark_for_deletion: this.random.pick([null, false]) },
      created_at: createdAt,
      updated_at: createdAt,
      ...change,
    };
    users.push(user);
    return user;
  }

  /** Files a record that is there to be strange, with what the specification makes of it. */
  oddity(name: string, customer: Customer | null, expect: OddityExpectation): void {
    this.#oddities.push({ name, ...(customer ? { salesforce_id: customer.account.Id } : {}), expect });
  }

  /** The finished world. */
  finish(): World {
    const instance = (name: InstanceName) => ({ organizations: this.#organizations[name], users: this.#users[name] });
    return {
      today: this.today,
      salesforce: this.records(),
      deletedAccounts: this.deletedAccounts,
      zendesk: { global: instance("global"), "us-government": instance("us-government") },
      overrides: stringify(this.overrides, { aliasDuplicateObjects: false }),
      config: stringify(this.config),
      oddities: this.#oddities,
    };
  }
}
