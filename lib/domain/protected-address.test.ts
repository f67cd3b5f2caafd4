import { describe, expect, test } from "bun:test";
import { addressKey, isProtected, isUsableAddress } from "./protected-address.ts";

const PROTECTED = { domains: new Set(["example.com"]), addresses: new Set(["sue@example.org"]) };

describe("protected addresses", () => {
  test.each(["ann@example.com", " Ann@EXAMPLE.com ", "ann@support.example.com", "sue@example.org", " SUE@example.org"])(
    "U2: %s is protected",
    (email) => expect(isProtected(email, PROTECTED)).toBe(true),
  );

  test.each(["ann@example.org", "ann@notexample.com", "ann@example.com.org", "example.com@example.net", ""])(
    "U2: %p is not protected",
    (email) => expect(isProtected(email, PROTECTED)).toBe(false),
  );
});

describe("usable addresses", () => {
  test.each(["a@b.c", "sue.buyer+zd@mail.example.co.uk", "o'neil@example.com"])("U4: %s is usable", (email) =>
    expect(isUsableAddress(email)).toBe(true),
  );

  test.each([
    "",
    "sue",
    "sue@",
    "@example.com",
    "sue@example",
    "sue@example.",
    "sue@.com",
    "sue@example..com",
    "sue buyer@example.com",
    "a@b@example.com",
    "a@example.com, b@example.com",
    "a@example.com;b@example.com",
    "Sue <sue@example.com>",
    "<sue@example.com>",
    '"sue"@example.com',
    " sue@example.com",
    "sue@example.com\n",
  ])("U4: %p is not usable", (email) => expect(isUsableAddress(email)).toBe(false));

  test("C8: addresses are compared trimmed and in lower case", () => {
    expect(addressKey(" Sue@Example.COM ")).toBe("sue@example.com");
  });
});
