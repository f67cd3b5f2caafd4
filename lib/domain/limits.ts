import type { Changeset, Update } from "./changeset.ts";
import type { UserChangeset } from "./compare-users.ts";
import type { Comparison } from "./comparisons.ts";
import type { Limits } from "./config.ts";
import { type ReasonOf, reason } from "./reason.ts";
import { toId18 } from "./salesforce-id.ts";
import { isDowngrade } from "./support-level.ts";
import type { UserUpdate } from "./user.ts";
import { comparableValue } from "./value-equality.ts";

/** Effects that are measured before the first write (S2). The names are those of the config and of `--allow`. */
export const EFFECTS = ["holds", "creates", "marks", "updates", "downgrades", "contacts", "marked_total"] as const;
export type Effect = (typeof EFFECTS)[number];

/** Names that `--allow` accepts for one run: an effect beyond its limit, or marks that are never made unless they are allowed (C9). */
export const ALLOWABLE = [...EFFECTS, "merged_marks"] as const;
export type Allowable = (typeof ALLOWABLE)[number];

/** Limits replaced for one run: at most so many, whatever the config says (`--allow marks=120`). */
export type Allowances = Readonly<Partial<Record<Allowable, number>>>;

/** The parts of a changeset that limits are measured on, for users and organizations alike. */
export interface Measurable
  extends Pick<Changeset | UserChangeset, "creates" | "updates" | "marks" | "existing" | "marked"> {
  /** People to be created or put into organizations; not into those that a first fill created (recent-organizations.ts). */
  people: number;
}

/** One effect of a changeset, measured (S2). */
export interface Measure {
  effect: Effect;
  /** Number of records with the effect. */
  count: number;
  /** Existing records of the comparison. */
  of: number;
  /** The count that is still within the limit; null where none applies. */
  limit: number | null;
  /** The limit as a person wrote it: `5% (40)`, `200`, `none`. */
  limitText: string;
  /** Set only if the limit is a share of the existing records. */
  percent?: number;
  exceeded: boolean;
  /** The number given with `--allow`, where it raised the limit. */
  allowed?: number;
}

/**
 * Measures a changeset against the limits (S2); an allowance raises a limit, and never lowers one: it is for every comparison of a run. A record counts once for every effect it has.
 * Users have no support level, so their downgrades are always 0.
 */
export function measure(changeset: Measurable, limits: Limits, allow: Allowances = {}): Measure[] {
  const counts = countEffects(changeset);
  return EFFECTS.map((effect) => {
    const count = counts[effect];
    const usual = limitOf(effect, limits, changeset.existing);
    const allowed = allow[effect];
    const raised = allowed !== undefined && usual.limit !== null && allowed > usual.limit;
    const { limit, limitText, percent } = raised
      ? { limit: allowed, limitText: `${allowed} (--allow)`, percent: undefined }
      : { percent: undefined, ...usual };
    // Marks of earlier runs alone must not stop a run that marks nothing: refusing it would protect nobody.
    const applies = effect !== "marked_total" || counts.marks > 0;
    const exceeded = applies && limit !== null && count > limit;
    return {
      effect,
      count,
      of: changeset.existing,
      limit,
      limitText,
      ...(percent === undefined ? {} : { percent }),
      exceeded,
      ...(raised && { allowed }),
    };
  });
}

/** Why nothing is written where measures are exceeded (S2): a reason for each. Pure. */
export function limitReasons(comparison: Comparison, measures: readonly Measure[]): ReasonOf<"limit.exceeded">[] {
  return measures.flatMap(({ effect, count, of, limit, percent = null, exceeded, allowed }) =>
    exceeded && limit !== null
      ? [
          reason("limit.exceeded", {
            comparison,
            effect,
            count,
            existing: of,
            limit,
            percent,
            raised: allowed !== undefined,
          }),
        ]
      : [],
  );
}

function countEffects({ creates, updates, marks, marked, people }: Measurable): Record<Effect, number> {
  const counted = [...updates].filter((update) => !isRewrittenId(update));
  // No comparison marks by an update; one that does all the same is counted as what it is.
  const marking = marks.length + counted.filter(isMarking).length;
  return {
    holds: counted.filter(putsOnHold).length,
    creates: creates.length,
    marks: marking,
    updates: counted.length,
    downgrades: counted.filter(losesSupport).length,
    contacts: people,
    marked_total: marked + marking,
  };
}

/** The limit that holds for an effect: the lower one of percentage and maximum, of those that apply. */
function limitOf(effect: Effect, limits: Limits, existing: number): Pick<Measure, "limit" | "limitText" | "percent"> {
  const enough = existing >= limits.minimum_existing;
  if (effect === "creates" || effect === "contacts") {
    if (enough) return { limit: limits[effect], limitText: String(limits[effect]) };
    return { limit: null, limitText: `none below ${limits.minimum_existing} existing records` };
  }
  const { percent, max }: { percent: number; max?: number } = limits[effect];
  const share = enough ? shareOf(percent, existing) : null;
  if (share !== null && (max === undefined || share <= max))
    return { limit: share, limitText: `${percent}% (${share})`, percent };
  if (max !== undefined) return { limit: max, limitText: String(max) };
  return { limit: null, limitText: `none below ${limits.minimum_existing} existing records` };
}

/** The greatest whole number that is not more than so many percent. The small addition takes back what binary fractions lose. */
function shareOf(percent: number, existing: number): number {
  return Math.floor((existing * percent) / 100 + 1e-9);
}

/** True if an update only rewrites a 15-character id as the same account's 18 characters: it counts towards no limit (G5). */
function isRewrittenId({ before, change }: Update | UserUpdate): boolean {
  const [from, to] = [fieldsOf(before), fieldsOf(change)];
  if (Object.keys(change).length !== 1 || Object.keys(to).length !== 1 || to.salesforce_id === undefined) return false;
  return toId18(String(from.salesforce_id)) === toId18(String(to.salesforce_id));
}

/** True if an update takes support away at once (S2): Zendesk rejects every ticket of an organization on hold or restricted. */
export function putsOnHold({ before, change }: Update | UserUpdate): boolean {
  const [from, to] = [fieldsOf(before), fieldsOf(change)];
  return HOLDS.some(
    (key) => comparableValue("checkbox", to[key]) === true && comparableValue("checkbox", from[key]) !== true,
  );
}

/** Checkboxes that keep an organization from support. */
const HOLDS = ["support_hold", "restricted_account"] as const;

function isMarking({ change }: Update | UserUpdate): boolean {
  const value = "mark_for_deletion" in change ? change.mark_for_deletion : fieldsOf(change).mark_for_deletion;
  return comparableValue("checkbox", value) === true;
}

/** True if an update takes support away (S2): a lower support level that is not empty, or no emergency support any more. */
function losesSupport({ before, change }: Update | UserUpdate): boolean {
  const [from, to] = [fieldsOf(before), fieldsOf(change)];
  if (isDowngrade(levelOf(from), levelOf(to))) return true;
  const emergency = (fields: Fields) => comparableValue("checkbox", fields.emergency_support_24x7);
  return "emergency_support_24x7" in to && emergency(from) === true && emergency(to) === false;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(difference: Update["change"] | UserUpdate["change"]): Fields {
  return ("organization_fields" in difference && difference.organization_fields) || {};
}

function levelOf(fields: Fields): string | null {
  const level = comparableValue("dropdown", fields.support_level);
  return level === null ? null : String(level);
}
