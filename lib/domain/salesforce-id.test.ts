import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { toId18, toShortId } from "./salesforce-id.ts";

describe("G5: the 18-character form of an id", () => {
  test.each([
    // Examples of Salesforce's own documentation and of artifacts.md.
    ["0014M00001kAbCd", "0014M00001kAbCdQAK"],
    ["0014M00001kAbCdQAK", "0014M00001kAbCdQAK"],
    ["a0S4M00000AbCdE", "a0S4M00000AbCdEUAV"],
    ["  0014M00001kAbCdQAK\n", "0014M00001kAbCdQAK"],
  ])("%j is %s", (text, id) => {
    expect(toId18(text)).toBe(id);
  });

  test("an id that lost its case is restored from its last three characters", () => {
    expect(toId18("0014m00001kabcdqak")).toBe("0014M00001kAbCdQAK");
    expect(toId18("0014M00001KABCDQAK")).toBe("0014M00001kAbCdQAK");
  });

  test("two ids that differ only in case are two accounts", () => {
    expect(toId18("0014M00001kAbCd")).not.toBe(toId18("0014M00001kABCd"));
  });

  test.each([
    "",
    "0014M00001kAbC",
    "0014M00001kAbCdQ",
    "0014M00001kAbCdQAKX",
    "0014M00001kAb-d",
    "0014M00001kAbCd' OR",
    "0014M00001kAbCdQA9",
    // The last three say that a digit is a capital: no such id exists.
    "0014M00001kAbCd555",
    "٠٠١٤M00001kAbCd",
    "0014M00001 kAbCd",
  ])("%j is no id", (text) => {
    expect(toId18(text)).toBeNull();
  });

  const fifteen = fc.stringMatching(/^[A-Za-z0-9]{15}$/);

  test("any 15 characters: stable, and the short form leads back", () => {
    fc.assert(
      fc.property(fifteen, (short) => {
        const id = toId18(short) ?? "";
        expect(id).toHaveLength(18);
        expect(toShortId(id)).toBe(short);
        expect(toId18(id)).toBe(id);
      }),
    );
  });

  test("any id survives the loss of its case", () => {
    fc.assert(
      fc.property(fifteen, (short) => {
        const id = toId18(short) ?? "";
        expect(toId18(id.toLowerCase())).toBe(id);
        expect(toId18(id.toUpperCase())).toBe(id);
      }),
    );
  });
});
