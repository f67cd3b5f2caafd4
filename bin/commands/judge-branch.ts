import { compareInstance } from "../../actions/compare/compare.ts";
import { comparePartnerArtifacts } from "../../actions/partner-sync/partner-sync.ts";
import type { ComparedUsers } from "../../actions/user-sync/user-sync.ts";
import { COMPARISON } from "../../lib/changesets/comparison.ts";
import { checkExpected } from "../../lib/changesets/hand-over.ts";
import { termsOf, type WritingInputs } from "../../lib/changesets/terms.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { observed } from "../../lib/runs/observed-stage.ts";
import type { RunObserver } from "../../lib/runs/run-recorder.ts";
import type { StageReport, WritingContext } from "../../lib/stage/stage.ts";

/** Everything of an instance that could be judged without writing. */
export interface JudgedBranch {
  reports: StageReport[];
  /** Users as they will be on the planned organizations; null in global. */
  users: ComparedUsers | null;
}

/**
 * Makes every comparison of an instance without writing (S2): customers, then partners or users. `compareUsers` compares users on
 * the planned organizations, so that those about to be created count.
 */
export function judgeBranch(
  instance: InstanceName,
  inputs: WritingInputs,
  context: WritingContext,
  observer: RunObserver,
  compareUsers: () => Promise<ComparedUsers>,
): Promise<JudgedBranch> {
  const work = async () => {
    const customers = await compareInstance(instance, inputs, context);
    const users = instance === "us-government" ? await compareUsers() : null;
    const second = users ?? (await comparePartnerArtifacts(inputs, context));
    const reports = [customers, second.report];
    for (const { comparison } of reports)
      if (comparison) checkExpected(comparison.name, comparison.digest, termsOf(inputs));
    return { reports, users };
  };
  return observed(observer, "compare", instance, work, ({ reports }) => reports);
}

/**
 * Why no branch of the run may write: somewhere there is more than was confirmed (decisions/0011). Null where nothing is. A branch
 * that could not be judged holds no other one back (G6).
 */
export async function heldBackBy(branches: readonly Promise<JudgedBranch>[]): Promise<string | null> {
  const judged = await Promise.allSettled(branches);
  const titles = judged.flatMap((branch) =>
    branch.status === "fulfilled"
      ? branch.value.reports.flatMap(({ comparison }) =>
          comparison?.unconfirmed ? [`"${COMPARISON[comparison.name].title}"`] : [],
        )
      : [],
  );
  if (titles.length === 0) return null;
  return `Nothing was written: there is more to do than was confirmed in ${titles.join(" and ")}. Look at it again, and confirm the new numbers.`;
}
