import type { InstanceName } from "../../domain/instance.ts";
import type { FoundUser, ListedUser } from "../../domain/listed-user.ts";
import type { Organization } from "../../domain/organization.ts";
import type { FieldValue } from "../../domain/organization-field.ts";
import type { Reason } from "../../domain/reason.ts";

/** A custom field's definition, as far as `doctor` and the instance proof (O2) look at it. */
export interface FieldDefinition {
  /** Absent where Zendesk did not say. */
  id?: number | undefined;
  key: string;
  type: string;
  active: boolean;
  options: string[];
}

/** A record that was there but could not be read: it is reported and left alone, never treated as absent. */
export interface Unreadable {
  /** Zendesk id, where it could be read. */
  id: number | null;
  /** 18 characters, where it could be read. */
  salesforce_id: string | null;
  /** Which field, and what was expected there; never the value. */
  reason: string;
}

/** A user's place in an organization. */
export interface Membership {
  user_id: number;
  organization_id: number;
}

/** One page of a list. */
export interface Page<T> {
  records: T[];
  unreadable: Unreadable[];
  /** Remarks for people on the way the list was read (decision 54); absent if there are none. */
  told?: readonly Reason[];
}

/** Options of listing all organizations of an instance. */
export interface ListOptions {
  /** Returns the number of organizations and never throws; absent: the list asks for it itself (`organizationCount`). */
  count?(): Promise<number | null>;
}

/**
 * Reading one Zendesk instance. Lists are complete or throw `IncompleteError` (S1): `has_more: false` seen, no id twice.
 * Every method retries what may pass and throws `RemoteError` when it does not.
 */
export interface ZendeskReader {
  readonly instance: InstanceName;
  /** Host with port, e.g. `example.zendesk.com`. */
  readonly host: string;
  organizationFields(): Promise<FieldDefinition[]>;
  userFields(): Promise<FieldDefinition[]>;
  organizations(options?: ListOptions): AsyncIterable<Page<Organization>>;
  /** Number of organizations by Zendesk's own count: approximate, and pinned at 100,000 from there on; null if there is none. */
  organizationCount(): Promise<number | null>;
  /** Any number of ids, asked for in hundreds; those that do not exist are absent; in order of id. Throws on an unreadable one. */
  organizationsById(ids: readonly number[]): Promise<Organization[]>;
  /** The same by `external_id` (18-character Salesforce ids). */
  organizationsByExternalId(ids: readonly string[]): Promise<Organization[]>;
  /** Organizations with exactly this name (trimmed, case-insensitive). */
  organizationsByName(name: string): Promise<Organization[]>;
  users(): AsyncIterable<Page<ListedUser>>;
  /**
   * Users that changed since a moment, up to some minutes ago, a thousand to a page: no proof of anything, but the cheapest way to learn
   * of many. Ten pages a minute are for all clients of the account together. Throws status 403 without an administrator's credentials.
   */
  changedUsers(since: Date): AsyncIterable<Page<ListedUser>>;
  memberships(): AsyncIterable<Page<Membership>>;
  usersById(ids: readonly number[]): Promise<ListedUser[]>;
  /** Users that have exactly this address (case-insensitive), primary or secondary. Backed by a search index: a user made seconds ago may be missing. */
  usersByAddress(email: string): Promise<FoundUser[]>;
  /** Every organization a user is in, by membership; in order of id. */
  organizationIdsOfUser(id: number): Promise<number[]>;
  /** Users in an organization, by membership. */
  usersOfOrganization(id: number): Promise<ListedUser[]>;
}

/** An organization to create. `external_id` is the 18-character Salesforce id (S5). */
export interface OrganizationCreate {
  name: string;
  external_id: string;
  organization_fields: Record<string, FieldValue>;
}

/** An organization to change: only what is to be written. */
export interface OrganizationUpdate {
  id: number;
  name?: string;
  organization_fields?: Record<string, FieldValue>;
}

/** An end user to create; no verification mail is sent. */
export interface NewUser {
  name: string;
  email: string;
  organization_id: number;
}

/** A user to change. `organization_id` replaces all memberships: only for users in at most one organization (U5). */
export interface UserChange {
  id: number;
  name?: string;
  organization_id?: number;
  user_fields?: { mark_for_deletion: boolean };
}

/**
 * What became of one row of a write.
 * - `refused`: Zendesk said no for this row and will say no again; `taken` names the field another record holds ("name", "external_id", "email").
 * - `transient`: failed for a passing reason and was certainly not applied: may be sent again.
 * - `unknown`: nobody knows whether it was applied (time-out, reset, lost or killed job): look before sending again (S5).
 */
export type RowOutcome =
  | { is: "applied"; id: number }
  | { is: "refused"; reason: Reason; taken?: "name" | "external_id" | "email" }
  | { is: "transient"; reason: Reason }
  | { is: "unknown"; reason: Reason };

/**
 * Writing one Zendesk instance; only stages that write can get one. Every method that takes rows takes at most 100, sends them as one
 * bulk job as soon as the account has room for one, follows it to its end and answers one outcome per row, in order. A refusal of the whole request becomes the
 * outcome of its rows; methods throw only where nothing at all can be written (credentials, scope). Of organizations, nothing is sent any
 * more once the run is asked to stop: `createOrganizations` and `updateOrganizations` throw a `StoppedError` then.
 */
export interface ZendeskWriter {
  /**
   * Waits until rows that are looked at now could be sent soon: a job may have to wait for others to end, and what was looked at must not
   * wait long (S4). Answers what to call right before they are sent, or when nothing is to be sent.
   */
  room(): Promise<() => void>;
  createOrganizations(rows: readonly OrganizationCreate[]): Promise<RowOutcome[]>;
  updateOrganizations(rows: readonly OrganizationUpdate[]): Promise<RowOutcome[]>;
  createOrganization(row: OrganizationCreate): Promise<RowOutcome>;
  updateOrganization(row: OrganizationUpdate): Promise<RowOutcome>;
  /** Through a bulk job where the account has bulk user import, singly where it has not (403, remembered). */
  createUsers(rows: readonly NewUser[]): Promise<RowOutcome[]>;
  updateUsers(rows: readonly UserChange[]): Promise<RowOutcome[]>;
  /** Adds users to organizations without touching their other memberships. Being a member already counts as applied. */
  createMemberships(rows: readonly Membership[]): Promise<RowOutcome[]>;
}

/** Both sides of one instance, reader and writer, for stages that write. */
export interface ZendeskConnection {
  /** For reads that belong to a write in flight: a stop lets them finish (S7). */
  reader: ZendeskReader;
  /** The same for everything before a write: its reads end at once with a `StoppedError`. Absent: `reader` does for both. */
  stoppable?: ZendeskReader;
  writer: ZendeskWriter;
}
