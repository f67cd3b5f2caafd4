import fc from "fast-check";
import type { DesiredOrganization, PartnerAccount } from "../../../lib/domain/organization.ts";
import type { FieldValue } from "../../../lib/domain/organization-field.ts";
import {
  accountId,
  desiredOrganization,
  inSyncWorld,
  organization,
  partnerAccount,
  type World,
} from "./in-sync-world.ts";

// Few accounts and few names, so that conflicts are common.
const accountNumber = fc.integer({ min: 1, max: 6 });
export const name = fc.constantFrom(
  "Acme",
  "acme",
  " Acme",
  "ACME ",
  "Beta",
  "beta",
  "Gamma",
  "Delta",
  "Cafe\u0301",
  "Caf\u00e9",
);
const checkbox = fc.constantFrom<FieldValue>(null, false, true);
const accountType = fc.constantFrom("customer", "open_partner", "alliance_partner", "", null);
const idText = fc.oneof(
  { weight: 4, arbitrary: accountNumber.map(accountId) },
  accountNumber.map((n) => accountId(n).slice(0, 15)),
  fc.constantFrom("nonsense", "", null),
);
const someIds = fc.uniqueArray(accountNumber.map(accountId), { maxLength: 1 }).map((ids) => new Set(ids));

const anOrganization = fc.record({
  id: fc.integer({ min: 1, max: 20 }),
  name,
  external_id: idText,
  fields: fc.record({
    salesforce_id: idText,
    account_type: accountType,
    support_level: fc.constantFrom("ultimate", "premium", "expired"),
    aar: fc.constantFrom<FieldValue>(null, "12000.50", 5),
    mark_for_deletion: checkbox,
    ignore_deletion: checkbox,
    migrating: checkbox,
  }),
});

const anAccount = fc.record({
  n: accountNumber,
  name,
  support_level: fc.constantFrom("ultimate", "premium", "expired"),
});

const aPartner = fc.record({ n: accountNumber, name });

/** Worlds in which everything may be wrong at once; the ids of organizations are unique, as S1 proves. */
export const aWorld: fc.Arbitrary<World> = fc
  .record({
    organizations: fc.uniqueArray(anOrganization, { selector: ({ id }) => id, maxLength: 8 }),
    accounts: fc.uniqueArray(anAccount, { selector: ({ n }) => n }),
    partners: fc.uniqueArray(aPartner, { selector: ({ n }) => n, maxLength: 3 }),
    others: someIds,
    unclearAccounts: someIds,
    protectedIds: someIds,
    excludedAccountIds: someIds,
    withholdMarks: fc.boolean(),
    unmanagedOrganizations: fc.constantFrom("keep", "mark"),
  })
  .map(({ organizations, accounts, partners, others, ...rest }) => {
    const desired = accounts.map(({ n, name: called, support_level }): DesiredOrganization => {
      return { ...desiredOrganization(n, "global", { support_level }), name: called };
    });
    return {
      ...inSyncWorld("global", 0),
      ...rest,
      desired,
      partners: partners.map(
        ({ n, name: called }): PartnerAccount => Object.assign(partnerAccount(n), { name: called }),
      ),
      organizations: organizations.map(({ id, name: called, external_id, fields }) => {
        return { ...organization(id, desiredOrganization(id), fields), name: called, external_id };
      }),
      accountIds: new Set([...desired.map(({ salesforce_id }) => salesforce_id), ...others]),
      partnerIds: new Set(partners.map(({ n }) => accountId(n))),
    };
  });
