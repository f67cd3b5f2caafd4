import type { Reason } from "../../../lib/domain/reason.ts";
import type { RowOutcome } from "../../../lib/remotes/zendesk/ports.ts";
import type { RowKind } from "../../../lib/sync/apply-rows.ts";

/** A row of the fake kind: an id and what is written. */
export interface FakeRow {
  id: number;
  value: string;
}

/** Rows with ids from 1. */
export function fakeRows(count: number): FakeRow[] {
  return Array.from({ length: count }, (_, index) => ({ id: index + 1, value: "v" }));
}

/** A kind of row whose remote does what a test says; every call is kept. */
export class FakeKind implements RowKind<FakeRow> {
  /** `send 1,2`, `resend 2`, `lookUp 2`, `readBack 1`: the method and the ids it was given. */
  readonly calls: string[] = [];
  /** Outcomes of a row's sendings, in order; after the last, and by default, it is applied. */
  outcomes: Record<number, RowOutcome[]> = {};
  /** Rows that the remote turns out to have when it is asked. */
  found = new Set<number>();
  /** Rows that it has from the second sending on: what the first one did came late. */
  foundLate = new Set<number>();
  /** Rows that must not be sent. */
  verdicts: Awaited<ReturnType<RowKind<FakeRow>["precheck"]>> = new Map();
  /** Rows of which something did not stick. */
  lost: Record<number, Reason> = {};
  /** Another form for refused rows. */
  retries: Record<number, Awaited<ReturnType<NonNullable<RowKind<FakeRow>["withoutRefused"]>>>> = {};
  /** Methods that throw. */
  fails: Record<string, Error> = {};
  /** Waits for room; absent: there always is. */
  room?: () => Promise<() => void>;

  describe({ id, value }: FakeRow) {
    return { effect: "update" as const, salesforce_id: `A${id}`, id, before: {}, after: { value } };
  }

  async precheck(rows: readonly FakeRow[]) {
    this.note("precheck", rows);
    return this.verdicts;
  }

  async send(rows: readonly FakeRow[]): Promise<RowOutcome[]> {
    return this.write("send", rows);
  }

  async resend(rows: readonly FakeRow[]): Promise<RowOutcome[]> {
    for (const id of this.foundLate) this.found.add(id);
    return this.write("resend", rows);
  }

  async lookUp(rows: readonly FakeRow[]): Promise<Map<FakeRow, number>> {
    this.note("lookUp", rows);
    return new Map(rows.filter(({ id }) => this.found.has(id)).map((row) => [row, row.id]));
  }

  async withoutRefused({ id }: FakeRow) {
    return this.retries[id];
  }

  async readBack(rows: ReadonlyMap<FakeRow, number>): Promise<Map<FakeRow, Reason>> {
    this.note("readBack", [...rows.keys()]);
    return new Map(
      [...rows.keys()].flatMap((row): [FakeRow, Reason][] => {
        const lost = this.lost[row.id];
        return lost ? [[row, lost]] : [];
      }),
    );
  }

  private write(method: string, rows: readonly FakeRow[]): RowOutcome[] {
    this.note(method, rows);
    return rows.map(({ id }) => this.outcomes[id]?.shift() ?? { is: "applied", id });
  }

  private note(method: string, rows: readonly FakeRow[]): void {
    this.calls.push(`${method} ${rows.map(({ id }) => id).join(",")}`);
    const error = this.fails[method];
    if (error) throw error;
  }
}
