import { distance } from "fastest-levenshtein";

/** Share of the letters in differing words that may be wrong; at least one letter always may. */
const NEAR = 1 / 3;
/** Shorter words carry a meaning rather than a misspelling: `US`, `II`, `B`. */
const SHORTEST_WORD = 4;
/** Longer names are compared with nothing: no charge is called so. */
const LONGEST = 200;

/**
 * Finds the known charge name that an unknown one is a misspelling of, or null where it is none. Capitals, blanks and kinds of dashes
 * are not looked at; of several that are as near, the first by code unit. A name with another number, term or plan, or with a word more
 * or less, is another product and no misspelling: whoever "corrected" it in Salesforce would give a customer what they did not buy.
 * A proposal for people: nothing is ever decided by it. Pure.
 */
export function nearestCharge(known: Iterable<string>): (name: string) => string | null {
  // Mostly nobody asks.
  let names: ComparableNames | null = null;
  return (name) => {
    if (name.length > LONGEST) return null;
    names ??= comparable(known);
    const { candidates, knownWords } = names;
    const wanted = partsOf(name);
    if (wanted.words.length === 0) return null;
    let nearest: { name: string; far: number } | null = null;
    for (const candidate of candidates) {
      if (candidate.numbers !== wanted.numbers) continue;
      const far = misspelling(wanted.words, candidate.words, knownWords);
      if (far !== null && far < (nearest?.far ?? Number.POSITIVE_INFINITY)) nearest = { name: candidate.name, far };
    }
    return nearest?.name ?? null;
  };
}

interface ComparableNames {
  candidates: readonly { name: string; numbers: string; words: string[] }[];
  /** All words of all of them. */
  knownWords: ReadonlySet<string>;
}

function comparable(known: Iterable<string>): ComparableNames {
  const candidates = [...known].sort().map((name) => ({ name, ...partsOf(name) }));
  return { candidates, knownWords: new Set(candidates.flatMap(({ words }) => words)) };
}

/** Number of wrong letters if some words are a misspelling of others; null if they mean something else. */
function misspelling(
  wanted: readonly string[],
  candidate: readonly string[],
  knownWords: ReadonlySet<string>,
): number | null {
  const [mine, theirs] = [without(wanted, candidate), without(candidate, wanted)];
  if (mine.length === 0 && theirs.length === 0) return 0;
  // A word that other names have is spelt as it was meant: "Ultimate" is no misspelt "Premium".
  if (mine.some((word) => knownWords.has(word))) return null;
  const [text, other] = [mine.join(""), theirs.join("")];
  if (Math.min(text.length, other.length) < SHORTEST_WORD) return null;
  const allowed = Math.max(1, Math.floor(Math.max(text.length, other.length) * NEAR));
  if (Math.abs(text.length - other.length) > allowed) return null;
  const far = distance(text, other);
  return far <= allowed ? far : null;
}

/** The words of one list that the other has not, each as often as it has it less; in their order. */
function without(words: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return words.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A name without what people spell differently: `SaaS – Premium - 1 Year` and `saas-premium-1 year` have the same parts. */
function partsOf(name: string): { numbers: string; words: string[] } {
  const plain = name.normalize("NFKC").toLowerCase();
  return {
    numbers: (plain.match(/\p{N}+/gu) ?? []).join(" "),
    words: plain.match(/[\p{L}\p{M}]+/gu) ?? [],
  };
}
