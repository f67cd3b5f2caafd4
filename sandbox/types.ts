import type { Fault } from "./fault.ts";
import type { SandboxBytes } from "./server/chance.ts";
import type { ConversationEntry } from "./slack/conversation.ts";
import type { SharedFile } from "./slack/files.ts";
import type { PersonOptions, SlackPerson } from "./slack/person.ts";

export type { Fault };

/** The two Zendesk instances the sandbox plays. */
export type InstanceName = "global" | "us-government";

/** One custom field of an organization or a user, as Zendesk's definition lists it. */
export interface FieldDefinition {
  key: string;
  type: "text" | "textarea" | "checkbox" | "date" | "integer" | "decimal" | "dropdown";
  title: string;
  /** A checkbox's tag; set on the organization while the box is ticked. */
  tag?: string;
  /** A drop-down's option values (its tags). */
  options?: string[];
}

/** A Salesforce record: API field names, lookups as nested objects or null. */
export type SalesforceRecord = Record<string, unknown>;

/** A column of a Salesforce object. A query that names a column the object does not have is refused (INVALID_FIELD). */
export interface SalesforceColumn {
  object: "Account" | "Contact" | "Zuora__Subscription__c" | "Zuora__SubscriptionProductCharge__c" | "User";
  name: string;
  type: "text" | "number" | "boolean" | "date" | "datetime" | "multipicklist";
}

/** An organization as it stands in a Zendesk instance before the sandbox starts. */
export interface SeedOrganization {
  id: number;
  name: string;
  external_id: string | null;
  created_at: string;
  updated_at: string;
  organization_fields: Record<string, unknown>;
}

/** A user as it stands in a Zendesk instance before the sandbox starts. */
export interface SeedUser {
  id: number;
  name: string;
  email: string | null;
  role: "end-user" | "agent" | "admin";
  suspended: boolean;
  /** First one is the default organization. */
  organization_ids: number[];
  /** Further addresses of the same person. */
  secondary_emails: string[];
  user_fields: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

/** What stands in one Zendesk instance at the start. */
export interface SeedInstance {
  organizations: SeedOrganization[];
  users: SeedUser[];
}

/** What is expected of one oddity after a full run; the sandbox's own opinion, not zdsync's. */
export interface OddityExpectation {
  /** What the run does to the organization of this account in each instance. */
  global?: OrganizationExpectation;
  "us-government"?: OrganizationExpectation;
  /** What happens to the user with this address (lower case), in the named instance. */
  users?: Array<{
    instance: InstanceName;
    email: string;
    is: "created" | "updated" | "associated" | "unchanged" | "marked" | "unmarked" | "left alone" | "absent";
    /** The `salesforce_id` of the organization the user ends up in; null: none. */
    organization?: string | null;
  }>;
}

/** What happens to an organization, and the organization fields it ends with (only those worth asserting). */
export interface OrganizationExpectation {
  is: "absent" | "created" | "updated" | "unchanged" | "marked" | "unmarked" | "conflict" | "left alone";
  name?: string;
  fields?: Record<string, unknown>;
  /** The support level the run arrives at. */
  support_level?: string;
}

/** A record that is there to be strange, named for its strangeness. */
export interface Oddity {
  name: string;
  /** 18 characters, where it concerns an account. */
  salesforce_id?: string;
  expect: OddityExpectation;
}

/** Everything the sandbox starts from: a pure function of (accounts, seed, today). */
export interface World {
  today: string;
  salesforce: Record<SalesforceColumn["object"], SalesforceRecord[]>;
  /** Accounts in Salesforce's recycle bin: only `queryAll` finds them. `MasterRecordId` names what a merged one was merged into. */
  deletedAccounts?: SalesforceRecord[];
  zendesk: Record<InstanceName, SeedInstance>;
  /** The overrides file in its GitLab project, YAML. */
  overrides: string;
  /** The zdsync.config.yml a team in this world would have, YAML. */
  config: string;
  oddities: Oddity[];
}

/** How the sandbox is started. */
export interface SandboxOptions {
  /** Salesforce accounts, 1 to 100,000; default 150. Below 150 not every oddity is there. */
  accounts?: number;
  /** The same seed gives the same world; default 1. */
  seed?: number;
  /** The day the world is made for, YYYY-MM-DD; default: the machine's UTC date. */
  today?: string;
  /** How many times faster than real time windows and jobs go; 1 is real time; default 60. */
  timeFactor?: number;
  /** First of five ports (Salesforce, Zendesk global, Zendesk us-government, GitLab, Slack); 0, the default: any free ones. */
  port?: number;
  /** A world of one's own instead of the seeded one. */
  world?: World;
  /** Further organization fields of each instance. */
  organizationFields?: Partial<Record<InstanceName, FieldDefinition[]>>;
  /** Further Salesforce columns, with the value every record has in it. */
  salesforceColumns?: Array<SalesforceColumn & { values: readonly unknown[] }>;
  /** Behaviour that real accounts differ in; see zendesk/behaviour.ts. */
  zendesk?: Partial<Record<InstanceName, Partial<ZendeskBehaviour>>>;
  /** Behaviour that real orgs differ in, or that only some have. */
  salesforce?: Partial<SalesforceBehaviour>;
  /** Salesforce rows to a page, children included; default 2,000. */
  salesforceBatch?: number;
  /** Sees every request in each of its phases, and may do something about it. For tests that stop a program at a chosen moment. */
  onRequest?: RequestHook;
  /** The time; default: the machine's. */
  now?: () => Date;
  /** Where secrets, tokens and ids come from; default: nobody can guess them. */
  bytes?: SandboxBytes;
  /** The key pair (PEM) of Salesforce's JWT bearer flow; default: a new one. */
  keys?: { publicKey: string; privateKey: string };
}

/**
 * Where a request is: not handled yet ("before"), handled but not answered ("committed"), or on its way back ("answered": the next
 * request of the same client to the same service comes after it).
 */
export type RequestPhase = "before" | "committed" | "answered";

/** What the sandbox does with a request that is not handled yet: nothing but cut its connection, or play a fault on it. */
export type RequestVerdict = "drop" | Fault | undefined;

/** Waited for in the first two phases; its answer counts in the first one only. */
export type RequestHook = (
  request: Omit<LoggedRequest, "status">,
  phase: RequestPhase,
) => Promise<RequestVerdict> | RequestVerdict;

/** What differs between real Zendesk accounts, or what nobody could find out; each a named switch. */
export interface ZendeskBehaviour {
  /** Requests to the account in a (fixed) minute; default 700. */
  requestsPerMinute: number;
  /** Queued or running jobs at once; default 30. */
  inflightJobs: number;
  /** Of those, how many are taken by other integrations; default 0. */
  jobsTakenByOthers: number;
  /** Seconds (before time compression) a job takes: fixed part and part for each row. */
  jobSeconds: { fixed: number; perRow: number };
  /** Bulk user import (create_many, create_or_update_many) is off on most accounts: 403. Default false. */
  bulkUserImport: boolean;
  /** A drop-down value that is not an option: row refused, or dropped without a word. Default "refused". */
  unknownDropdown: "refused" | "dropped";
  /** Options that an administrator has taken out of drop-down fields; values that stand there stay. Default none. */
  removedOptions: readonly string[];
  /** Seconds (before compression) until users/search finds a new or changed user. Default 0. */
  searchLagSeconds: number;
  /** Whether the credentials are an administrator's, who alone may use incremental exports. Default "allowed". */
  incrementalExports: "allowed" | "forbidden";
}

/** What differs between real Salesforce orgs; each a named switch. */
export interface SalesforceBehaviour {
  /**
   * Whom an assertion of the JWT bearer flow may be meant for; default: the org itself, login.salesforce.com and test.salesforce.com. Sandboxes
   * and scratch orgs take test.salesforce.com, production login.salesforce.com, and some only their My Domain (sfdx-core `authJwt` tries them all).
   */
  jwtAudiences: readonly string[];
  /**
   * How a request for an API version that was retired or never was is refused: by a JSON error, or by a page of the servers in front of the
   * API. Both have been seen (Salesforce-Inspector-reloaded #744: NOT_FOUND; pipedream #3134: 410). Default "json".
   */
  goneVersion: "json" | "plain";
  /** The oldest and newest API version, by their number; default 31 (those before were retired in 2025) and 68 (Winter '27). */
  apiVersions: { oldest: number; newest: number };
  /**
   * Rows to a page of a query with child lists, children included, where that is fewer than of others; default: as many. Orgs have been seen
   * to give 500 and 200 (jsforce #577, PR #1752).
   */
  nestedRows: number;
  /** What the token endpoint names as `instance_url`; default: the org itself. */
  instanceUrl: string;
}

/** One request a service of the sandbox answered. */
export interface LoggedRequest {
  service: "salesforce" | "zendesk-global" | "zendesk-us-government" | "gitlab" | "slack" | "github";
  method: string;
  /** Path and query, percent-decoded. */
  path: string;
  /** When it came, in milliseconds since 1970. */
  at: number;
  /** When it was sent, and when its answer is with the sender, where whoever carries both told; in milliseconds since 1970. */
  sentAt?: number;
  answeredAt?: number;
  /** Until when it is not to be sent again, where the answer said so (`Retry-After`), in milliseconds since 1970. */
  retryAt?: number;
  /** Whether `retryAt` is about this kind of request alone: of the account's quota there was some left. */
  refusedAlone?: true;
  status: number;
  /** For writes: the parsed body (JSON or form). */
  body?: unknown;
  /** The fault that was played on it, if any. */
  fault?: string;
}

/** A running sandbox. */
export interface Sandbox {
  urls: { salesforce: string; global: string; "us-government": string; gitlab: string; slack: string };
  /** The environment that makes zdsync use it, names of spec/interface.md. */
  env: Record<string, string>;
  world: World;
  timeFactor: number;
  /** Every request so far, in order of answer. */
  requests: LoggedRequest[];
  /** POST, PUT, PATCH and DELETE to Zendesk (token requests not counted) and posts to Slack so far. */
  writes(): LoggedRequest[];
  clearRequests(): void;
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** The present state of one instance: organizations and users in wire form, sorted by id. */
  zendesk(instance: InstanceName): {
    organizations: Record<string, unknown>[];
    users: Record<string, unknown>[];
    memberships: Record<string, unknown>[];
  };
  /** Messages posted to Slack, in order. */
  slackMessages(): Array<{
    channel: string;
    ts: string;
    thread_ts?: string;
    text: string;
    blocks?: unknown[];
    metadata?: unknown;
    files?: SharedFile[];
  }>;
  /** The bytes of a file that was uploaded to Slack; null where there is none of this id. */
  slackFile(id: string): Uint8Array | null;
  /** Everything that anybody saw in Slack, ephemeral messages and what people did included, in order. */
  slackConversation(): ConversationEntry[];
  /** Somebody at Slack who types commands and clicks buttons; by default Ann (U0ANN00001), who may run, in the bot's channel. */
  slackPerson(options?: PersonOptions): SlackPerson;
  /** The app's own token; as SLACK_APP_TOKEN it switches Socket Mode on, and so it is not in `env`. */
  slackAppToken: string;
  /** Change the world from outside, as an agent or a Salesforce user would. */
  editOrganization(instance: InstanceName, id: number, change: Record<string, unknown>): void;
  deleteOrganization(instance: InstanceName, id: number): void;
  editSalesforce(object: SalesforceColumn["object"], id: string, change: SalesforceRecord): void;
  /** Merges an account into another, as a Salesforce user would: what hangs on it goes to the winner, and it to the recycle bin. */
  mergeAccounts(winnerId: string, loserId: string): void;
  /** Salesforce forgets its deleted accounts, as it does about two weeks after each was deleted. */
  emptyRecycleBin(): void;
  /** Every secret and token the sandbox knows: none may appear in anything zdsync prints or writes. */
  secrets: string[];
  stop(): Promise<void>;
}
