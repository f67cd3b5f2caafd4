import { describe, expect, test } from "bun:test";
import {
  ACCOUNT,
  account,
  charge,
  globalFields,
  governmentFields,
  OTHER_ACCOUNT,
  override,
  PREMIUM,
  process,
  USGOV_12X5,
} from "../../test/support/domain/process-examples.ts";
import { type Reason, reason } from "./reason.ts";

const premium = account({ charges: [charge(PREMIUM)] });
const note = (why: Reason, salesforce_id = ACCOUNT) => ({ rule: "E8", salesforce_id, id: null, reason: why });

describe("E8: which overrides apply", () => {
  test("E8: until its last day, that day included", () => {
    const applied = process(premium, { overrides: [override({ ends_on: "2026-11-23" })] });
    expect(globalFields(applied).support_level).toBe("ultimate");
    expect(applied.notes).toEqual([]);
    const ended = process(premium, { overrides: [override({ ends_on: "2026-11-22" })] });
    expect(globalFields(ended).support_level).toBe("premium");
    expect(ended.counts.overridden).toBe(0);
    expect(ended.notes).toEqual([note(reason("override.ended", { where: "overrides.yml:1", ends_on: "2026-11-22" }))]);
  });

  test("E8: of two for one account and instance neither applies, and both are reported", () => {
    const overrides = [
      override(),
      override({ where: "overrides.yml:9", subscriptions: new Map([["sub_sm_premium", true]]) }),
    ];
    const processed = process(premium, { overrides });
    expect(globalFields(processed)).toMatchObject({ support_level: "premium", sub_sm_premium: false });
    const places = ["overrides.yml:1", "overrides.yml:9"];
    expect(processed.notes).toEqual([
      note(reason("override.repeated", { where: "overrides.yml:1", places })),
      note(reason("override.repeated", { where: "overrides.yml:9", places })),
    ]);
  });

  test("E8: two for one account in different instances both apply", () => {
    const subs = [
      ...account().subs,
      { ...account().subs[0], id: "a0S4M00000ZzZzZUAV", subscription_id: null } as never,
    ];
    const both = account({
      subs,
      charges: [charge(PREMIUM), charge(USGOV_12X5, { subscription_id: "a0S4M00000ZzZzZUAV" })],
    });
    const overrides = [
      override(),
      override({ instance: "us-government", subscriptions: new Map([["sub_sm_premium", true]]) }),
    ];
    const processed = process(both, { overrides });
    expect(processed.notes).toEqual([]);
    expect(processed.counts.overridden).toBe(2);
    expect(globalFields(processed)).toMatchObject({ sub_dotcom_ultimate: true, sub_sm_premium: false });
    expect(governmentFields(processed)).toMatchObject({ support_level: "premium", sub_sm_premium: true });
  });

  test("E8: an ended or invalid one does not stand in the way of its successor", () => {
    const overrides = [
      override({ ends_on: "2026-11-22" }),
      override({ subscriptions: new Map([["sub_typo", true]]) }),
      override({ where: "overrides.yml:9" }),
    ];
    const processed = process(premium, { overrides });
    expect(globalFields(processed).support_level).toBe("ultimate");
    expect(processed.notes).toHaveLength(2);
  });

  test("E8: an unknown type makes the whole entry invalid, and the nearest known one is named", () => {
    const subscriptions = new Map([
      ["sub_dotcom_ultimate", true],
      ["sub_dotcom_premum", true],
      ["legacy_golt", true],
    ]);
    const processed = process(premium, { overrides: [override({ subscriptions, expiration_date: "2030-01-01" })] });
    expect(globalFields(processed)).toMatchObject({ support_level: "premium", expiration_date: "2026-12-31" });
    expect(processed.notes).toEqual([
      note(
        reason("override.unknown_type", {
          where: "overrides.yml:1",
          types: ["sub_dotcom_premum", "legacy_golt"],
          nearest: ["sub_dotcom_premium", "legacy_gold"],
        }),
      ),
    ]);
  });

  test("E8: no other type is proposed than the one it is a misspelling of: another one would give another support", () => {
    const subscriptions = new Map([["sub_dotcom_platinum", true]]);
    const [note] = process(premium, { overrides: [override({ subscriptions })] }).notes;
    expect(note?.reason).toMatchObject({ code: "override.unknown_type", params: { nearest: [] } });
  });

  test("E8: types of plans.yml without a field, and fields without a type, are known", () => {
    const gold = process(premium, { overrides: [override({ subscriptions: new Map([["legacy_gold", true]]) })] });
    expect(globalFields(gold).support_level).toBe("gold");
    const field = override({ subscriptions: new Map([["sub_ss_growth", true]]) });
    const plans = {
      types: new Map(),
      typeOfCharge: new Map(),
      ignoredCharges: new Set<string>(),
      governmentTypes: { without_exception: new Set<string>(), with_exception: new Set<string>() },
    };
    expect(globalFields(process(premium, { plans, overrides: [field] })).sub_ss_growth).toBe(true);
    const noField = override({ subscriptions: new Map([["account_type", true]]) });
    expect(process(premium, { overrides: [noField] }).notes[0]?.reason).toMatchObject({
      code: "override.unknown_type",
      params: { where: "overrides.yml:1", types: ["account_type"] },
    });
  });

  test("E8: for an account that was not gathered", () => {
    expect(process(premium, { overrides: [override({ salesforce_id: OTHER_ACCOUNT })] }).notes).toEqual([
      note(reason("override.account_not_gathered", { where: "overrides.yml:1" }), OTHER_ACCOUNT),
    ]);
  });

  test("E8: never creates an object in an instance without subscription", () => {
    const processed = process(premium, { overrides: [override({ instance: "us-government" })] });
    expect(processed.desired["us-government"]).toEqual([]);
    expect(globalFields(processed).support_level).toBe("premium");
    expect(processed.notes).toEqual([
      note(reason("override.without_effect", { where: "overrides.yml:1", instance: "us-government" })),
    ]);
  });

  test("E8: never creates an object for a skipped account", () => {
    for (const processed of [
      process(account({ subs: [] }), { overrides: [override()] }),
      process(premium, { overrides: [override()], partnerIds: new Set([ACCOUNT]) }),
    ]) {
      expect(processed.desired.global).toEqual([]);
      expect(processed.notes.map((one) => one.reason)).toContainEqual(
        reason("override.without_effect", { where: "overrides.yml:1", instance: "global" }),
      );
    }
  });
});
