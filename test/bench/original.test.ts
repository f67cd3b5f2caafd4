import { expect, setDefaultTimeout, test } from "bun:test";
import { type Measured, measureSeries, type ProgramName, type Series } from "./measure-cases.ts";

setDefaultTimeout(600_000);

const SERIES: readonly Omit<Series, "program">[] = [
  { accounts: 200, zendesk: "empty", bulkUsers: false, situations: ["first-fill"], workTakesTime: false },
  { accounts: 200, zendesk: "settled", bulkUsers: false, situations: ["normal", "everything"], workTakesTime: false },
];

test("the original's schedule does the same work as a run: as many records of each kind are changed", async () => {
  const changesOf = async (program: ProgramName) => {
    const measured: Measured[] = [];
    for (const series of SERIES) measured.push(...(await measureSeries({ ...series, program })));
    return measured.map(({ situation, remotes }) => ({ situation, changed: remotes.changed }));
  };
  const ours = await changesOf("ours");
  expect(ours.map(({ changed }) => Object.keys(changed).sort())).toEqual(ours.map(() => ["global", "us-government"]));
  expect(await changesOf("original")).toEqual(ours);
});
