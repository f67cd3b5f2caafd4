import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { mutateData } from "../../../test/fuzz/mutate-data.ts";
import { random } from "../../../test/fuzz/random.ts";
import { recordOf } from "../../../test/fuzz/valid-records.ts";
import { fitsOf } from "./fits-schema.ts";
import { ARTIFACTS, type ArtifactName } from "./schemas.ts";

const SEEDS = 400;
/** Their records are made into others while they are read. */
const TRANSFORMED = /_(?:notes|results|addresses)\.json$/;

describe("a record that fits its schema as it is", () => {
  for (const name of Object.keys(ARTIFACTS) as ArtifactName[])
    test(`is what parsing makes of it, key for key: ${name}`, () => {
      const schema = ARTIFACTS[name] as v.GenericSchema;
      const fits = fitsOf(schema);
      for (let seed = 0; seed < SEEDS; seed++) {
        const chance = random(seed);
        const data = mutateData(recordOf(name)(chance), seed % 4, chance);
        const record: unknown = JSON.parse(JSON.stringify(data) ?? "null");
        if (!fits(record)) continue;
        const parsed = v.safeParse(schema, record);
        expect({ seed, success: parsed.success, text: JSON.stringify(parsed.output) }).toEqual({
          seed,
          success: true,
          text: JSON.stringify(record),
        });
      }
    });

  test("is one of every artifact's own records, but where reading transforms them", () => {
    for (const name of Object.keys(ARTIFACTS) as ArtifactName[])
      expect({ name, fits: fitsOf(ARTIFACTS[name] as v.GenericSchema)(recordOf(name)(random(1))) }).toEqual({
        name,
        fits: !TRANSFORMED.test(name),
      });
  });

  const Fields = v.object({ a: v.string(), b: v.exactOptional(v.number()), c: v.nullable(v.boolean()) });
  test.each<[string, unknown, boolean]>([
    ["without what is optional", { a: "", c: null }, true],
    ["with all", { a: "", b: 1, c: true }, true],
    ["in another order", { c: null, a: "" }, false],
    ["with a key more", { a: "", c: null, d: 1 }, false],
    ["with a key less", { a: "" }, false],
    ["with the other sign of zero", { a: "", b: -0, c: null }, false],
    ["as a list", ["", 1], false],
    ["nothing", null, false],
  ])("%s", (_, value, fits) => {
    expect(fitsOf(Fields)(value)).toBe(fits);
  });

  test("never is one that a schema completes or changes", () => {
    expect(fitsOf(v.nullable(v.string(), "x"))(null)).toBe(false);
    expect(fitsOf(v.object({ a: v.optional(v.string(), "x") }))({})).toBe(false);
    expect(fitsOf(v.pipe(v.string(), v.toLowerCase()))("a")).toBe(false);
    expect(fitsOf(v.pipe(v.string(), v.trim()))(" a")).toBe(false);
    expect(fitsOf(v.record(v.string(), v.string()))(JSON.parse('{"__proto__":"x"}'))).toBe(false);
  });
});
