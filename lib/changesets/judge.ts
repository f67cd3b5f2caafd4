import type { ChangesetManifest } from "../artifacts/manifest.ts";
import type { Limits } from "../domain/config.ts";
import { EFFECTS, type Effect, type Measurable, type Measure, measure, refusalMessage } from "../domain/limits.ts";
import { COMPARISON, type Comparison } from "./comparison.ts";

/** A comparison held against its limits (S2). */
export interface Judgement {
  measures: Measure[];
  /** Why nothing may be written, with the way out; undefined where all is within limits. */
  refused?: string;
}

/** Measures a changeset against the limits; `allow` replaces single ones for this run. Pure. */
export function judge(
  comparison: Comparison,
  changeset: Measurable,
  limits: Limits,
  allow: Partial<Record<Effect, number>>,
): Judgement {
  const measures = measure(changeset, limits, allow);
  if (!measures.some((one) => one.exceeded)) return { measures };
  return { measures, refused: refusalMessage(measures, COMPARISON[comparison].records) };
}

/**
 * Why change files stay refused that a comparison found over a limit (S2): the verdict in their manifest stands, whatever the limits
 * are by now, until each exceeded effect is allowed. Undefined where it stands in no way. Pure.
 */
export function standingRefusal(
  comparison: Comparison,
  manifest: ChangesetManifest | null,
  allow: Partial<Record<Effect, number>>,
): string | undefined {
  const exceeded = EFFECTS.flatMap((effect): Measure[] => {
    const found = manifest?.limits.find((one) => one.effect === effect && one.exceeded);
    if (!found || (allow[effect] ?? -1) >= found.count) return [];
    return [{ ...found, effect, limitText: String(found.limit ?? "none") }];
  });
  return exceeded.length > 0 ? refusalMessage(exceeded, COMPARISON[comparison].records) : undefined;
}
