import { describe, expect, test } from "bun:test";
import type { Account } from "./account.ts";
import { ATTRIBUTES, type Attribute } from "./attributes.ts";
import type { Decision } from "./decision.ts";
import { emptyAttributes } from "./empty-attributes.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";
import {
  agentFields,
  customerFields,
  partnerFields,
  partnerOrganization,
  readOnlyFields,
  syncedFields,
} from "./organization.ts";

/** The attributes of A2 that come from one field. */
const OF_A2 = {
  name: "Example GmbH",
  arr: 12000.5,
  type: "Customer",
  sales_segment: "large",
  account_owner: "Ann Owner",
  technical_account_manager: "Tim Manager",
  solutions_architect: null,
  region: "EMEA",
  restricted: false,
  escalated: true,
  exception: false,
  support_hold: false,
  partner_track: null,
  partner_type: "OEM",
  sold_to: null,
} as const;

const ACCOUNT: Account = {
  ...emptyAttributes(),
  salesforce_id: "0014M00001kAbCdQAK",
  ...OF_A2,
  subs: [],
  charges: [],
};

function decision(instance: InstanceName, parts: Partial<Decision> = {}): Decision {
  return {
    account: ACCOUNT,
    instance,
    types: new Set(["sub_sm_ultimate", "sub_usgov_24x7"]),
    support_level: "ultimate",
    expiration_date: "2027-01-31",
    seats: 12.5,
    ...parts,
  };
}

const keysOf = (fields: readonly { key: string }[]) => fields.map(({ key }) => key);

describe("the one list of attributes", () => {
  test("every attribute of A2 that comes from one field is there", () => {
    expect(Object.keys(ATTRIBUTES)).toEqual(expect.arrayContaining(Object.keys(OF_A2)));
  });

  test.each([...INSTANCES])("%s: no key twice, none with two owners", (instance) => {
    const keys = [...syncedFields(instance), ...readOnlyFields(instance), ...agentFields(instance)].map(
      ({ key }) => key,
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test.each([...INSTANCES])("%s: customerFields fills exactly the synced fields", (instance) => {
    expect(Object.keys(customerFields(decision(instance))).sort()).toEqual(keysOf(syncedFields(instance)).sort());
  });

  test("P3: partners have exactly these fields beside their name", () => {
    expect(keysOf(partnerFields()).sort()).toEqual([
      "account_owner",
      "account_type",
      "mark_for_deletion",
      "org_in_escalated_state",
      "restricted_account",
      "salesforce_id",
      "sfdc_short_id",
      "solutions_architect",
      "support_hold",
      "technical_account_manager",
    ]);
  });

  test("P3: no Salesforce field of a partner is one that the partner query does not ask for", () => {
    const asked = (Object.values(ATTRIBUTES) as Attribute[]).flatMap((one) => (one.partner ? one.from.fields : []));
    expect(asked.sort()).toEqual([
      "Account_Owner_Calc__c",
      "Account_Risk_Level__c",
      "Name",
      "Restricted_Account__c",
      "Solutions_Architect_Lookup__r.Name",
      "Support_Hold__c",
      "Technical_Account_Manager_Name__c",
    ]);
  });
});

describe("a customer's organization fields", () => {
  test("global: values under its own keys", () => {
    expect(customerFields(decision("global"))).toMatchObject({
      salesforce_id: "0014M00001kAbCdQAK",
      sfdc_short_id: "0014M00001kAbCd",
      account_type: "customer",
      mark_for_deletion: false,
      aar: 12000.5,
      sales_segmentation: "large",
      org_region: "emea",
      org_in_escalated_state: true,
      partner_customer: true,
      seats_decimal: 12.5,
      support_level: "ultimate",
      expiration_date: "2027-01-31",
      sub_sm_ultimate: true,
      sub_sm_premium: false,
    });
  });

  test("us-government: values under its own keys, seats rounded up", () => {
    expect(customerFields(decision("us-government"))).toMatchObject({
      arr: 12000.5,
      market_segment: "large",
      number_of_seats: 13,
      emergency_support_24x7: true,
      sub_usgov_24x7: true,
      sub_usgov_12x5: false,
    });
  });

  test("an expired account: former customer, without revenue", () => {
    const fields = customerFields(decision("global", { support_level: "expired", types: new Set(), seats: 0 }));
    expect(fields).toMatchObject({
      account_type: "former_customer",
      aar: 0,
      support_level: "expired",
      sub_sm_ultimate: false,
    });
  });

  test("no region and no partner type are nothing", () => {
    const account: Account = { ...ACCOUNT, region: null, partner_type: "Reseller" };
    expect(customerFields(decision("global", { account }))).toMatchObject({
      org_region: null,
      partner_customer: false,
    });
  });
});

test("P3: a partner's organization has no contacts, and nothing where the artifact says nothing", () => {
  const partner = {
    salesforce_id: ACCOUNT.salesforce_id,
    name: "P",
    account_type: "open_partner" as const,
    support_hold: true,
  };
  const organization = partnerOrganization(partner);
  expect(organization.sold_tos).toEqual([]);
  expect(organization.organization_fields).toMatchObject({
    account_type: "open_partner",
    sfdc_short_id: "0014M00001kAbCd",
    support_hold: true,
    account_owner: null,
  });
  expect(Object.keys(organization.organization_fields).sort()).toEqual(keysOf(partnerFields()).sort());
});
