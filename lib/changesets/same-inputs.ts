import type { Comparison } from "../domain/comparisons.ts";
import { reason } from "../domain/reason.ts";
import { refused } from "../reasons/refused.ts";
import type { ChangesetManifest } from "../storage/artifacts/manifest.ts";

/** Refuses artifacts that are not the ones the changes were made from (S3): they are of another run, or were made again. */
export function checkSameInputs(
  comparison: Comparison,
  manifest: ChangesetManifest | null,
  artifacts: readonly { name: string; sha256: string; manifest?: { run_id: string } | null }[],
): void {
  for (const { name, sha256, manifest: made } of artifacts) {
    if (manifest && made && made.run_id !== manifest.run_id)
      throw refused(
        reason("changes.of_another_run", {
          comparison,
          run_id: manifest.run_id,
          file: name,
          file_run_id: made.run_id,
        }),
      );
    const input = manifest?.inputs.find((one) => one.name === name);
    if (!input || input.sha256 === sha256) continue;
    throw refused(reason("changes.inputs_replaced", { comparison, file: name }));
  }
}
