import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  accountId,
  desiredOrganization,
  inSyncWorld,
  organization,
  partnerAccount,
  type World,
} from "../../test/support/domain/in-sync-world.ts";
import { compareCustomers } from "./compare-customers.ts";
import { comparePartners } from "./compare-partners.ts";
import { type PartnerAccount, partnerFields, syncedFields } from "./organization.ts";
import type { FieldType, FieldValue } from "./organization-field.ts";
import { sameValue } from "./value-equality.ts";

const RUNS = { numRuns: 400 };

const blanks = fc.constantFrom("", " ", "  ");
const text = fc.string({ minLength: 1, maxLength: 12 }).map((made) => made.trim());

/** A value as zdsync computes it, with a spelling that Zendesk may give it. */
const spelling: Record<FieldType, fc.Arbitrary<[FieldValue, FieldValue]>> = {
  checkbox: fc.constantFrom<[FieldValue, FieldValue]>(
    [false, null],
    [false, false],
    [true, true],
    [null, false],
    [false, "false"],
  ),
  text: fc
    .tuple(text, blanks, blanks)
    .map(([made, before, after]) => (made === "" ? [null, before] : [made, before + made + after])),
  dropdown: fc.constantFrom<[FieldValue, FieldValue]>(["premium", "premium"], [null, ""], [null, null]),
  decimal: fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat({ max: 3 })).map(([cents, zeros]) => {
    const value = cents / 100;
    return [value, value === 0 && zeros === 0 ? null : value.toFixed(2) + "0".repeat(zeros)];
  }),
  integer: fc.tuple(fc.nat(), fc.boolean()).map(([made, asText]) => [made, asText ? String(made) : made]),
  date: fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }).map((moment) => {
    const day = moment.toISOString().slice(0, 10);
    return [day, `${day}T00:00:00+00:00`];
  }),
};

describe("spellings", () => {
  test.each(Object.keys(spelling) as FieldType[])("C6: no spelling of a %s is a difference", (type) => {
    fc.assert(
      fc.property(spelling[type], ([wanted, found]) => {
        expect(sameValue(type, wanted, found)).toBe(true);
        expect(sameValue(type, found, wanted)).toBe(true);
      }),
      RUNS,
    );
  });

  test("C6: nor of all fields of an organization together, customer's or partner's", () => {
    const identity = ["salesforce_id", "account_type", "mark_for_deletion"];
    const spelled = (fields: { key: string; type: FieldType }[]) =>
      fc.record(
        Object.fromEntries(
          fields.filter(({ key }) => !identity.includes(key)).map(({ key, type }) => [key, spelling[type]]),
        ),
      );
    fc.assert(
      fc.property(spelled(syncedFields("global")), spelled(partnerFields()), (customer, partner) => {
        const side = (fields: Record<string, [FieldValue, FieldValue]>, index: 0 | 1) =>
          Object.fromEntries(Object.entries(fields).map(([key, pair]) => [key, pair[index]]));
        const desired = desiredOrganization(1, "global", side(customer, 0));
        const kept: PartnerAccount = Object.assign(partnerAccount(2), side(partner, 0), {
          sfdc_short_id: accountId(2).slice(0, 15),
        });
        const world: World = {
          ...inSyncWorld("global", 0),
          desired: [desired],
          accountIds: new Set([accountId(1)]),
          partners: [kept],
          partnerIds: new Set([accountId(2)]),
          organizations: [
            organization(1, desired, side(customer, 1)),
            {
              ...organization(2, desiredOrganization(2), {
                ...side(partner, 1),
                account_type: kept.account_type,
                sfdc_short_id: accountId(2).slice(0, 15),
              }),
              name: kept.name,
            },
          ],
        };
        expect([...compareCustomers(world).updates, ...comparePartners(world).updates]).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
