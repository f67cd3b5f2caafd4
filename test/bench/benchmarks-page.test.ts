import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { plotOf } from "./benchmark-plot.ts";
import { type BenchmarkRow, mergedRows } from "./benchmark-row.ts";
import { tablesOf } from "./benchmark-table.ts";
import { keptRows, withTables } from "./write-benchmarks.ts";

const docs = (name: string) => Bun.file(join(import.meta.dir, "../../docs", name)).text();

const ROW: BenchmarkRow = {
  situation: "normal",
  accounts: 5_000,
  bulkUsers: null,
  measured: { date: "2026-11-27", commit: "abc", machine: "2 cores" },
  programs: {
    ours: {
      seconds: 12,
      processorSeconds: 3,
      megabytes: 200,
      requests: { salesforce: 10, "zendesk-global": 1_000, gitlab: 1 },
      tooMany: 0,
      secondsAtLimit: 0,
      jobsInFlight: 2,
    },
  },
  bound: { listing: { seconds: 8, requests: 505 }, snapshot: { seconds: 4, requests: 20 } },
};

describe("docs/benchmarks.md", () => {
  test("its tables and its picture are those of its data (bun run bench --write)", async () => {
    const [page, rows] = [await docs("benchmarks.md"), await keptRows()];
    expect(withTables(page, rows)).toBe(page);
    expect(plotOf(rows)).toBe(await docs("benchmarks.svg"));
  });

  test("each case stands against bound and original, and with the command that repeats it", () => {
    const original = {
      ...ROW,
      programs: { original: { ...(ROW.programs.ours as object), seconds: 24 } },
    } as BenchmarkRow;
    const lines = tablesOf(mergedRows([], [ROW, original])).split("\n");
    expect(lines).toContain(
      "| normal hour (1 % changed), 5k | 12 s | 8.0 s / 4.0 s | 1.50 × | 24 s | 2.00 × | 1,010 | 505 | 2.00 × |",
    );
    expect(lines).toContain(
      "| normal hour (1 % changed), 5k | `bun run bench --sizes 5k --situations normal` | 2026-11-27, `abc`, 2 cores |",
    );
  });

  test("a page without the markers is refused", () => {
    expect(() => withTables("# Benchmarks", [ROW])).toThrow("lacks the markers");
  });

  test("measuring a case again replaces it alone, and one program again keeps what the other took", () => {
    const again = {
      ...ROW,
      programs: { ours: { ...(ROW.programs.ours as NonNullable<BenchmarkRow["programs"]["ours"]>), seconds: 9 } },
    };
    const original: BenchmarkRow = { ...ROW, programs: { original: again.programs.ours } };
    const other: BenchmarkRow = { ...ROW, accounts: 1_000 };
    const rows = mergedRows(mergedRows([], [ROW, other, original]), [again]);
    expect(
      rows.map(({ accounts, programs }) => [accounts, programs.ours?.seconds, programs.original?.seconds]),
    ).toEqual([
      [5_000, 9, 9],
      [1_000, 12, undefined],
    ]);
  });
});
