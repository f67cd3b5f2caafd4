import type { Note, PlannedContact } from "../domain/changeset.ts";
import { type Comparison, changeFiles, contactsFile } from "../domain/comparisons.ts";
import type { Measurable } from "../domain/limits.ts";
import type { ComparisonReport, StageContext } from "../pipeline/stage.ts";
import { changesetManifestName, type RunOrigin } from "../storage/artifacts/manifest.ts";
import type { ArtifactName } from "../storage/artifacts/schemas.ts";
import { keepInHistory } from "../storage/history.ts";
import { writeChangeFiles } from "./change-files.ts";
import { checkLimits } from "./check-limits.ts";
import type { LimitInputs } from "./constraints.ts";

/** Change files, notes and manifest of a comparison, also where it is refused: they are there to look at (S2). */
export async function writeComparison(
  context: StageContext,
  comparison: Comparison,
  changeset: Measurable & { notes: readonly Note[]; contacts?: readonly PlannedContact[] },
  about: { stage: string; origin: RunOrigin; inputs: LimitInputs },
): Promise<ComparisonReport> {
  const { store, config, clock } = context;
  const judgement = checkLimits(comparison, changeset, config.limits[comparison], about.inputs);
  const maker = { stage: about.stage, origin: about.origin, madeAt: clock() };
  const notes = notesName(comparison);
  await store.write(notes, [...changeset.notes], maker);
  const manifest = await writeChangeFiles(
    store,
    comparison,
    changeset,
    { ...judgement, allow: about.inputs.allow },
    maker,
  );
  await keepInHistory(store.directory, about.origin.run_id, [...filesOf(comparison), notes]);
  return {
    name: comparison,
    digest: manifest.digest,
    existing: changeset.existing,
    planned: manifest.counts,
    ...judgement,
  };
}

/** Everything a comparison leaves in the data directory that `undo` and `explain` need. */
export function filesOf(comparison: Comparison): string[] {
  const contacts = contactsFile(comparison);
  return [
    ...Object.values(changeFiles(comparison)),
    ...(contacts ? [contacts] : []),
    changesetManifestName(comparison),
  ];
}

/** The notes of a comparison. */
export function notesName<C extends Comparison>(comparison: C): Extract<ArtifactName, `${C}_notes.json`> {
  return `${comparison}_notes.json` as Extract<ArtifactName, `${C}_notes.json`>;
}
