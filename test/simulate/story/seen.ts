import type { JournalEntry } from "../../../sandbox/journal.ts";
import type { LoggedRequest, World } from "../../../sandbox/types.ts";
import type { RunExit } from "../kernel/simulation.ts";
import type { Happened, StorySandbox } from "./events.ts";
import type { HourPlan, StoryPlan } from "./plan.ts";

/** A command that was run, and everything that was seen of it from outside. */
export interface RunSeen {
  /** `run`, `undo`, the name of a stage… */
  command: string;
  given: Readonly<Record<string, string>>;
  exit: RunExit;
  /** Whether it may write: no dry run, no preview. */
  writes: boolean;
  /** Whether nothing but the command itself had a say in how it ended: no fault, no kill, no signal, no full disk. */
  undisturbed: boolean;
  output: readonly { stream: "out" | "err"; text: string }[];
  /** What `--json` printed; null where nothing was, or it was killed. */
  json: Record<string, unknown> | null;
  /** Milliseconds since 1970, virtual. */
  began: number;
  ended: number;
  /** The requests that were answered meanwhile, in order of answer; those of a run beside it are among them. */
  requests: readonly LoggedRequest[];
  /** How many requests of the story were answered before it began. */
  firstRequest: number;
  /** Changes of records meanwhile: by clients of the API and by people. Where two runs are at once, those of both. */
  journal: readonly JournalEntry[];
  /** What happened in the middle of it. */
  during: readonly Midst[];
  /** The world when it began, and every later one that Salesforce was in until it ended. */
  worlds: readonly World[];
  /** The day that the run takes for today. */
  today: string;
  /** Absolute. */
  dataDir: string;
  /** What lies in its data directory afterwards, by path below it; databases apart. */
  files: ReadonlyMap<string, Buffer>;
  /** Whether another run was at work at the same time. */
  beside: boolean;
}

/** Something that happened in the middle of a run, and when. */
export interface Midst {
  happened: Happened;
  /** How many journal entries, and how many answered requests, there were since the story began. */
  journal: number;
  requests: number;
}

/** An hour as it went. */
export interface HourSeen {
  /** From 1. */
  number: number;
  plan: HourPlan;
  /** Which of the quiet hours at the end it is, from 1; 0: none of them. */
  quiet: number;
  runs: readonly RunSeen[];
  /** Keys of the messages that the bot put into its outbox. */
  messages: readonly string[];
  /** The world when the hour's work began, and when it had ended and all jobs were done. */
  before: World;
  after: World;
  /** Databases on all computers after the hour: path → a real file, to be copied before it is opened. */
  databases: ReadonlyMap<string, string>;
  /** What happened before the work began. */
  happened: readonly Happened[];
  sandbox: StorySandbox;
}

/** A story as far as it has been played. */
export interface StorySeen {
  plan: StoryPlan;
  sandbox: StorySandbox;
  hours: HourSeen[];
}

/** What must hold, whatever happens. */
export interface Invariant {
  /** Short and unique: failures are told by it. */
  name: string;
  /** What was expected, in a sentence. */
  expects: string;
  /** Looks at an hour that has ended, and at all before it. @returns what is not as expected, each with ids; empty where all is well */
  check(hour: HourSeen, story: StorySeen): string[];
}
