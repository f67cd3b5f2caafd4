import type { Account } from "../../domain/account.ts";
import type { Day } from "../../domain/dates.ts";
import type { MergedAccount } from "../../domain/merged-account.ts";
import type { PartnerAccount } from "../../domain/organization.ts";
import type { AccountsMemory, KnownAccount } from "./accounts-memory.ts";

/** A record that was there but could not be read: it is reported and left alone, never treated as absent. */
export interface UnreadableRecord {
  /** 18 characters, where it could be read. For a contact, its account. */
  salesforce_id: string | null;
  /** Which field, and what was expected there; never the value. */
  reason: string;
}

/** One page of the account query (A1), its children complete. */
export interface AccountPage {
  accounts: Account[];
  unreadable: UnreadableRecord[];
  /** Memory of each account, unreadable ones included. */
  known: KnownAccount[];
  /** Number of accounts on all pages together, as far as it is known yet. */
  total: number;
}

/** Options of reading all accounts: the last reading's memory, and callbacks for what this one leaves. */
export interface AccountsOptions {
  /** Memory left by the last reading. Without it the nested query is used, page after page; with it the result is the same, sooner. */
  remembered?: AccountsMemory | null;
  /** Told which remembered accounts were missing, once all but those have been asked for. */
  missing?: ((ids: readonly string[]) => void) | undefined;
  /** Told at the end what to remember beside the accounts of the pages. */
  leave?(header: Omit<AccountsMemory, "accounts">): void;
}

/** One account as Salesforce has it now. */
export interface OneAccount {
  /** None where it is no customer (any more); several where Salesforce has its id twice. */
  accounts: Account[];
  /** True if it is among the partners (P1): an alliance account may be a customer as well. */
  isPartner: boolean;
  unreadable: UnreadableRecord[];
}

/** A contact as Salesforce has it (U3). Whether its address is usable is for user-sync to say (U4). */
export interface SalesforceContact {
  /** The account, 18 characters. */
  salesforce_id: string;
  /** Trimmed. */
  name: string;
  /** Trimmed, lower case. */
  email: string;
}

/** Fields and relationships of one object that the integration user can see. */
export interface ObjectDescription {
  /** API names of the fields. */
  fields: string[];
  /** Lookups that a query can follow (`Owner`, `Custom__r`), with the objects behind them. */
  lookups: Record<string, string[]>;
  /** Lists of children that a query can ask for, with the object they hold. */
  children: Record<string, string>;
}

/** API calls of the last 24 hours, as Salesforce counted them with its latest answer. */
export interface ApiUsage {
  used: number;
  limit: number;
}

/**
 * Reading one Salesforce. Every answer is complete or throws `IncompleteError` (S1): each page followed at every level, as
 * many records as announced, `done` seen, no id twice. Every method retries what may pass and throws `RemoteError` when it
 * does not, `ConfigurationError` where a setting or a permission must change.
 */
export interface SalesforceReader {
  /** Host with port of the instance that answers, which is not always the one of `SALESFORCE_LOGIN_URL`. */
  readonly host: string;
  /** The account query with its three filters (A1), page by page, each account once, in any order. */
  accounts(today: Day, options?: AccountsOptions): AsyncIterable<AccountPage>;
  /** One account, as `accounts` and `partners` would give it today. Throws `InternalError` on an id that is none. */
  account(id: string, today: Day, allianceAccountId: string | null): Promise<OneAccount>;
  /** The partners of today (P1, P2), sorted by `salesforce_id`; `allianceAccountId` is the configured alliance account. */
  partners(allianceAccountId: string | null): Promise<{ partners: PartnerAccount[]; unreadable: UnreadableRecord[] }>;
  /** The accounts that were merged into others and lie in the recycle bin (C9), each with the account it was merged into itself. */
  mergedAccounts(): Promise<{ merged: MergedAccount[]; unreadable: UnreadableRecord[] }>;
  /** The support contacts of these accounts (U3), any number, sorted by account, address, name. */
  contacts(accountIds: readonly string[]): Promise<{ contacts: SalesforceContact[]; unreadable: UnreadableRecord[] }>;
  /** For `doctor`: what can be seen of an object; null where there is no such object for this user. */
  describe(object: string): Promise<ObjectDescription | null>;
  /** Null until the first answer that told it. */
  apiUsage(): ApiUsage | null;
}
