import { COMPARISONS, type Comparison } from "./comparisons.ts";
import { type ReasonOf, reason } from "./reason.ts";

/** Effects of a comparison that a person confirms: changes of organizations or users, the downgrades among them, and contacts. */
export const CONFIRMED_EFFECTS = ["creates", "updates", "marks", "downgrades", "contacts"] as const;
export type ConfirmedEffect = (typeof CONFIRMED_EFFECTS)[number];

/** Those that version 0.1.0 knew. Later ones are named only where there are any: that version then reads the text, too. */
const FIRST_EFFECTS: readonly ConfirmedEffect[] = ["creates", "updates", "marks", "downgrades"];

/**
 * The counts that a person saw and confirmed, by comparison and effect: maxima for the run that follows. What is not named may
 * not happen at all. As text (`--at-most`): `global.creates=3 global.updates=12 usgov_user.creates=1`.
 */
export type ConfirmedCounts = Partial<Record<Comparison, Partial<Record<ConfirmedEffect, number>>>>;

/** Changes of one comparison, or of several together. */
export type EffectCounts = Record<ConfirmedEffect, number>;

/** An effect that there is more of than was confirmed. */
export interface Unconfirmed {
  effect: ConfirmedEffect;
  count: number;
  confirmed: number;
}

/** One entry of the text (RE2, not anchored): a comparison, an effect, and the most that there may be of it. */
export const CONFIRMED_ENTRY = `(?:${COMPARISONS.join("|")})\\.(?:${CONFIRMED_EFFECTS.join("|")})=\\d{1,7}`;

/** So many entries name every effect of every comparison. */
export const MAX_CONFIRMED_ENTRIES = COMPARISONS.length * CONFIRMED_EFFECTS.length;

const ENTRY = new RegExp(`^${CONFIRMED_ENTRY}$`);
const ONE_ENTRY = /^(\w+)\.(\w+)=(\d+)$/;

/**
 * Reads entries separated by spaces or commas; null where there is none: then there is no such bound. Of an entry given twice the
 * lower number holds. Throws `RangeError` naming the entry that is none.
 */
export function parseConfirmedCounts(text: string): ConfirmedCounts | null {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== "");
  const counts: ConfirmedCounts = {};
  for (const entry of entries) {
    if (!ENTRY.test(entry)) throw new RangeError(`not COMPARISON.EFFECT=N: ${entry.slice(0, 60)}`);
    const [, comparison, effect, number] = ONE_ENTRY.exec(entry) ?? [];
    const ofComparison = counts[comparison as Comparison] ?? {};
    const known = ofComparison[effect as ConfirmedEffect] ?? Number.POSITIVE_INFINITY;
    ofComparison[effect as ConfirmedEffect] = Math.min(known, Number(number));
    counts[comparison as Comparison] = ofComparison;
  }
  return entries.length > 0 ? counts : null;
}

/**
 * The text of confirmed counts, in a fixed order. Never empty, which would mean no bound at all: where nothing is named, it says
 * that the first effect may happen 0 times, and with it all others.
 */
export function formatConfirmedCounts(counts: ConfirmedCounts): string {
  const entries = COMPARISONS.flatMap((comparison) =>
    CONFIRMED_EFFECTS.flatMap((effect) => {
      const count = counts[comparison]?.[effect];
      return count === undefined || (count === 0 && !FIRST_EFFECTS.includes(effect))
        ? []
        : [`${comparison}.${effect}=${count}`];
    }),
  );
  return entries.length > 0 ? entries.join(" ") : `${COMPARISONS[0]}.${CONFIRMED_EFFECTS[0]}=0`;
}

/** Number of planned records of each kind in a comparison; contacts are counted in addition to its own records (C10). */
export interface PlannedCounts {
  creates: number;
  updates: number;
  marks: number;
  contacts: number;
}

/** A comparison as a report or a run record tells it: what is planned, and how many downgrades the limits measured. */
export interface CountedComparison {
  name: Comparison;
  planned: PlannedCounts;
  measures: readonly { effect: string; count: number }[];
}

/** Returns the counts that a person confirms after a dry run: every effect of its comparisons, including zeros. */
export function countsToConfirm(comparisons: readonly CountedComparison[]): ConfirmedCounts {
  return Object.fromEntries(comparisons.map((comparison) => [comparison.name, effectCounts(comparison)]));
}

/** Returns the effects that exceed the confirmed counts; empty if all are within them, or if nobody confirmed any (null). Pure. */
export function unconfirmedOf(comparison: CountedComparison, atMost: ConfirmedCounts | null): Unconfirmed[] {
  if (atMost === null) return [];
  const counts = effectCounts(comparison);
  return CONFIRMED_EFFECTS.flatMap((effect) => {
    const confirmed = atMost[comparison.name]?.[effect] ?? 0;
    return counts[effect] > confirmed ? [{ effect, count: counts[effect], confirmed }] : [];
  });
}

/** Why nothing is written although the limits may allow it: a reason for each effect that is unconfirmed. Pure. */
export function unconfirmedReasons(
  comparison: Comparison,
  unconfirmed: readonly Unconfirmed[],
): ReasonOf<"count.unconfirmed">[] {
  return unconfirmed.map(({ effect, count, confirmed }) =>
    reason("count.unconfirmed", { comparison, effect, count, confirmed }),
  );
}

/** The changes of one comparison that a person confirms. */
export function effectCounts({ planned, measures }: Omit<CountedComparison, "name">): EffectCounts {
  const downgrades = measures.find(({ effect }) => effect === "downgrades")?.count ?? 0;
  return { ...planned, downgrades };
}
