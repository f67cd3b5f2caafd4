import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { soldTo } from "./contact-address.ts";
import {
  boolean,
  firstOf,
  isExactly,
  lowerCase,
  number,
  oneOf,
  requiredText,
  type SourceField,
  text,
} from "./source-field.ts";

/** What a field makes of values from the wire; `undefined` where it refuses them. */
function read<T>(field: SourceField<T>, ...values: unknown[]): T | undefined {
  const parsed = v.safeParse(field.wire, values);
  return parsed.success ? parsed.output : undefined;
}

describe("A2: from the wire to the attribute", () => {
  test("text: trimmed, empty is null", () => {
    expect(read(text("F"), " a ")).toBe("a");
    for (const nothing of [null, "", "  "]) expect(read(text("F"), nothing)).toBeNull();
    expect(read(text("F"), 5)).toBeUndefined();
  });

  test("required text: trimmed, and refused where empty", () => {
    expect(read(requiredText("F"), " a ")).toBe("a");
    for (const wrong of [null, "", "  ", 5]) expect(read(requiredText("F"), wrong)).toBeUndefined();
  });

  test("lower case, with a word for nothing", () => {
    expect(read(lowerCase("F", "unknown"), " LARGE ")).toBe("large");
    for (const nothing of [null, " "]) expect(read(lowerCase("F", "unknown"), nothing)).toBe("unknown");
  });

  test("number: null is 0; what is no finite number is refused, not taken for 0", () => {
    expect(read(number("F"), 12.5)).toBe(12.5);
    expect(read(number("F"), null)).toBe(0);
    for (const wrong of ["12", Number.NaN, Number.POSITIVE_INFINITY, true])
      expect(read(number("F"), wrong)).toBeUndefined();
  });

  test("checkbox: null is false; a word is refused", () => {
    expect(read(boolean("F"), true)).toBeTrue();
    expect(read(boolean("F"), null)).toBeFalse();
    for (const wrong of ["true", 1]) expect(read(boolean("F"), wrong)).toBeUndefined();
  });

  test("true only for exactly this value", () => {
    const field = isExactly("F", "Restricted Party");
    expect(read(field, "Restricted Party")).toBeTrue();
    for (const other of [null, "", "restricted party", "Restricted Party ", "No"])
      expect(read(field, other)).toBeFalse();
  });

  test("the first of two that is in the list", () => {
    const field = firstOf(["A", "B"], ["AMER", "EMEA"]);
    expect(field.fields).toEqual(["A", "B"]);
    expect(read(field, "EMEA", "AMER")).toBe("EMEA");
    expect(read(field, "LATAM", "AMER")).toBe("AMER");
    expect(read(field, null, "AMER")).toBe("AMER");
    expect(read(field, "emea", null)).toBeNull();
  });

  test("one of a few that must be there", () => {
    const field = oneOf("F", ["Customer", "Former Customer"]);
    expect(read(field, "Former Customer")).toBe("Former Customer");
    for (const wrong of [null, "Partner", "customer"]) expect(read(field, wrong)).toBeUndefined();
  });

  test("sold-to contact: null without an address; the name may be missing", () => {
    const field = soldTo("Latest__r");
    expect(field.fields).toEqual(["Latest__r.Name", "Latest__r.Email"]);
    expect(read(field, " Sue ", " Sue@example.com ")).toEqual({ name: "Sue", email: "Sue@example.com" });
    expect(read(field, " ", "sue@example.com")).toEqual({ name: null, email: "sue@example.com" });
    for (const nothing of [null, "", " "]) expect(read(field, "Sue", nothing)).toBeNull();
  });
});

describe("what the artifact may hold", () => {
  test("is what the wire gives, and nothing that only the wire may say", () => {
    expect(v.is(number("F").artifact, 0)).toBeTrue();
    expect(v.is(number("F").artifact, null)).toBeFalse();
    expect(v.is(boolean("F").artifact, null)).toBeFalse();
    expect(v.is(isExactly("F", "x").artifact, "x")).toBeFalse();
    expect(v.is(requiredText("F").artifact, "")).toBeFalse();
    expect(v.is(text("F").artifact, null)).toBeTrue();
    expect(v.is(firstOf(["A", "B"], ["AMER"]).artifact, "EMEA")).toBeFalse();
    expect(v.is(oneOf("F", ["Customer"]).artifact, "Partner")).toBeFalse();
  });
});
