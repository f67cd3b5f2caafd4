import { compareInstance } from "../../actions/compare/compare.ts";
import { comparePartnerArtifacts } from "../../actions/partner-sync/partner-sync.ts";
import type { ComparedUsers } from "../../actions/user-sync/user-sync.ts";
import { alsoRefused } from "../../lib/changesets/also-refused.ts";
import { unexpectedDigest } from "../../lib/changesets/hand-over.ts";
import { termsOf, type WritingInputs } from "../../lib/changesets/terms.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { type ReasonOf, reason } from "../../lib/domain/reason.ts";
import { observed } from "../../lib/pipeline/observed-stage.ts";
import type { StageReport, WritingContext } from "../../lib/pipeline/stage.ts";
import type { RunObserver } from "../../lib/storage/runs/run-recorder.ts";

/** Everything of an instance that could be judged without writing. */
export interface JudgedBranch {
  reports: StageReport[];
  /** Users as they will be on the planned organizations; null in global. */
  users: ComparedUsers | null;
}

/**
 * Makes every comparison of an instance without writing (S2): customers, then partners or users. `compareUsers` compares users on
 * the planned organizations, so that those about to be created count. What was judged is in `judged`, also where this throws: a
 * comparison that cannot be made hides no refusal of another.
 */
export function judgeBranch(
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
  { observer, judged }: { observer: RunObserver; judged: StageReport[] },
  compareUsers: () => Promise<ComparedUsers>,
): Promise<JudgedBranch> {
  const work = async () => {
    judged.push(expected(await compareInstance(instance, inputs, context), inputs));
    const users = instance === "us-government" ? await compareUsers() : null;
    const second = users ?? (await comparePartnerArtifacts(inputs, context));
    judged.push(expected(second.report, inputs));
    return { reports: judged, users };
  };
  return observed(observer, "compare", instance, work, ({ reports }) => reports);
}

/** A report that is refused, too, where nobody expected its digest (S3). */
function expected(report: StageReport, inputs: WritingInputs): StageReport {
  const { comparison } = report;
  if (!comparison) return report;
  return alsoRefused({ ...report, comparison }, unexpectedDigest(comparison.name, comparison.digest, termsOf(inputs)));
}

/**
 * Why no branch of the run may write: somewhere there is more than was confirmed (decisions/0011). Null where nothing is. A branch
 * that could not be judged holds no other one back (G6).
 */
export async function heldBackBy(
  branches: readonly Promise<JudgedBranch>[],
): Promise<ReasonOf<"run.held_back"> | null> {
  const judged = await Promise.allSettled(branches);
  const comparisons = judged.flatMap((branch) =>
    branch.status === "fulfilled"
      ? branch.value.reports.flatMap(({ comparison }) => (comparison?.unconfirmed ? [comparison.name] : []))
      : [],
  );
  return comparisons.length === 0 ? null : reason("run.held_back", { comparisons });
}
