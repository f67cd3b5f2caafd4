import type { ChangesetManifest } from "../artifacts/manifest.ts";
import type { Limits } from "../domain/config.ts";
import { type Allowances, EFFECTS, type Measurable, type Measure, measure, refusalMessage } from "../domain/limits.ts";
import { type Unconfirmed, unconfirmedMessage, unconfirmedOf } from "../runs/confirmed-counts.ts";
import { COMPARISON, type Comparison, contactsFile } from "./comparison.ts";
import type { JudgingInputs } from "./terms.ts";

/** A comparison held against its limits (S2), and against what a person confirmed (decisions/0011). */
export interface Judgement {
  measures: Measure[];
  /** What there is more of than was confirmed; absent where nothing is. */
  unconfirmed?: Unconfirmed[];
  /** Why nothing may be written, with the way out; absent where nothing stands against it. */
  refused?: string;
}

/**
 * Measures a changeset against the limits and the confirmed counts. `allow` replaces single limits for this run; `at-most` comes on
 * top of them, and lifts none. Pure.
 */
export function judge(
  comparison: Comparison,
  changeset: Measurable & { contacts?: readonly unknown[] },
  limits: Limits,
  { allow, "at-most": atMost }: JudgingInputs,
): Judgement {
  const measures = measure(changeset, limits, allow);
  const { creates, updates, marks, contacts = [] } = changeset;
  const planned = {
    creates: creates.length,
    updates: updates.length,
    marks: marks.length,
    contacts: contactsFile(comparison) ? contacts.length : 0,
  };
  const unconfirmed = unconfirmedOf({ name: comparison, planned, measures }, atMost);
  const refusals = [
    ...(measures.some((one) => one.exceeded) ? [refusalMessage(measures, COMPARISON[comparison].records)] : []),
    ...(unconfirmed.length > 0 ? [unconfirmedMessage(comparison, unconfirmed)] : []),
  ];
  return {
    measures,
    ...(unconfirmed.length > 0 ? { unconfirmed } : {}),
    ...(refusals.length > 0 ? { refused: refusals.join("\n") } : {}),
  };
}

/**
 * Why change files stay refused that a comparison refused (S2): the verdict in their manifest stands, whatever the limits are by
 * now, until each exceeded effect is allowed, and until somebody confirms counts again. Undefined where it stands in no way. Pure.
 */
export function standingRefusal(
  comparison: Comparison,
  manifest: ChangesetManifest | null,
  { allow, "at-most": atMost }: JudgingInputs,
): string | undefined {
  const exceeded = standingMeasures(manifest, allow);
  // Counts confirmed now are held against the change files themselves; without any, nobody has said yes to these.
  const unconfirmed = atMost === null ? (manifest?.unconfirmed ?? []) : [];
  const refusals = [
    ...(exceeded.length > 0 ? [refusalMessage(exceeded, COMPARISON[comparison].records)] : []),
    ...(unconfirmed.length > 0 ? [unconfirmedMessage(comparison, unconfirmed)] : []),
  ];
  return refusals.length > 0 ? refusals.join("\n") : undefined;
}

/** The measures of a manifest that were over a limit and are not allowed by now. */
function standingMeasures(manifest: ChangesetManifest | null, allow: Allowances): Measure[] {
  return EFFECTS.flatMap((effect): Measure[] => {
    const found = manifest?.limits.find((one) => one.effect === effect && one.exceeded);
    if (!found || (allow[effect] ?? -1) >= found.count) return [];
    return [{ ...found, effect, limitText: String(found.limit ?? "none") }];
  });
}
