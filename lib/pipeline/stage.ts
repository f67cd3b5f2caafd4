import type * as v from "valibot";
import type { Note } from "../domain/changeset.ts";
import type { Comparison } from "../domain/comparisons.ts";
import type { Config } from "../domain/config.ts";
import type { PlannedCounts, Unconfirmed } from "../domain/confirmed-counts.ts";
import type { Day } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import type { Measure } from "../domain/limits.ts";
import type { UnknownCharge } from "../domain/process-notes.ts";
import type { Reason } from "../domain/reason.ts";
import type { ExitCode } from "../errors.ts";
import type { NoticeMemory } from "../remotes/slack/notice-memory.ts";
import type { Stop } from "../stop.ts";
import type { ResultCounts, Effect as ResultEffect, Unattempted } from "../storage/artifacts/results.ts";
import type { ResultsName } from "../storage/artifacts/results-journal.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import type { ContactMemory, SettledContacts } from "../storage/contact-memory.ts";
import type { Results } from "../sync/results-file.ts";
import type { Progress } from "./progress.ts";
import type { ReadingRemotes, WritingRemotes } from "./remotes.ts";

/** Remotes and settings a stage requires; the environment is read for nothing else (S9). */
export interface Needs {
  salesforce?: true;
  zendesk?: readonly InstanceName[];
  overrides?: true;
  plans?: true;
  /** Notices; used where configured. */
  slack?: true;
}

/** Everything a stage works with. */
export interface StageContext {
  store: ArtifactStore;
  config: Config;
  remotes: ReadingRemotes;
  progress: Progress;
  stop: Stop;
  clock: () => Date;
  /** Waits between posts to Slack; absent but in tests. */
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Run id for inputs without a manifest, and for a run that begins. */
  runId: string;
  /** True if the run id was given (by a person, or by `run` for all its stages) rather than minted just now. */
  runIsGiven: boolean;
  today: Day;
  /** True if a person set `today` (G3). */
  todayIsGiven: boolean;
  /** For links to accounts; null where it is not known to this stage. */
  salesforceHost: string | null;
  /** Opens the decisions of earlier runs about contacts in the Zendesk instance with this host. The caller closes them. */
  openSettledContacts(host: string): Promise<SettledContacts>;
  warn(message: string): void;
}

/** Context of a stage that writes: the only one that provides a writer. */
export interface WritingContext extends StageContext {
  remotes: WritingRemotes;
  /** The results file of a comparison in a run; in a dry run one that nobody mistakes for what happened. */
  openResults(name: ResultsName, runId: string): Results;
  /**
   * Removes what an earlier run left as results in the data directory (its history keeps them); in a dry run nothing. Results have no
   * manifest that says whose they are: a run that refuses, or ends before it writes, would seem to have written what stands there.
   */
  removeEarlierResults(...names: readonly ResultsName[]): Promise<void>;
  /** Opens the memory of notices in the data directory; a dry run knows of none and records none. The caller closes it. */
  openNoticeMemory(): Promise<NoticeMemory>;
  /** The same as `openSettledContacts`, and what is decided is noted; not in a dry run. The caller closes it. */
  openContactMemory(host: string): Promise<ContactMemory>;
}

/** Outcome of a stage, as the summary and `--json` show it. */
export interface StageReport {
  stage: string;
  instance?: InstanceName;
  run_id: string;
  today: Day;
  /** Counts by what they count: `{ accounts: 2000, partners: 40 }`. */
  counts: Record<string, number>;
  /** Notes by their reason's code, such as `{ "organization.shares_account": 3 }`. */
  notes: Record<string, number>;
  comparison?: ComparisonReport;
  /** Charge names that `plans.yml` does not know (E2); of `process` only. */
  unknown_charges?: readonly UnknownCharge[];
  /** Why the stage ended early after it had begun to write; what it did until then stands in the results. */
  ended?: { reasons: readonly Reason[]; exit: ExitCode };
}

/** Outcome of one comparison. */
export interface ComparisonReport {
  name: Comparison;
  digest: string;
  existing: number;
  planned: PlannedCounts;
  measures: readonly Measure[];
  /** Effects that exceed the counts confirmed for this run; absent if none does. */
  unconfirmed?: readonly Unconfirmed[];
  /** Why nothing was written, where a limit, the confirmed counts or an expected digest refused it; never empty. */
  refused?: readonly Reason[];
  results?: Record<ResultEffect, ResultCounts>;
  /** Skipped records that were not even begun, counted by reason; absent if every record was begun. */
  unattempted?: Readonly<Record<Unattempted, number>>;
  notices?: { posted: number; due: number };
}

export type InputsSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

interface Declaration<Inputs extends InputsSchema> {
  name: string;
  /** One line, for `--help` and `action.yml`. */
  summary: string;
  inputs: Inputs;
  /** Files the stage reads and writes, for the documentation; `<i>` stands for global or usgov. */
  reads: readonly string[];
  makes: readonly string[];
  /** Of what it `reads`: files that it does not read where it works on this instance; nobody gives them to it. */
  notRead?: Readonly<Partial<Record<InstanceName, readonly string[]>>>;
  /** Files from earlier runs in the data directory that it reads, or also writes: in GitLab they are kept in a cache, by instance. */
  memory?: { name: string; files: readonly string[]; use: "reads" | "writes" };
  /** Files that it reads and, working on one of these instances, hands on as they are: later jobs do not get all that it got. */
  handsOn?: readonly { file: string; instances: readonly InstanceName[] }[];
  examples: readonly string[];
  needs(inputs: v.InferOutput<Inputs>): Needs;
}

/** A stage that only reads remotes. */
export interface ReadingStage<Inputs extends InputsSchema = InputsSchema> extends Declaration<Inputs> {
  writes: false;
  run(inputs: v.InferOutput<Inputs>, context: StageContext): Promise<StageReport>;
}

/** A stage that writes to a Zendesk instance. */
export interface WritingStage<Inputs extends InputsSchema = InputsSchema> extends Declaration<Inputs> {
  writes: true;
  run(inputs: v.InferOutput<Inputs>, context: WritingContext): Promise<StageReport>;
}

export type Stage<Inputs extends InputsSchema = InputsSchema> = ReadingStage<Inputs> | WritingStage<Inputs>;

/** Notes by the code of their reason. */
export function countByCode(notes: readonly Note[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of notes) counts[reason.code] = (counts[reason.code] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)));
}
