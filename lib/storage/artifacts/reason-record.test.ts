import { describe, expect, test } from "bun:test";
import { type Reason, reason } from "../../domain/reason.ts";
import { decodeReason, encodeReason } from "./reason-record.ts";

const legacy = (text: string) => reason("legacy.text", { text });

describe("a reason in a file", () => {
  test("is a sentence for people, and code and parameters for zdsync, which come back the same", () => {
    const all: Reason[] = [
      reason("mark.migrating"),
      reason("organization.changed_since", { fields: ["aar"] }),
      reason("charge.unknown", { charge_name: "line\nbreak", unexpired: true, nearest: null, hurts: true }),
    ];
    for (const one of all) {
      const kept = encodeReason(one);
      expect(kept.reason).toMatch(/\.$/);
      expect(decodeReason(JSON.parse(JSON.stringify(kept)))).toEqual(one);
    }
  });

  test("zdsync never looks at the sentence where there is a code", () => {
    const kept = { ...encodeReason(reason("contact.associated")), reason: "created" };
    expect(decodeReason(kept)).toEqual(reason("contact.associated"));
  });

  test("a code of a newer version, or parameters that do not fit: kept as the sentence", () => {
    expect(decodeReason({ reason: "Something new.", code: "future.code", params: {} })).toEqual(
      legacy("Something new."),
    );
    expect(decodeReason({ reason: "Changed.", code: "organization.changed_since", params: { fields: 1 } })).toEqual(
      legacy("Changed."),
    );
    expect(decodeReason({ reason: "x", code: "constructor" })).toEqual(legacy("x"));
  });
});

describe("records of the version before codes (4d37f09)", () => {
  test("what an undo decides by is known: whether a user was made or was there before", () => {
    expect(decodeReason({ reason: "created" })).toEqual(reason("contact.created"));
    expect(decodeReason({ reason: "associated" })).toEqual(reason("contact.associated"));
  });

  test("unknown charges are known", () => {
    const unexpired =
      'unknown charge name "A \\"new\\"\\nSKU" (unexpired, support may be missing); add it to plans.yml';
    expect(decodeReason({ reason: unexpired })).toEqual(
      reason("charge.unknown", { charge_name: 'A "new"\nSKU', unexpired: true, nearest: null, hurts: true }),
    );
    const expired = 'unknown charge name "SKU" (expired); add it to plans.yml';
    expect(decodeReason({ reason: expired })).toEqual(
      reason("charge.unknown", { charge_name: "SKU", unexpired: false, nearest: null, hurts: false }),
    );
  });

  test.each([
    "changed since compare: support_level",
    "user 17 is suspended",
    "is already in the organization",
    "not renamed: the name is taken by organization 7",
    "",
  ])("%j is carried along to be shown", (text) => {
    expect(decodeReason({ reason: text })).toEqual(legacy(text));
  });
});
