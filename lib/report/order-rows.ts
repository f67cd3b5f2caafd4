import { LEVELS } from "../domain/support-level.ts";
import { HARMS, type Row } from "./model.ts";

/** Sorts rows by what they mean to the customer: harm, then the level, the revenue and the seats; the same in every locale. Pure. */
export function byHarm(rows: readonly Row[]): Row[] {
  const ranked = rows.map((row) => ({
    row,
    harm: HARMS.indexOf(row.harm),
    level: rankOf(row.weight.level),
    name: row.name.toLowerCase(),
  }));
  ranked.sort(
    (one, other) =>
      one.harm - other.harm ||
      one.level - other.level ||
      other.row.weight.arr - one.row.weight.arr ||
      other.row.weight.seats - one.row.weight.seats ||
      byText(one.name, other.name) ||
      byText(idsOf(one.row), idsOf(other.row)),
  );
  return ranked.map(({ row }) => row);
}

/** The highest level first, and what gives no support last. */
function rankOf(level: string | null): number {
  const rank = (LEVELS as readonly (string | null)[]).indexOf(level);
  return rank === -1 ? LEVELS.length : rank;
}

function idsOf({ comparison, salesforce_id, id, effect, reason }: Row): string {
  return `${comparison} ${salesforce_id} ${id} ${effect} ${reason?.code ?? ""}`;
}

function byText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
