import { describe, expect, test } from "bun:test";
import { ACCOUNT, update } from "../../test/support/report/report-world.ts";
import { harmAfter, harmOfMark, harmOfReason, harmOfUpdate, isUnmark } from "./harm.ts";
import { reason } from "./reason.ts";

describe("what an update means to the customer", () => {
  test.each<[string, Record<string, [unknown, unknown]>, string]>([
    ["a level that becomes expired", { support_level: ["premium", "expired"] }, "loses support"],
    ["a level that becomes none", { support_level: ["premium", null] }, "loses support"],
    ["emergency support that ends", { emergency_support_24x7: [true, false] }, "loses support"],
    ["a level lost beside a hold", { support_level: ["gold", "expired"], support_hold: [null, true] }, "put on hold"],
    ["a lower level", { support_level: ["ultimate", "premium"] }, "downgraded"],
    ["a subscription type lost, and none gained", { sub_gitlab_dedicated: [true, false] }, "downgraded"],
    ["a type lost, another gained, at the same level", { sub_a: ["true", false], sub_b: [null, true] }, "gains"],
    ["a hold", { support_hold: [null, true] }, "put on hold"],
    [
      "a restricted party that is upgraded",
      { restricted_account: [false, true], support_level: ["gold", "ultimate"] },
      "put on hold",
    ],
    ["a higher level", { support_level: ["premium", "ultimate"] }, "upgraded"],
    ["support again", { support_level: ["expired", "premium"] }, "upgraded"],
    ["a hold that ends", { support_hold: [true, false] }, "gains"],
    ["a later end", { expiration_date: ["2026-11-01", "2027-11-01"] }, "gains"],
    ["a mark taken back", { mark_for_deletion: [true, false] }, "gains"],
    ["no support before and after", { support_level: [null, "expired"] }, "cosmetic"],
    ["another owner", { account_owner: ["A", "B"] }, "cosmetic"],
    ["a spelling of false", { support_hold: [null, false] }, "cosmetic"],
  ])("%s", (_, fields, harm) => {
    expect<string>(harmOfUpdate(update(1, "Example", fields))).toBe(harm);
  });

  test("a mark taken back is known as that, of users and organizations", () => {
    expect(isUnmark(update(1, "x", { mark_for_deletion: [true, false] }))).toBeTrue();
    expect(isUnmark({ before: { mark_for_deletion: true }, change: { mark_for_deletion: false } })).toBeTrue();
    expect(isUnmark(update(1, "x", { mark_for_deletion: [null, false] }))).toBeFalse();
  });
});

test("a mark takes support away only where the account fell out for its age and still had a level", () => {
  const fallenOut = new Set([ACCOUNT]);
  expect(harmOfMark(ACCOUNT, "premium", fallenOut)).toBe("loses support");
  expect(harmOfMark(ACCOUNT, "expired", fallenOut)).toBe("marked");
  expect(harmOfMark(ACCOUNT, "premium", new Set())).toBe("marked");
  expect(harmOfMark(null, "premium", fallenOut)).toBe("marked");
});

test("what was left as it is: conflicts, charges that hurt now, what is as intended, and the rest", () => {
  const charge = { charge_name: "x", unexpired: true, nearest: null };
  expect(harmOfReason(reason("organization.account_id_invalid"))).toBe("conflict");
  expect(harmOfReason(reason("charge.unknown", { ...charge, hurts: true }))).toBe("unknown charge");
  expect(harmOfReason(reason("charge.unknown", { ...charge, hurts: false }))).toBe("skipped");
  expect(harmOfReason(reason("account.is_partner"))).toBe("cosmetic");
  expect(harmOfReason(reason("mark.protected"))).toBe("skipped");
});

test("what failed took nothing away; what was skipped says why; what is so already says what it was about", () => {
  expect(harmAfter("loses support", "failed", null)).toBe("failed");
  expect(harmAfter("loses support", "skipped", reason("organization.changed_since", { fields: ["x"] }))).toBe(
    "skipped",
  );
  expect(harmAfter("upgraded", "skipped", reason("rename.name_taken", { organization_ids: [] }))).toBe("conflict");
  expect(harmAfter("upgraded", "skipped", reason("organization.already_so"))).toBe("upgraded");
  expect(harmAfter("upgraded", "refused", null)).toBe("upgraded");
});
