import type { ChangesetManifest } from "../artifacts/manifest.ts";
import { RefusedError } from "../errors.ts";
import { COMPARISON, type Comparison } from "./comparison.ts";

/** Refuses artifacts that are not the ones the changes were made from (S3): they are of another run. */
export function checkSameInputs(
  comparison: Comparison,
  manifest: ChangesetManifest | null,
  artifacts: readonly { name: string; sha256: string }[],
): void {
  for (const { name, sha256 } of artifacts) {
    const input = manifest?.inputs.find((one) => one.name === name);
    if (!input || input.sha256 === sha256) continue;
    throw new RefusedError(
      `The changes of "${COMPARISON[comparison].title}" were made from another ${name} than the one that lies here now. Run compare again.`,
    );
  }
}
