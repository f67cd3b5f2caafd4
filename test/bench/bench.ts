import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type BenchmarkRow, mergedRows, rowOf } from "./benchmark-row.ts";
import { tablesOf } from "./benchmark-table.ts";
import { type Measured, measureSeries, type ProgramName, type Series } from "./measure-cases.ts";
import { SITUATIONS, type Situation } from "./situations.ts";
import { keptRows, writeBenchmarks } from "./write-benchmarks.ts";

/**
 * Runs zdsync and the original's schedule against the sandbox on virtual time, and holds both against the lower bound
 * (docs/benchmarks.md): `bun run bench [--sizes 1k,5k] [--situations normal,nothing] [--bulk-users on,off] [--programs ours,original] [--write]`.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1k,5k" },
    situations: { type: "string", default: SITUATIONS.join(",") },
    "bulk-users": { type: "string", default: "off,on" },
    programs: { type: "string", default: "ours,original" },
    write: { type: "boolean", default: false },
  },
});

function chosen<T extends string>(flag: string, given: string, known: readonly T[]): T[] {
  const words = given.split(",").filter((word) => word !== "");
  const wrong = words.filter((word) => !known.includes(word as T));
  if (wrong.length > 0 || words.length === 0)
    throw new Error(`--${flag}: ${wrong.join(", ") || "nothing"} is not among ${known.join(", ")}`);
  return known.filter((one) => words.includes(one));
}

function sizeOf(word: string): number {
  const [, number, thousands] = /^(\d+)(k?)$/.exec(word) ?? [];
  const accounts = Number(number) * (thousands ? 1000 : 1);
  if (!(accounts >= 1 && accounts <= 100_000)) throw new Error(`--sizes: ${word} is no number from 1 to 100k`);
  return accounts;
}

function seriesOf(): Series[] {
  const situations = chosen("situations", values.situations, SITUATIONS);
  const programs = chosen<ProgramName>("programs", values.programs, ["ours", "original"]);
  const users = chosen("bulk-users", values["bulk-users"], ["off", "on"] as const);
  const among = (...names: Situation[]) => names.filter((name) => situations.includes(name));
  // The hour after a first fill needs one before it.
  const filling: Situation[] = among("hour-after").length > 0 ? ["first-fill", "hour-after"] : among("first-fill");
  const settled = among("nothing", "normal", "everything");
  return values.sizes.split(",").flatMap((size) =>
    programs.flatMap((program): Series[] => [
      ...(filling.length > 0
        ? users.map((word) => ({
            accounts: sizeOf(size),
            zendesk: "empty" as const,
            bulkUsers: word === "on",
            program,
            situations: filling,
          }))
        : []),
      ...(settled.length > 0
        ? [{ accounts: sizeOf(size), zendesk: "settled" as const, bulkUsers: false, program, situations: settled }]
        : []),
    ]),
  );
}

function told({ situation, accounts, bulkUsers, program, run }: Measured): string {
  const { seconds, processorSeconds, megabytes } = run;
  return `${program}, ${situation}, ${accounts} accounts, bulk users ${bulkUsers ? "on" : "off"}: ${seconds.toFixed(1)} s, processor ${processorSeconds.toFixed(1)} s, ${megabytes} MB`;
}

const said = (...command: string[]) => Bun.spawnSync(command).stdout.toString().trim();
const isChanged = said("git", "status", "--porcelain", "actions", "bin", "lib") !== "";
const measured = {
  date: new Date().toISOString().slice(0, 10),
  commit: `${said("git", "rev-parse", "--short", "HEAD")}${isChanged ? " and changes" : ""}`,
  machine: `${cpus().length} cores (${cpus()[0]?.model}), Bun ${Bun.version}`,
};
let rows: BenchmarkRow[] = [];
for (const series of seriesOf()) {
  const runs = await measureSeries(series, (one) => console.log(told(one)));
  rows = mergedRows(
    rows,
    runs.map((one, place) => rowOf(one, runs[place - 1], measured)),
  );
}
console.log(`\n${tablesOf(rows)}`);
if (values.write) await writeBenchmarks(mergedRows(await keptRows(), rows));
