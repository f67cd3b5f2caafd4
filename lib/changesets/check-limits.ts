import { type Comparison, contactsFile } from "../domain/comparisons.ts";
import type { Limits } from "../domain/config.ts";
import { type Unconfirmed, unconfirmedOf, unconfirmedReasons } from "../domain/confirmed-counts.ts";
import { type Allowances, EFFECTS, limitReasons, type Measurable, type Measure, measure } from "../domain/limits.ts";
import type { Reason } from "../domain/reason.ts";
import type { ChangesetManifest } from "../storage/artifacts/manifest.ts";
import type { LimitInputs } from "./constraints.ts";

/** A comparison held against its limits (S2), and against what a person confirmed (decisions/0011). */
export interface LimitCheck {
  measures: Measure[];
  /** Effects that exceed the confirmed counts; absent if none does. */
  unconfirmed?: Unconfirmed[];
  /** Why nothing may be written; absent where nothing stands against it. */
  refused?: readonly Reason[];
}

/**
 * Measures a changeset against the limits and the confirmed counts. `allow` replaces single limits for this run; `at-most` comes on
 * top of them, and lifts none. Pure.
 */
export function checkLimits(
  comparison: Comparison,
  changeset: Measurable & { contacts?: readonly unknown[] },
  limits: Limits,
  { allow, "at-most": atMost }: LimitInputs,
): LimitCheck {
  const measures = measure(changeset, limits, allow);
  const { creates, updates, marks, contacts = [] } = changeset;
  const planned = {
    creates: creates.length,
    updates: updates.length,
    marks: marks.length,
    contacts: contactsFile(comparison) ? contacts.length : 0,
  };
  const unconfirmed = unconfirmedOf({ name: comparison, planned, measures }, atMost);
  const refused = [...limitReasons(comparison, measures), ...unconfirmedReasons(comparison, unconfirmed)];
  return {
    measures,
    ...(unconfirmed.length > 0 ? { unconfirmed } : {}),
    ...(refused.length > 0 ? { refused } : {}),
  };
}

/**
 * Why change files stay refused that a comparison refused (S2): the verdict in their manifest stands, whatever the limits are by
 * now, until each exceeded effect is allowed, and until somebody confirms counts again. Empty where it stands in no way. Pure.
 */
export function priorRefusals(
  comparison: Comparison,
  manifest: ChangesetManifest | null,
  { allow, "at-most": atMost }: LimitInputs,
): Reason[] {
  const exceeded = priorMeasures(manifest, allow);
  // Counts confirmed now are held against the change files themselves; without any, nobody has said yes to these.
  const unconfirmed = atMost === null ? (manifest?.unconfirmed ?? []) : [];
  return [...limitReasons(comparison, exceeded), ...unconfirmedReasons(comparison, unconfirmed)];
}

/** The measures of a manifest that were over a limit and are not allowed by now. */
function priorMeasures(manifest: ChangesetManifest | null, allow: Allowances): Measure[] {
  return EFFECTS.flatMap((effect): Measure[] => {
    const found = manifest?.limits.find((one) => one.effect === effect && one.exceeded);
    if (!found || (allow[effect] ?? -1) >= found.count) return [];
    return [{ ...found, effect, limitText: String(found.limit ?? "none") }];
  });
}
