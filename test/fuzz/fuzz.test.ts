import { expect, setDefaultTimeout, test } from "bun:test";
import { fuzz, fuzzOne } from "./fuzz.ts";
import { random } from "./random.ts";
import { READERS } from "./readers.ts";

setDefaultTimeout(120_000);

test("what the mutations start from is accepted by every reader", () => {
  for (const reader of READERS) {
    const text = reader.write(reader.valid(random(1)));
    expect(() => reader.read(Buffer.from(text))).not.toThrow();
  }
});

test("the same seed makes the same input", () => {
  for (let seed = 0; seed < 200; seed++)
    expect(Buffer.from(fuzzOne(seed).bytes).equals(fuzzOne(seed).bytes)).toBe(true);
});

test("2,000 mutated files: no crash, every message names the place and repeats nothing of a customer's", () => {
  const end = fuzz(2000, 1);
  expect(end.failures).toEqual([]);
  expect(end.parsed).toBeGreaterThan(end.inputs / 2);
  expect(end.accepted).toBeGreaterThan(end.inputs / 20);
});
