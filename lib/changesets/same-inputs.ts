import type { ChangesetManifest } from "../artifacts/manifest.ts";
import { RefusedError } from "../errors.ts";
import { COMPARISON, type Comparison } from "./comparison.ts";

/** Refuses artifacts that are not the ones the changes were made from (S3): they are of another run, or were made again. */
export function checkSameInputs(
  comparison: Comparison,
  manifest: ChangesetManifest | null,
  artifacts: readonly { name: string; sha256: string; manifest?: { run_id: string } | null }[],
): void {
  for (const { name, sha256, manifest: made } of artifacts) {
    if (manifest && made && made.run_id !== manifest.run_id)
      throw new RefusedError(
        `${name} is of run ${made.run_id}, the changes of "${COMPARISON[comparison].title}" are of run ${manifest.run_id}. Run compare again.`,
      );
    const input = manifest?.inputs.find((one) => one.name === name);
    if (!input || input.sha256 === sha256) continue;
    throw new RefusedError(
      `The changes of "${COMPARISON[comparison].title}" were made from another ${name} than the one that lies here now. Run compare again.`,
    );
  }
}
