import { compareInstance } from "../../actions/compare/compare.ts";
import { comparePartnerArtifacts } from "../../actions/partner-sync/partner-sync.ts";
import type { ComparedUsers } from "../../actions/user-sync/user-sync.ts";
import { alsoRefused } from "../../lib/changesets/also-refused.ts";
import { unexpectedDigest } from "../../lib/changesets/change-files.ts";
import { constraintsOf, type WritingInputs } from "../../lib/changesets/constraints.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { type ReasonOf, reason } from "../../lib/domain/reason.ts";
import { observed } from "../../lib/pipeline/observed-stage.ts";
import type { StageReport, WritingContext } from "../../lib/pipeline/stage.ts";
import type { RunObserver } from "../../lib/storage/runs/run-recorder.ts";

/** Everything of an instance that could be checked without writing. */
export interface CheckedBranch {
  reports: StageReport[];
  /** Users as they will be on the planned organizations; null in global. */
  users: ComparedUsers | null;
}

/**
 * Makes every comparison of an instance without writing (S2): customers, then partners or users. `compareUsers` compares users on
 * the planned organizations, so that those about to be created count. What was checked is in `checked`, also where this throws: a
 * comparison that cannot be made hides no refusal of another.
 */
export function checkBranch(
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
  { observer, checked }: { observer: RunObserver; checked: StageReport[] },
  compareUsers: () => Promise<ComparedUsers>,
): Promise<CheckedBranch> {
  const work = async () => {
    checked.push(expected(await compareInstance(instance, inputs, context), inputs));
    const users = instance === "us-government" ? await compareUsers() : null;
    const second = users ?? (await comparePartnerArtifacts(inputs, context));
    checked.push(expected(second.report, inputs));
    return { reports: checked, users };
  };
  return observed(observer, "compare", instance, work, ({ reports }) => reports);
}

/** A report that is refused, too, where nobody expected its digest (S3). */
function expected(report: StageReport, inputs: WritingInputs): StageReport {
  const { comparison } = report;
  if (!comparison) return report;
  return alsoRefused(
    { ...report, comparison },
    unexpectedDigest(comparison.name, comparison.digest, constraintsOf(inputs)),
  );
}

/**
 * Why no branch of the run may write: somewhere there is more than was confirmed (decisions/0011). Null where nothing is. A branch
 * that could not be checked holds no other one back (G6).
 */
export async function refusalOfAnyBranch(
  branches: readonly Promise<CheckedBranch>[],
): Promise<ReasonOf<"run.held_back"> | null> {
  const checked = await Promise.allSettled(branches);
  const comparisons = checked.flatMap((branch) =>
    branch.status === "fulfilled"
      ? branch.value.reports.flatMap(({ comparison }) => (comparison?.unconfirmed ? [comparison.name] : []))
      : [],
  );
  return comparisons.length === 0 ? null : reason("run.held_back", { comparisons });
}
