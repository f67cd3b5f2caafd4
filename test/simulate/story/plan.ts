import type { NetworkFault, PlannedFault } from "../kernel/simulation.ts";
import type { WorldEvent } from "./events.ts";
import type { WorldPlan } from "./world.ts";

/** A story as data: everything that happens follows from this, so that it can be printed, kept and made smaller. */
export interface StoryPlan {
  seed: number;
  /** Milliseconds since 1970: a full hour. */
  startAt: number;
  world: WorldPlan;
  settings: StorySettings;
  hours: HourPlan[];
}

/** How everything is set up for the whole story. */
export interface StorySettings {
  instances: "both" | "global" | "us-government";
  bulkUserImport: { global: boolean; "us-government": boolean };
  /** Whether the bot may read the channel of the notices. */
  historyReadable: boolean;
  slack: boolean;
  /** Salesforce rows to a page. */
  salesforceBatch: number;
  jobSeconds: { fixed: number; perRow: number };
  jobsTakenByOthers: number;
  requestsPerMinute: number;
  searchLagSeconds: number;
  incrementalExports: "allowed" | "forbidden";
  unknownDropdown: "refused" | "dropped";
  movedOrganizations: "report" | "mark";
  limits: "wide" | "default" | "tight";
  contactsPerOrganization: number;
  deadlineMinutes: number;
  /** Whether credentials are API tokens instead of OAuth clients. */
  apiTokens: boolean;
}

/** How the hour's work is done. */
export type RunForm =
  | "run"
  /** The nine stages alone, in the order of the pipeline, each in a folder of its own with what earlier ones left. */
  | "stages"
  | "dry-run"
  /** A preview, somebody who looks at it for some minutes, and `run --expect` of what it showed. */
  | "reviewed"
  /** A run, and after it the undo of that run. */
  | "undone"
  /** Two runs at once on one data directory. */
  | "twice at once";

/** A point in the middle of a run at which something happens: before or after so many requests of it were done. */
export interface Midway {
  /** 0 to 1: how far the run is, in requests of an ordinary run of this story. */
  at: number;
  /** Instead of `at`: right before the run looks at users once more, which it does before it changes them. */
  rightBefore?: "users are looked at again";
  event: WorldEvent;
}

/** How a run is stopped. `at` as in {@link Midway}. */
export type Ending =
  | { is: "killed"; by: "request" | "committed" | "file" | "statement"; at: number; power: boolean }
  | { is: "signalled"; signal: "SIGTERM" | "SIGINT"; at: number }
  /** `--deadline` so short that it ends in the middle. */
  | { is: "deadline"; seconds: number };

/** What the bot does in an hour: so many messages into its outbox; and where it is killed, in requests or statements of its own. */
export interface BotPlan {
  messages: number;
  ending: { by: "request" | "committed" | "statement"; nth: number } | null;
}

/** One hour. */
export interface HourPlan {
  /** Minutes after the full hour at which the run begins. */
  minute: number;
  before: WorldEvent[];
  during: Midway[];
  form: RunForm;
  /** The part of all requests that a fault is drawn for, and the kinds. */
  faultRate: number;
  faultKinds: NetworkFault["kind"][];
  /** Certain faults instead of drawn ones: what is left of them when a story is made smaller. */
  faults?: PlannedFault[];
  /** Whether somebody allows whatever the limits would refuse. */
  allowed?: boolean;
  /** Faults play on nothing else; absent: on everything. */
  faultsOn?: "lists of organizations" | "lists of whose end is asked once more";
  /** Absent: the bot is not there. */
  bot?: BotPlan;
  disk: { code: "ENOSPC" | "EIO"; at: number } | null;
  ending: Ending | null;
  /** Whether a run that was killed, stopped or failed is repeated within the hour. */
  repeated: boolean;
  /** What became of the data directory since the hour before. */
  directory: "kept" | "lost" | "an hour old";
}

/** Three hours in which nothing happens but runs: what the end of every story is. */
export const QUIET_HOURS = 3;
