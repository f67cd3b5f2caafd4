import type { Limits } from "../domain/config.ts";
import { type Effect, type Measurable, type Measure, measure, refusalMessage } from "../domain/limits.ts";
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
