import { distance } from "fastest-levenshtein";

/** How much of a name may differ from one that is near: a part of its length, and at least one letter. */
const NEAR = 0.15;
/** Longer names are compared with nothing: no charge is called so. */
const LONGEST = 200;

/**
 * Finds the known charge name that an unknown one was probably meant to be, or null where none is near. Capitals, blanks and kinds of dashes
 * are not looked at; of several that are as near, the first by code unit. A proposal for people: nothing is ever decided by it. Pure.
 */
export function nearestCharge(known: Iterable<string>): (name: string) => string | null {
  // Mostly nobody asks.
  let candidates: readonly { name: string; text: string }[] | null = null;
  return (name) => {
    if (name.length > LONGEST) return null;
    candidates ??= [...known].sort().map((one) => ({ name: one, text: plain(one) }));
    const wanted = plain(name);
    let nearest: { name: string; far: number } | null = null;
    for (const { name: candidate, text } of candidates) {
      const allowed = Math.max(1, Math.floor(Math.max(wanted.length, text.length) * NEAR));
      const most = Math.min(allowed, (nearest?.far ?? allowed + 1) - 1);
      // So many letters more cannot be as near: most candidates are ruled out by that.
      if (Math.abs(wanted.length - text.length) > most) continue;
      const far = distance(wanted, text);
      if (far <= most) nearest = { name: candidate, far };
    }
    return nearest?.name ?? null;
  };
}

/** A name without what people spell differently: `SaaS – Premium - 1 Year` and `saas-premium-1 year` are alike. */
function plain(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Pd}_\s]+/gu, " ")
    .trim();
}
