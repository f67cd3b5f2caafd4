import type { Comparison } from "./comparisons.ts";
import { CONFIG_KEY, type InstanceName } from "./instance.ts";
import { DEFAULT_USER_MARK_FIELD } from "./user.ts";

/** Limits before the first write (S2). A percentage is 0..100, of the existing records of one comparison; limits are strict (`>`). */
export interface Limits {
  /** Organizations whose `support_hold` or `restricted_account` becomes true. */
  holds: { percent: number; max: number };
  creates: number;
  /** People to be created or put into organizations. */
  contacts: number;
  marks: { percent: number; max: number };
  updates: { percent: number };
  downgrades: { percent: number; max: number };
  marked_total: { percent: number };
  /** Percentages apply from this many existing records on; below it, `creates` and `contacts` do not. */
  minimum_existing: number;
}

/** Hosts that must be the ones worked on, lower case, with a port where it matters (S10). Null is not checked. */
export interface Hosts {
  salesforce: string | null;
  global: string | null;
  us_government: string | null;
}

/** Access to zdsync from Slack, by Slack id. If all lists are empty, nobody may run anything but help and status. */
export interface SlackAccess {
  /** The Slack team (`T…`); null where not configured. */
  team: string | null;
  channels: readonly string[];
  users: readonly string[];
  user_groups: readonly string[];
}

/** Form in which Slack may show customers of us-government: with their names, or by ids only. */
export type UsGovernmentShown = "names" | "ids_only";

/** Limits on the customer data that may appear in Slack, and the channels for messages that zdsync sends unprompted. */
export interface SlackConfig extends SlackAccess {
  /** `ids_only`: no name and no address of us-government's customers gets to Slack. */
  us_government: UsGovernmentShown;
  /** Channels (`C…`) for what concerns one instance alone; null: SLACK_CHANNEL, where everything else goes. */
  notice_channels: { global: string | null; us_government: string | null };
  /** True if the page of a run is posted to its thread as a file. */
  page: boolean;
  /** Address at which the data directory is served (`https://zdsync.example.com/data`), for links to pages in threads; null: nowhere. */
  page_url: string | null;
}

/** `zdsync.config.yml`, with the defaults where a key is absent (interface.md). */
export interface Config {
  hosts: Hosts;
  /** Organizations of these accounts are never marked. 18-character ids. */
  protected_ids: readonly string[];
  /** Accounts never created. 18-character ids. */
  excluded_account_ids: readonly string[];
  /** Users with an address of these domains are never touched. Lower case. */
  protected_email_domains: readonly string[];
  /** Users never touched. Lower case. */
  protected_emails: readonly string[];
  /** The one alliance partner's account (P1, P2), 18 characters; null where there is none. */
  alliance_account_id: string | null;
  /** `none`: the team has no overrides. `required`: they are fetched, and their absence stops the stage. */
  overrides: "required" | "none";
  /** Treatment of organizations without a `salesforce_id` (C4): left as they are, or marked. */
  unmanaged_organizations: "keep" | "mark";
  /** Treatment of organizations whose account has moved to the other instance (C9): only reported, or marked. */
  moved_organizations: "report" | "mark";
  /** The user field of us-government that marks users (U6). */
  user_mark_field: string;
  /** Of each comparison; what the config says of all of them is in each. */
  limits: Readonly<Record<Comparison, Limits>>;
  /** An organization gets so many contacts at most; nobody is ever marked for it. */
  max_contacts_per_organization: number;
  slack: SlackConfig;
  /** Retention of the local history, in days. */
  history_days: number;
}

export const DEFAULT_LIMITS: Limits = {
  holds: { percent: 5, max: 100 },
  creates: 500,
  contacts: 1000,
  marks: { percent: 5, max: 200 },
  updates: { percent: 30 },
  downgrades: { percent: 5, max: 100 },
  marked_total: { percent: 20 },
  minimum_existing: 10,
};

/** Marks of users have limits of their own: where users are deleted by their mark, that happens the same night. */
export const DEFAULT_USER_MARKS: Limits["marks"] = { percent: 2, max: 50 };

/** Limits that are the same for all comparisons, but for marks of users. Pure. */
export function forEachComparison(limits: Limits): Record<Comparison, Limits> {
  return { global: limits, usgov: limits, partner: limits, usgov_user: { ...limits, marks: DEFAULT_USER_MARKS } };
}

/** Values that apply where `zdsync.config.yml` is absent or does not set a key. */
export const DEFAULT_CONFIG: Config = {
  hosts: { salesforce: null, global: null, us_government: null },
  protected_ids: [],
  excluded_account_ids: [],
  protected_email_domains: [],
  protected_emails: [],
  alliance_account_id: null,
  overrides: "required",
  unmanaged_organizations: "keep",
  moved_organizations: "report",
  user_mark_field: DEFAULT_USER_MARK_FIELD,
  limits: forEachComparison(DEFAULT_LIMITS),
  max_contacts_per_organization: 30,
  slack: {
    team: null,
    channels: [],
    users: [],
    user_groups: [],
    us_government: "names",
    notice_channels: { global: null, us_government: null },
    page: false,
    page_url: null,
  },
  history_days: 30,
};

/** The host that the config expects of an instance (S10); null where it names none. Pure. */
export function expectedHost({ hosts }: Pick<Config, "hosts">, instance: InstanceName): string | null {
  return hosts[CONFIG_KEY[instance]];
}
