import { expect, test } from "bun:test";
import { fuzz } from "../fuzz/fuzz.ts";
import { READERS } from "../fuzz/readers.ts";

const INPUTS = 100_000;
const HOUR = 3_600_000;

test(
  "100,000 mutated files over every reader: no crash, every message names the place and repeats nothing of a customer's",
  () => {
    const end = fuzz(INPUTS, 1_000_000);
    const share = (count: number) => `${((100 * count) / end.inputs).toFixed(1)} %`;
    console.log(
      `figures: fuzz: ${end.inputs} inputs for ${READERS.length} readers, ${share(end.parsed)} still parse, ${share(end.accepted)} are accepted, ${end.failures.length} failures`,
    );
    expect(end.failures).toEqual([]);
    expect(end.parsed).toBeGreaterThan(end.inputs / 2);
    expect([...end.accepting].sort()).toEqual(READERS.map(({ file }) => file).sort());
    expect(end.accepted).toBeLessThan(end.inputs / 2);
  },
  HOUR,
);
