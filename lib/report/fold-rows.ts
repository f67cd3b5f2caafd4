import type { FoldedMember, FoldedRows, Harm, Row } from "./model.ts";

/** So many rows that say the same are told once. */
const FOLDED_FROM = 20;
/** New customers are looked at one by one, unless it is a first fill. */
const CREATES_FOLDED_FROM = 200;

/** Whoever loses something is told by name, however many there are. */
const FOLDABLE: ReadonlySet<Harm> = new Set<Harm>(["skipped", "gains", "cosmetic"]);

/**
 * Takes rows that change the same fields, or were left as they are for the same reason, out of the others where there are many. The
 * order of the rows stays; groups stand in the order of their first rows. Pure.
 */
export function foldRows(rows: readonly Row[]): { rows: Row[]; folded: FoldedRows[] } {
  const groups = Map.groupBy(rows, (row) => (FOLDABLE.has(row.harm) ? foldKey(row) : null));
  const folded: FoldedRows[] = [];
  const taken = new Set<string>();
  for (const [key, members] of groups) {
    const [first] = members;
    if (key === null || !first || members.length < foldedFrom(first)) continue;
    taken.add(key);
    folded.push(foldedRows(first, members));
  }
  return { rows: rows.filter((row) => !FOLDABLE.has(row.harm) || !taken.has(foldKey(row))), folded };
}

function foldedFrom({ effect }: Row): number {
  return effect === "create" ? CREATES_FOLDED_FROM : FOLDED_FROM;
}

function foldKey({ comparison, effect, harm, outcome, changes, reason }: Row): string {
  return [comparison, effect, harm, outcome, reason?.code, ...changes.map(({ field }) => field)].join("|");
}

function foldedRows(first: Row, rows: readonly Row[]): FoldedRows {
  const { comparison, instance, effect, harm, outcome, changes, reason } = first;
  const sameChanges = rows.every((row) => isSame(row.changes, changes));
  const sameReason = rows.every((row) => isSame(row.reason, reason));
  return {
    comparison,
    instance,
    effect,
    harm,
    outcome,
    fields: changes.map(({ field }) => field),
    changes: sameChanges ? changes : [],
    code: reason?.code ?? null,
    reason: sameReason ? reason : null,
    count: rows.length,
    members: rows.map(
      (row): FoldedMember => ({
        salesforce_id: row.salesforce_id,
        id: row.id,
        name: row.name,
        ...(sameChanges ? {} : { changes: row.changes }),
        ...(sameReason ? {} : { reason: row.reason }),
      }),
    ),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
