/**
 * Accounts whose ids are at least `from` and less than `to`; null: no bound. The ranges of one list tile: each begins where the one before
 * ends, the first has no lower bound, the last no upper one. Whatever order Salesforce compares ids in, no id is outside of all of them:
 * take the last range whose `from` is not greater than the id, then the id is less than its `to`.
 */
export interface IdRange {
  from: string | null;
  to: string | null;
  /** Rows that are expected of it. */
  rows: number;
}

/**
 * Cuts accounts, ascending by id, into ranges of at most `perRange` rows, as long as no single account has more. Pure.
 *
 * @param rowsOf what an account counts for
 */
export function idRanges<T extends { id: string }>(
  accounts: readonly T[],
  perRange: number,
  rowsOf: (account: T) => number,
): IdRange[] {
  const ranges: IdRange[] = [];
  let range: IdRange = { from: null, to: null, rows: 0 };
  for (const account of accounts) {
    const rows = rowsOf(account);
    if (range.rows > 0 && range.rows + rows > perRange) {
      ranges.push({ ...range, to: account.id });
      range = { from: account.id, to: null, rows: 0 };
    }
    range.rows += rows;
  }
  return [...ranges, range];
}

/** True if an id is in a range, compared by code unit: digits, capitals, lower-case letters, the order in which Salesforce counts. */
export function isInRange(id: string, { from, to }: IdRange): boolean {
  return (from === null || id >= from) && (to === null || id < to);
}
