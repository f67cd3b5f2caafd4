import type { RunOrigin } from "../artifacts/manifest.ts";
import type { ArtifactName } from "../artifacts/schemas.ts";
import { changesetManifestName } from "../artifacts/store.ts";
import type { Note } from "../domain/changeset.ts";
import type { Effect, Measurable } from "../domain/limits.ts";
import { keepInHistory } from "../stage/history.ts";
import type { ComparisonReport, StageContext } from "../stage/stage.ts";
import { type Comparison, changeFiles } from "./comparison.ts";
import { writeChangeFiles } from "./hand-over.ts";
import { judge } from "./judge.ts";

/** Change files, notes and manifest of a comparison, also where a limit refuses it: they are there to look at (S2). */
export async function writeComparison(
  context: StageContext,
  comparison: Comparison,
  changeset: Measurable & { notes: readonly Note[] },
  about: { stage: string; origin: RunOrigin; allow: Partial<Record<Effect, number>> },
): Promise<ComparisonReport> {
  const { store, config, clock } = context;
  const { measures, refused } = judge(comparison, changeset, config.limits, about.allow);
  const maker = { stage: about.stage, origin: about.origin, madeAt: clock() };
  const notes = notesName(comparison);
  await store.write(notes, [...changeset.notes], maker);
  const manifest = await writeChangeFiles(store, comparison, changeset, measures, maker);
  await keepInHistory(store.directory, about.origin.run_id, [...filesOf(comparison), notes]);
  return {
    name: comparison,
    digest: manifest.digest,
    existing: changeset.existing,
    planned: manifest.counts,
    measures,
    ...(refused ? { refused } : {}),
  };
}

/** Everything a comparison leaves in the data directory that `undo` and `explain` need. */
export function filesOf(comparison: Comparison): string[] {
  return [...Object.values(changeFiles(comparison)), changesetManifestName(comparison)];
}

/** The notes of a comparison. */
export function notesName<C extends Comparison>(comparison: C): Extract<ArtifactName, `${C}_notes.json`> {
  return `${comparison}_notes.json` as Extract<ArtifactName, `${C}_notes.json`>;
}
