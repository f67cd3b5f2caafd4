import { WHOLE_DIGEST, wholeDigest } from "../../lib/changesets/changes-digest.ts";
import type { WritingInputs } from "../../lib/changesets/constraints.ts";
import { COMPARISONS, type Comparison } from "../../lib/domain/comparisons.ts";
import { type ReasonOf, reason } from "../../lib/domain/reason.ts";
import type { StageReport } from "../../lib/pipeline/stage.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { listRuns } from "../../lib/storage/runs/list-runs.ts";
import type { CheckedBranch } from "./check-branch.ts";

/** Splits the values of `--expect` into those that name runs as a whole and those that name single comparisons. */
export function expectations({ expect }: Pick<WritingInputs, "expect">): { whole: string[]; single: string[] } {
  return {
    whole: expect.filter((digest) => WHOLE_DIGEST.test(digest)),
    single: expect.filter((digest) => !WHOLE_DIGEST.test(digest)),
  };
}

/**
 * Why nothing may be written: the run as a whole is not what was reviewed (S3). Null where it is, or nobody named it. What differs is told
 * where the history of this data directory has what was reviewed.
 */
export async function unexpectedRun(
  branches: readonly Promise<CheckedBranch>[],
  whole: readonly string[],
  dataDir: string,
): Promise<ReasonOf<"digest.run_unexpected"> | null> {
  if (whole.length === 0) return null;
  const checked = await Promise.allSettled(branches);
  const now = digestsOf(checked.flatMap((branch) => (branch.status === "fulfilled" ? branch.value.reports : [])));
  const digest = wholeDigest([...now.values()]);
  if (whole.includes(digest)) return null;
  const reviewed = await digestsReviewed(dataDir, whole);
  const differ = COMPARISONS.filter((name) => reviewed && reviewed.get(name) !== now.get(name));
  return reason("digest.run_unexpected", { digest, expected: [...whole], differ });
}

function digestsOf(reports: readonly StageReport[]): Map<Comparison, string> {
  return new Map(reports.flatMap(({ comparison }) => (comparison ? [[comparison.name, comparison.digest]] : [])));
}

/** The digests of the run in the history that has one of these as a whole; null where none has. */
async function digestsReviewed(dataDir: string, whole: readonly string[]): Promise<Map<Comparison, string> | null> {
  for (const { run_id } of await listRuns(dataDir)) {
    const store = new ArtifactStore(dataDir, "history", run_id);
    const found = new Map<Comparison, string>();
    for (const name of COMPARISONS) {
      const manifest = await store.readChangesetManifest(name).catch(() => null);
      if (manifest) found.set(name, manifest.digest);
    }
    if (whole.includes(wholeDigest([...found.values()]))) return found;
  }
  return null;
}
