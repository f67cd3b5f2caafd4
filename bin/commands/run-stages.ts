import { syncPartners } from "../../actions/partner-sync/partner-sync.ts";
import { syncInstance } from "../../actions/sync/sync.ts";
import {
  type ComparedUsers,
  compareUserArtifacts,
  syncUserArtifacts,
  writeUsers,
} from "../../actions/user-sync/user-sync.ts";
import type { WritingInputs } from "../../lib/changesets/constraints.ts";
import { resultsName } from "../../lib/changesets/result-files.ts";
import { COMPARISON, COMPARISONS } from "../../lib/domain/comparisons.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { Reason } from "../../lib/domain/reason.ts";
import { EXIT, type ExitCode, exitCodeOf, StoppedError, worstOf } from "../../lib/errors.ts";
import { cachedRemotes } from "../../lib/pipeline/cached-remotes.ts";
import { exitOf } from "../../lib/pipeline/run-stage.ts";
import type { StageReport, WritingContext } from "../../lib/pipeline/stage.ts";
import { type StageName, writingStages } from "../../lib/pipeline/stage-graph.ts";
import { reasonsOf } from "../../lib/reasons/reason-of-error.ts";
import { planOn } from "../../lib/remotes/zendesk/planned.ts";
import { type RunObserver, UNOBSERVED } from "../../lib/storage/runs/run-recorder.ts";
import { addToPlan, plannedCreates } from "../../lib/sync/planned-creates.ts";
import { type CheckedBranch, checkBranch, refusalOfAnyBranch } from "./check-branch.ts";
import { expectations, unexpectedRun } from "./expected-run.ts";
import { gatherAndProcess, type RunContext } from "./gather-and-process.ts";
import { stoppedGathering } from "./stopped-gathering.ts";
import { watched } from "./watched-stage.ts";

/** Extent of a run: `preview` ends before the first write. */
export type Extent = "preview" | "run";

/** Combined outcome of all stages. */
export interface RunEnd {
  exit: ExitCode;
  reports: StageReport[];
  /** Why an instance, or all of them, ended early. */
  failures: { where: string; reasons: readonly Reason[] }[];
}

/**
 * All stages in one process, the instances side by side; the failure or refusal of one never stops the other (G6). Of an instance that
 * is not among them nothing is read or written.
 */
export async function runStages(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: WritingInputs,
  given: WritingContext,
  observer: RunObserver = UNOBSERVED,
): Promise<RunEnd> {
  const remotes = cachedRemotes(given.remotes);
  try {
    return await runInStages(extent, instances, inputs, { ...given, remotes }, observer);
  } finally {
    // Nothing is written any more. Whoever closes the remotes waits for it.
    void remotes.close();
    await remotes.end();
  }
}

async function runInStages(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: WritingInputs,
  context: RunContext,
  observer: RunObserver,
): Promise<RunEnd> {
  const comparisons = COMPARISONS.filter((one) => instances.includes(COMPARISON[one].instance));
  await context.removeEarlierResults(...comparisons.map(resultsName));
  const { gathered, processed } = await gatherAndProcess(instances, context, observer);
  const [accounts, ...organizations] = gathered;
  const reports = gathered.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stopped = stoppedGathering(gathered, instances, context.stop);
  if (stopped) return { ...stopped, reports };
  if (accounts?.status === "rejected")
    return {
      exit: exitCodeOf(accounts.reason),
      reports,
      failures: [{ where: "gather-accounts", reasons: reasonsOf(accounts.reason) }],
    };
  if (processed.status === "rejected")
    return {
      exit: exitCodeOf(processed.reason),
      reports,
      failures: [{ where: "process", reasons: reasonsOf(processed.reason) }],
    };
  reports.push(processed.value);
  const branches = await runBranches(extent, instances, organizations, inputs, context, observer);
  return {
    exit: worstOf(branches.map((branch) => branch.exit)),
    reports: [...reports, ...branches.flatMap((branch) => branch.reports)],
    failures: once(branches.flatMap((branch) => branch.failures)),
  };
}

/** A failure of the run as a whole is reported once, even though it ends every branch. */
function once(failures: RunEnd["failures"]): RunEnd["failures"] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}

/** The instances side by side. Only counts or a digest that were confirmed for the whole run make one wait for the other's judgement. */
function runBranches(
  extent: Extent,
  instances: readonly InstanceName[],
  gathered: readonly PromiseSettledResult<StageReport>[],
  given: WritingInputs,
  context: WritingContext,
  observer: RunObserver,
): Promise<RunEnd[]> {
  const { whole, single } = expectations(given);
  const inputs = { ...given, expect: single };
  const reports = instances.map((): StageReport[] => []);
  const checking = instances.map(async (instance, index): Promise<CheckedBranch> => {
    const gather = gathered[instances.indexOf(instance)];
    if (gather?.status === "rejected") throw gather.reason;
    const collected = { observer, checked: reports[index] ?? [] };
    return checkBranch(instance, inputs, context, collected, () => compareUsersOnPlan(inputs, context));
  });
  const heldBack = inputs["at-most"] === null ? Promise.resolve(null) : refusalOfAnyBranch(checking);
  const unexpected = unexpectedRun(checking, whole, context.store.directory);
  const against = Promise.all([heldBack, unexpected]).then((reasons) => reasons.flatMap((one) => one ?? []));
  return Promise.all(
    checking.map((checked, index) =>
      runBranch(
        extent,
        instances[index] ?? "global",
        { checked, against, reports: reports[index] ?? [] },
        { ...inputs, expectsAny: given.expect.length > 0 },
        context,
        observer,
      ),
    ),
  );
}

/** One instance's stages: everything that can be checked is checked before the first write (S2). */
async function runBranch(
  extent: Extent,
  instance: InstanceName,
  before: { checked: Promise<CheckedBranch>; against: Promise<Reason[]>; reports: StageReport[] },
  given: WritingInputs & { expectsAny: boolean },
  context: WritingContext,
  observer: RunObserver,
): Promise<RunEnd> {
  const checked = before.reports;
  const written: StageReport[] = [];
  try {
    const { users } = await before.checked;
    if (extent === "preview" || checked.some((report) => report.comparison?.refused))
      return { exit: exitOf(checked, context.stop.reason), reports: checked, failures: [] };
    const reasons = await before.against;
    if (reasons.length > 0)
      return { exit: EXIT.refused, reports: checked, failures: reasons.map((one) => notAsGiven(instance, one)) };
    const inputs = asChecked(given, checked);
    const writers: Partial<Record<StageName, () => Promise<StageReport>>> = {
      sync: () => syncInstance(instance, inputs, context),
      "partner-sync": () => syncPartners(inputs, context),
      ...(users ? { "user-sync": () => syncUsersOf(users, inputs, context) } : {}),
    };
    for (const stage of writingStages(instance)) {
      const write = writers[stage];
      if (!write) throw new Error(`nobody does ${stage} for ${instance}`);
      if (written.every((report) => !report.ended)) written.push(await watched(observer, stage, instance, write));
    }
    return {
      exit: exitOf(written, context.stop.reason),
      reports: latest(checked, written),
      failures: endedEarly(instance, written),
    };
  } catch (error) {
    return failed(instance, error, latest(checked, written));
  }
}

/** With `--expect`, only what was checked may be applied, including users, who are compared again right before they are written. */
function asChecked(
  { expectsAny, ...inputs }: WritingInputs & { expectsAny: boolean },
  checked: readonly StageReport[],
) {
  return expectsAny ? { ...inputs, expect: checked.flatMap(({ comparison }) => comparison?.digest ?? []) } : inputs;
}

async function syncUsersOf(
  planned: ComparedUsers,
  inputs: WritingInputs,
  context: WritingContext,
): Promise<StageReport> {
  try {
    return await syncUserArtifacts(inputs, context);
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    // Stopped before they were compared again: those planned are accounted for (S7).
    return writeUsers(planned, context);
  }
}

/** Reports of what was written replace those of what was only checked, even if the branch ended early. */
function latest(checked: readonly StageReport[], written: readonly StageReport[]): StageReport[] {
  const names = new Set(written.map((report) => report.comparison?.name));
  return [...written, ...checked.filter((report) => !names.has(report.comparison?.name))];
}

function endedEarly(instance: InstanceName, reports: readonly StageReport[]): RunEnd["failures"] {
  return reports.flatMap(({ ended }) => (ended ? [{ where: instance, reasons: ended.reasons }] : []));
}

/** Users compared on the organizations as they will be after the planned creates. */
async function compareUsersOnPlan(inputs: WritingInputs, context: WritingContext): Promise<ComparedUsers> {
  const planned = planOn(await context.remotes.zendeskReader("us-government"));
  await addToPlan(planned.writer, await plannedCreates(context.store));
  return compareUserArtifacts(inputs, {
    ...context,
    remotes: { ...context.remotes, zendesk: async () => planned },
  });
}

function failed(instance: InstanceName, error: unknown, reports: StageReport[]): RunEnd {
  return {
    exit: exitCodeOf(error) === EXIT.done ? EXIT.failed : exitCodeOf(error),
    reports,
    failures: [{ where: instance, reasons: reasonsOf(error) }],
  };
}

/** A digest is of the run as a whole; what a person confirmed holds back the instances that had nothing more to do themselves. */
function notAsGiven(instance: InstanceName, why: Reason): RunEnd["failures"][number] {
  return { where: why.code === "digest.run_unexpected" ? "the run" : instance, reasons: [why] };
}
