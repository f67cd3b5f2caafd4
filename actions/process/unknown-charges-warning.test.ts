import { expect, test } from "bun:test";
import type { UnknownCharge } from "../../lib/domain/process-notes.ts";
import { unknownChargesWarning } from "./process.ts";

/** So many names, each with so many accounts that have less support for it. */
function unknown(names: number, accounts: number): UnknownCharge[] {
  return Array.from({ length: names }, (_, n) => ({
    charge_name: `Charge ${n}`,
    accounts: [],
    unexpired_accounts: [],
    nearest: null,
    hurt_accounts: Array.from({ length: accounts }, (_, index) => `account ${n} ${index}`),
  }));
}

test("E2: unknown charges are told in a line of a terminal of 80 columns, however many there are", () => {
  expect(unknownChargesWarning(unknown(1, 0))).toBe("1 unknown charge name: see report.");
  expect(unknownChargesWarning(unknown(1, 1))).toBe("1 unknown charge name, 1 account loses support: see report.");
  expect(unknownChargesWarning(unknown(3, 4))).toBe("3 unknown charge names, 12 accounts lose support: see report.");
  expect(`warning: ${unknownChargesWarning(unknown(1000, 100))}`.length).toBeLessThanOrEqual(80);
});
