import type { PageIndex } from "../../lib/report/page/format.ts";

/** Searchable text of each record: name, ids and domains, normalized once for comparison. */
export type Haystack = readonly string[];

export function haystackOf({ names, salesforceIds, ids, domains }: PageIndex): Haystack {
  return names.map((name, at) =>
    comparable(`${name} ${salesforceIds[at] ?? ""} ${ids[at] ?? ""} ${domains.values[domains.at[at] ?? 0] ?? ""}`),
  );
}

/** A text in which case, accents and the width of characters do not matter. */
export function comparable(text: string): string {
  // Most names are plain ASCII, and there are tens of thousands.
  return isAscii(text)
    ? text.toLowerCase()
    : text
        .normalize("NFKD")
        .replace(/\p{M}+|(?![\u200c\u200d])\p{Cf}/gu, "")
        .toLowerCase();
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 126) return false;
  return true;
}

/** The words of a query: a record matches that has all of them. */
export function wordsOf(query: string): string[] {
  return comparable(query).split(/\s+/).filter(Boolean);
}
