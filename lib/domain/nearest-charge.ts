import { distance } from "fastest-levenshtein";

/** How much of a name may differ from one that is near: a part of its length, and at least one letter. */
const NEAR = 0.15;
/** Longer names are compared with nothing: no charge is called so. */
const LONGEST = 200;

/**
 * The known charge name that an unknown one was probably meant to be, or null where none is near. Capitals, blanks and kinds of dashes are
 * not looked at; of several that are as near, the first by code unit. A proposal for people: nothing is ever decided by it. Pure.
 */
export function nearestCharge(name: string, known: Iterable<string>): string | null {
  if (name.length > LONGEST) return null;
  const wanted = plain(name);
  let nearest: { name: string; distance: number } | null = null;
  for (const one of [...known].sort()) {
    const other = plain(one);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, other.length) * NEAR));
    const far = distance(wanted, other);
    if (far <= allowed && far < (nearest?.distance ?? Number.POSITIVE_INFINITY)) nearest = { name: one, distance: far };
  }
  return nearest?.name ?? null;
}

/** A name without what people spell differently: `SaaS – Premium - 1 Year` and `saas-premium-1 year` are alike. */
function plain(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Pd}_\s]+/gu, " ")
    .trim();
}
