import { join } from "node:path";
import budgets from "./budgets.json" with { type: "json" };
import { type Counts, countsOf, lowered } from "./counts.ts";
import { type Measured, measureSeries, type Series } from "./measure-cases.ts";
import { LIMITS, SITUATIONS } from "./situations.ts";

/**
 * What a run of 1,000 accounts may ask for and go through, at most, in each situation: one line of budgets.json for each count, with what
 * it is today. `requests SERVICE`, `answers 429`, `jobs at once SERVICE`; `reads FILE` and `writes FILE` are how often an artifact goes
 * through the program's edge, whole.
 *
 * `bun test/bench/budgets.ts` (a minute) lowers every line that has become less and names those that have become more; `--raise` writes
 * these, too: say in the commit why.
 */
export const BUDGETS: Readonly<Record<string, Counts>> = budgets;

/** Virtual time in which work takes none: the same commit asks the same requests on every machine. */
const OPTIONS = { accounts: 1_000, program: "ours", workTakesTime: false } as const;

export const SERIES: readonly Series[] = [
  { ...OPTIONS, zendesk: "settled", bulkUsers: false, situations: ["nothing", "normal", "everything"] },
  { ...OPTIONS, zendesk: "empty", bulkUsers: true, situations: ["first-fill", "hour-after"] },
];

/** More jobs at once are better, up to what an account takes. */
export const JOBS_AT_ONCE = LIMITS.zendeskJobsInFlight;

async function renew(raise: boolean): Promise<void> {
  const measured: Measured[] = [];
  for (const series of SERIES) measured.push(...(await measureSeries(series)));
  const fresh = SITUATIONS.map((situation) => {
    const one = measured.find((other) => other.situation === situation);
    const { budget, more } = lowered(BUDGETS[situation] ?? {}, one ? countsOf(one) : {}, raise);
    for (const line of more) console.log(`${situation}: ${line}${raise ? "" : " (not written; --raise writes it)"}`);
    return [situation, budget];
  });
  await Bun.write(join(import.meta.dir, "budgets.json"), `${JSON.stringify(Object.fromEntries(fresh), null, 2)}\n`);
}

if (import.meta.main) await renew(process.argv.includes("--raise"));
