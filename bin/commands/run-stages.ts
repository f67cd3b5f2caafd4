import { compareInstance } from "../../actions/compare/compare.ts";
import { stage as gatherAccounts } from "../../actions/gather-accounts/main.ts";
import { stage as gatherOrganizations } from "../../actions/gather-orgs/main.ts";
import { comparePartnerArtifacts, syncPartners } from "../../actions/partner-sync/partner-sync.ts";
import { processArtifacts } from "../../actions/process/process.ts";
import { syncInstance } from "../../actions/sync/sync.ts";
import {
  type ComparedUsers,
  compareUserArtifacts,
  syncUserArtifacts,
  writeUsers,
} from "../../actions/user-sync/user-sync.ts";
import { checkExpected } from "../../lib/changesets/hand-over.ts";
import { termsOf, type WritingInputs } from "../../lib/changesets/terms.ts";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { EXIT, type ExitCode, exitCodeOf, messageOf, StoppedError } from "../../lib/errors.ts";
import { exitOf, worstOf } from "../../lib/stage/run-stage.ts";
import type { StageReport, WritingContext } from "../../lib/stage/stage.ts";
import { inJobs } from "../../lib/sync/apply-rows.ts";
import { planOn } from "../../lib/zendesk/planned.ts";

/** How far a run goes: `preview` ends before the first write. */
export type Extent = "preview" | "run";

/** What came of all stages. */
export interface RunEnd {
  exit: ExitCode;
  reports: StageReport[];
  /** Why an instance, or all of them, ended early. */
  failures: { where: string; message: string }[];
}

/** All stages in one process, the instances side by side; the failure or refusal of one never stops the other (G6). */
export async function runStages(
  extent: Extent,
  instances: readonly InstanceName[],
  inputs: WritingInputs,
  context: WritingContext,
): Promise<RunEnd> {
  const gathered = await Promise.allSettled([
    gatherAccounts.run(shared(context), context),
    ...INSTANCES.map((instance) => gatherOrganizations.run({ ...shared(context), instance }, context)),
  ]);
  const [accounts, ...organizations] = gathered;
  const reports = gathered.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (accounts?.status === "rejected")
    return {
      exit: exitCodeOf(accounts.reason),
      reports,
      failures: [{ where: "gather-accounts", message: messageOf(accounts.reason) }],
    };
  try {
    reports.push(await processArtifacts(context));
  } catch (error) {
    return { exit: exitCodeOf(error), reports, failures: [{ where: "process", message: messageOf(error) }] };
  }
  const branches = await Promise.all(
    instances.map((instance) => {
      const gather = organizations[INSTANCES.indexOf(instance)];
      return gather?.status === "rejected"
        ? failed(instance, gather.reason, [])
        : runBranch(extent, instance, inputs, context);
    }),
  );
  return {
    exit: worstOf(branches.map((branch) => branch.exit)),
    reports: [...reports, ...branches.flatMap((branch) => branch.reports)],
    failures: branches.flatMap((branch) => branch.failures),
  };
}

/** One instance's stages: everything that can be judged is judged before the first write (S2). */
async function runBranch(
  extent: Extent,
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
): Promise<RunEnd> {
  const judged: StageReport[] = [];
  const written: StageReport[] = [];
  try {
    const { reports, users } = await judgeAll(instance, inputs, context);
    judged.push(...reports);
    if (extent === "preview" || judged.some((report) => report.comparison?.refused))
      return { exit: exitOf(judged, context.stop.reason), reports: judged, failures: [] };
    written.push(await syncInstance(instance, inputs, context));
    if (written.every((report) => !report.ended))
      written.push(await (users ? syncUsersOf(users, inputs, context) : syncPartners(inputs, context)));
    return {
      exit: exitOf(written, context.stop.reason),
      reports: latest(judged, written),
      failures: endedEarly(instance, written),
    };
  } catch (error) {
    return failed(instance, error, latest(judged, written));
  }
}

/** The users' digest was checked on the plan: by now new organizations have real ids. */
async function syncUsersOf(
  planned: ComparedUsers,
  inputs: WritingInputs,
  context: WritingContext,
): Promise<StageReport> {
  try {
    return await syncUserArtifacts({ ...inputs, expect: [] }, context);
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    // Stopped before they were compared again: those planned are accounted for (S7).
    return writeUsers(planned, context);
  }
}

/** What was written replaces what was only judged, also where the branch ended early. */
function latest(judged: readonly StageReport[], written: readonly StageReport[]): StageReport[] {
  const names = new Set(written.map((report) => report.comparison?.name));
  return [...written, ...judged.filter((report) => !names.has(report.comparison?.name))];
}

function endedEarly(instance: InstanceName, reports: readonly StageReport[]): RunEnd["failures"] {
  return reports.flatMap(({ ended }) => (ended ? [{ where: instance, message: ended.message }] : []));
}

/**
 * Makes every comparison of an instance without writing: customers, then partners or users. Users are compared on the planned
 * organizations, so that those about to be created count.
 */
async function judgeAll(
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
): Promise<{ reports: StageReport[]; users: ComparedUsers | null }> {
  const customers = await compareInstance(instance, inputs, context);
  const users = instance === "us-government" ? await compareUsersOnPlan(inputs, context) : null;
  const second = users ?? (await comparePartnerArtifacts(inputs, context));
  const reports = [customers, second.report];
  for (const { comparison } of reports)
    if (comparison) checkExpected(comparison.name, comparison.digest, termsOf(inputs));
  return { reports, users };
}

/** Users compared on the organizations as they will be after the planned creates. */
async function compareUsersOnPlan(inputs: WritingInputs, context: WritingContext): Promise<ComparedUsers> {
  const planned = planOn(await context.remotes.zendeskReader("us-government"));
  const creates = await context.store.readRecords("usgov_creates.json");
  const rows = creates.records.map(({ name, salesforce_id, organization_fields }) => ({
    name,
    external_id: salesforce_id,
    organization_fields,
  }));
  for (const job of inJobs(rows)) await planned.writer.createOrganizations(job);
  return compareUserArtifacts(inputs, {
    ...context,
    remotes: { ...context.remotes, zendesk: async () => planned },
  });
}

function failed(instance: InstanceName, error: unknown, reports: StageReport[]): RunEnd {
  return {
    exit: exitCodeOf(error) === EXIT.done ? EXIT.failed : exitCodeOf(error),
    reports,
    failures: [{ where: instance, message: messageOf(error) }],
  };
}

/** Inputs that the context has settled already; the stages only look at their own. */
function shared(context: WritingContext) {
  return { "data-dir": context.store.directory, today: context.today, "run-id": context.runId };
}
