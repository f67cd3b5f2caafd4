import pLimit from "p-limit";
import { type Reason, reason } from "../domain/reason.ts";
import { messageOf, StoppedError } from "../errors.ts";
import type { RowOutcome } from "../remotes/zendesk/ports.ts";
import type { Result } from "../storage/artifacts/results.ts";

/** Refused rows that are looked at again at once. */
const REFUSED_AT_ONCE = 8;

/** The operations for writing one kind of row; everything specific to an effect is here. */
export interface RowKind<Row> {
  /** The row's entry in the results file before anything is known about its outcome. */
  describe(row: Row): Pick<Result, "effect" | "salesforce_id" | "id" | "before" | "after">;
  /** Waits until rows that are looked at now could be sent soon; answers what to call right before they are. */
  room?(): Promise<() => void>;
  /** Looks at the remote right before writing (S4, S5): the rows that must not be sent, each with what to say of it. */
  precheck(rows: readonly Row[]): Promise<Map<Row, Verdict>>;
  /** Sends up to a hundred rows. */
  send(rows: readonly Row[]): Promise<RowOutcome[]>;
  /** Sends rows again that failed for a passing reason, or whose first sending is known to have had no effect. */
  resend(rows: readonly Row[]): Promise<RowOutcome[]>;
  /** Finds out what became of rows whose outcome is unknown (S5): the ids of those that were applied. */
  lookUp(rows: readonly Row[]): Promise<Map<Row, number>>;
  /** Another way to write a refused row, such as without its name (Y5); undefined: the refusal stands. */
  withoutRefused?(row: Row, outcome: Extract<RowOutcome, { is: "refused" }>): Promise<Retry<Row> | undefined>;
  /** Reads back what was written (Y6): the rows where something did not stick, with the reason. */
  readBack(rows: ReadonlyMap<Row, number>): Promise<Map<Row, Reason>>;
}

/** The final word on a row, with the record's id where it is known. */
export interface Verdict {
  outcome: Result["outcome"];
  reason: Reason | null;
  id?: number;
}

/**
 * A refused row in a form that may pass: with the reason that then stands beside `applied`. `row` undefined: nothing is left to
 * send; `id`: the record that is there instead, where it is the wanted one.
 */
export interface Retry<Row> {
  row: Row | undefined;
  reason: Reason;
  id?: number;
}

/** The promise to wait for before rows are first sent, and the callbacks for before and after sending. */
export interface Sending {
  /** Resolves once rows that were looked at may be sent. */
  before: Promise<unknown>;
  /** Called right before the sending. */
  looked(): void;
  /** Called once the rows are handed over to be sent, in the same turn. */
  sent(): void;
}

/**
 * Writes up to a hundred rows of one kind and accounts for every one of them (S6): checked right before, sent, looked up where
 * the outcome is unknown, sent once more where that is safe, read back. Answers one result per row, in order.
 */
export async function applyRows<Row extends object>(
  rows: readonly Row[],
  kind: RowKind<Row>,
  { before, looked, sent }: Sending = { before: Promise.resolve(), looked: () => {}, sent: () => {} },
): Promise<{ row: Row; result: Result }[]> {
  const verdicts = await kind.precheck(rows);
  const toSend = rows.filter((row) => !verdicts.has(row));
  await before;
  looked();
  const sending = sendAndLookUp(toSend, "send", kind);
  sent();
  const first = await sending;
  const outcomes = new Map(first);
  const again = toSend.filter((row) => mayBeSentAgain(first.get(row)));
  if (again.length > 0) {
    for (const [row, outcome] of await sendAndLookUp(again, "resend", kind)) outcomes.set(row, outcome);
    await lookUpLateOnes(again, first, outcomes, kind);
  }
  const changed = await sendWithoutRefused(toSend, outcomes, kind);
  // Refused, perhaps for what the first sending made, and not to be found: that nothing was written cannot be said.
  for (const row of again) {
    const unclear = first.get(row);
    if (unclear?.is === "unknown" && outcomes.get(row)?.is === "refused" && !changed.has(row))
      outcomes.set(row, unclear);
  }
  const sentAs = (row: Row) => changed.get(row)?.row ?? row;

  const applied = new Map<Row, number>();
  for (const row of toSend) {
    const outcome = outcomes.get(row);
    if (outcome?.is === "applied") applied.set(sentAs(row), outcome.id);
  }
  const lost = await readBack(applied, kind);
  for (const row of toSend) verdicts.set(row, verdictOf(outcomes.get(row), changed.get(row), lost.get(sentAs(row))));
  return rows.map((row) => ({ row, result: resultOf(kind.describe(sentAs(row)), verdicts.get(row)) }));
}

/** Results for rows that were never sent. */
export function skipRows<Row>(rows: readonly Row[], kind: Pick<RowKind<Row>, "describe">, why: Reason): Result[] {
  return rows.map((row) => resultOf(kind.describe(row), { outcome: "skipped", reason: why }));
}

/** Outcomes of rows; those of a second sending that a stop prevented are none: what the first one came to stands. */
async function sendAndLookUp<Row>(
  rows: readonly Row[],
  how: "send" | "resend",
  kind: RowKind<Row>,
): Promise<Map<Row, RowOutcome>> {
  const answers = rows.length > 0 ? await kind[how](rows).catch(how === "send" ? rethrown : notSent) : [];
  if (answers === null) return new Map();
  const outcomes = new Map(rows.map((row, index): [Row, RowOutcome] => [row, answers[index] ?? NO_OUTCOME]));
  const unknown = rows.filter((row) => outcomes.get(row)?.is === "unknown");
  if (unknown.length === 0) return outcomes;
  for (const [row, id] of await kind.lookUp(unknown)) outcomes.set(row, { is: "applied", id });
  return outcomes;
}

function rethrown(error: unknown): never {
  throw error;
}

function notSent(error: unknown): null {
  if (error instanceof StoppedError) return null;
  throw error;
}

/**
 * A first sending whose outcome was unknown may take effect only after it was looked up, so that the second one is refused for what the
 * first one made: that is ours, and not somebody else's. Notes it in `outcomes`.
 */
async function lookUpLateOnes<Row>(
  rows: readonly Row[],
  first: ReadonlyMap<Row, RowOutcome>,
  outcomes: Map<Row, RowOutcome>,
  kind: RowKind<Row>,
): Promise<void> {
  const late = rows.filter((row) => first.get(row)?.is === "unknown" && outcomes.get(row)?.is === "refused");
  if (late.length === 0) return;
  for (const [row, id] of await kind.lookUp(late)) outcomes.set(row, { is: "applied", id });
}

/** Reads written rows back. If that fails they are written all the same, but count as failed: nobody has seen them there. */
async function readBack<Row>(applied: ReadonlyMap<Row, number>, kind: RowKind<Row>): Promise<ReadonlyMap<Row, Reason>> {
  if (applied.size === 0) return new Map();
  try {
    return await kind.readBack(applied);
  } catch (error) {
    const why = reason("write.not_read_back", { message: messageOf(error) });
    return new Map([...applied.keys()].map((row) => [row, why]));
  }
}

/** An unknown row was looked up by then and not found: sending it again cannot make a second one (S5). */
function mayBeSentAgain(outcome: RowOutcome | undefined): boolean {
  return outcome?.is === "transient" || outcome?.is === "unknown";
}

/** Sends refused rows once more in another form where there is one; notes the new outcome in `outcomes`. */
async function sendWithoutRefused<Row extends object>(
  rows: readonly Row[],
  outcomes: Map<Row, RowOutcome>,
  kind: RowKind<Row>,
): Promise<Map<Row, Retry<Row>>> {
  const limit = pLimit(REFUSED_AT_ONCE);
  const found = await Promise.all(
    rows.flatMap((row) => {
      const outcome = outcomes.get(row);
      if (outcome?.is !== "refused") return [];
      return limit(async (): Promise<[Row, Retry<Row>][]> => {
        const retry = await kind.withoutRefused?.(row, outcome);
        return retry ? [[row, retry]] : [];
      });
    }),
  );
  const retries = new Map(found.flat());
  const sendable = [...retries].flatMap(([row, retry]) => (retry.row ? [{ row, retry: retry.row }] : []));
  if (sendable.length === 0) return retries;
  const answers = await sendAndLookUp(
    sendable.map(({ retry }) => retry),
    "resend",
    kind,
  );
  for (const { row, retry } of sendable) outcomes.set(row, answers.get(retry) ?? NOT_SENT);
  return retries;
}

const NO_OUTCOME: RowOutcome = { is: "unknown", reason: reason("write.without_outcome") };
const NOT_SENT: RowOutcome = { is: "transient", reason: reason("write.not_sent") };

function verdictOf<Row>(
  outcome: RowOutcome = NO_OUTCOME,
  retry: Retry<Row> | undefined,
  lost: Reason | undefined,
): Verdict {
  if (outcome.is === "applied")
    return lost
      ? { outcome: "failed", reason: lost, id: outcome.id }
      : { outcome: "applied", reason: retry?.reason ?? null, id: outcome.id };
  if (retry && !retry.row)
    return { outcome: "skipped", reason: retry.reason, ...(retry.id === undefined ? {} : { id: retry.id }) };
  return { outcome: "failed", reason: outcome.reason };
}

/** A row's result: what it is, and the last word on it. */
export function resultOf(
  described: ReturnType<RowKind<object>["describe"]>,
  verdict: Verdict = { outcome: "failed", reason: reason("write.unaccounted") },
): Result {
  return { ...described, id: verdict.id ?? described.id, outcome: verdict.outcome, reason: verdict.reason };
}
