import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import type { World } from "../types.ts";
import { ACCOUNTS_FOR_ODDITIES, buildWorld } from "./build-world.ts";
import { ORGANIZATION_FIELDS } from "./organization-fields.ts";
import type { AccountRecord, ChargeRecord, ContactRecord, SubscriptionRecord } from "./records.ts";
import { SALESFORCE_COLUMNS } from "./salesforce-columns.ts";
import { PREFIX, to18 } from "./salesforce-ids.ts";

const NOW = new Date("2026-11-23T10:00:00Z");
const world = (accounts: number, seed = 1) => buildWorld({ accounts, seed, today: "2026-11-23", now: NOW });

describe("buildWorld", () => {
  test("gives the same world for the same arguments, and another for another seed", () => {
    expect(JSON.stringify(world(200))).toBe(JSON.stringify(world(200)));
    expect(JSON.stringify(world(200, 2))).not.toBe(JSON.stringify(world(200)));
  });

  test("now moves nothing but the birth of young organizations and their users (Y3)", () => {
    const before = world(200);
    const later = buildWorld({ accounts: 200, seed: 1, today: "2026-11-23", now: new Date("2027-02-01T00:00:00Z") });
    const differing = later.zendesk.global.organizations.filter(
      (one, index) => one.created_at !== before.zendesk.global.organizations[index]?.created_at,
    );
    expect(differing).toHaveLength(3);
    expect(new Set(differing.map((one) => one.created_at))).toEqual(new Set(["2027-01-30T00:00:00Z"]));
    expect(JSON.stringify(later.salesforce)).toBe(JSON.stringify(before.salesforce));
  });

  test.each([1, 2, 10, 149, 150, 2_000, 20_000])("has as many accounts as asked for: %d", (accounts) => {
    expect(world(accounts).salesforce.Account).toHaveLength(accounts);
  });

  test("refuses a size that is none", () => {
    for (const accounts of [0, 1.5, 100_001]) expect(() => world(accounts)).toThrow(RangeError);
  });

  test("has no oddities below the smallest size for them, and the same ones from there on", () => {
    expect(world(ACCOUNTS_FOR_ODDITIES - 1).oddities).toEqual([]);
    const names = (accounts: number) => world(accounts).oddities.map(({ name }) => name);
    expect(names(ACCOUNTS_FOR_ODDITIES)).toEqual(names(2_000));
  });

  test("has an overrides file with entries and a configuration at every size", () => {
    for (const accounts of [1, 150]) {
      const { overrides, config } = world(accounts);
      expect(parse(overrides)).not.toBeEmpty();
      expect(parse(config)).toMatchObject({ protected_email_domains: ["protected.example"] });
    }
  });
});

describe("records", () => {
  const sample = world(2_000);

  test("carry valid 18-character Salesforce ids, no two the same in any capitals", () => {
    const ids: Array<[object: keyof typeof PREFIX, records: Array<{ Id: string }>]> = [
      ["account", sample.salesforce.Account as AccountRecord[]],
      ["contact", sample.salesforce.Contact as ContactRecord[]],
      ["subscription", sample.salesforce.Zuora__Subscription__c as SubscriptionRecord[]],
      ["charge", sample.salesforce.Zuora__SubscriptionProductCharge__c as ChargeRecord[]],
      ["user", sample.salesforce.User as Array<{ Id: string }>],
    ];
    const all = new Set<string>();
    for (const [object, records] of ids) {
      for (const { Id } of records) {
        expect(Id.startsWith(PREFIX[object])).toBeTrue();
        expect(to18(Id.slice(0, 15))).toBe(Id);
        all.add(Id.toLowerCase());
      }
    }
    expect(all.size).toBe(ids.reduce((sum, [, records]) => sum + records.length, 0));
  });

  test("spell 15-character ids out as Salesforce does", () => {
    expect([to18("001D000000IqhSL"), to18("a0D30000001n7Pi"), to18("0019000000B98de")]).toEqual([
      "001D000000IqhSLIAZ",
      "a0D30000001n7PiEAI",
      "0019000000B98deAAB",
    ]);
  });

  test("carry ascending Zendesk ids of 14 digits", () => {
    for (const { organizations, users } of Object.values(sample.zendesk)) {
      for (const ids of [organizations, users].map((records) => records.map(({ id }) => id))) {
        expect(ids).toEqual(ids.toSorted((one, other) => one - other));
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => String(id).length === 14)).toBeTrue();
      }
    }
  });

  test("have just the columns that the Salesforce objects have", () => {
    for (const [object, records] of Object.entries(sample.salesforce)) {
      const columns = SALESFORCE_COLUMNS.filter((column) => column.object === object).map(({ name }) => name);
      const keys = new Set(records.flatMap((record) => Object.keys(record)));
      const lookups = [...keys].filter((key) => key.endsWith("__r") || (object === "Contact" && key === "Account"));
      expect([...keys].filter((key) => !lookups.includes(key)).sort()).toEqual(columns.sort());
    }
  });

  test("have just the fields that the instances have", () => {
    for (const instance of ["global", "us-government"] as const) {
      const keys = ORGANIZATION_FIELDS[instance].map(({ key }) => key).sort();
      for (const { organization_fields } of sample.zendesk[instance].organizations) {
        expect(Object.keys(organization_fields).sort()).toEqual(keys);
      }
    }
  });

  test("name organizations uniquely, as Zendesk insists", () => {
    for (const { organizations } of Object.values(sample.zendesk)) {
      const names = organizations.map(({ name }) => name.trim().toLowerCase());
      expect(new Set(names).size).toBe(names.length);
      const externalIds = organizations.flatMap(({ external_id }) => external_id?.toLowerCase() ?? []);
      expect(new Set(externalIds).size).toBe(externalIds.length);
    }
  });

  test("give every address to one user only", () => {
    for (const { users } of Object.values(sample.zendesk)) {
      const addresses = users.flatMap(({ email, secondary_emails }) => [email ?? "", ...secondary_emails]);
      expect(new Set(addresses.map((address) => address.toLowerCase())).size).toBe(addresses.length);
    }
  });

  test("put users into organizations that exist", () => {
    for (const { organizations, users } of Object.values(sample.zendesk)) {
      const ids = new Set(organizations.map(({ id }) => id));
      expect(users.flatMap(({ organization_ids }) => organization_ids).filter((id) => !ids.has(id))).toEqual([]);
    }
  });

  test("have addresses of reserved domains only", () => {
    const addresses = JSON.stringify(sample).match(/[^\s"<>]+@[^\s"\\]+/g) ?? [];
    expect(addresses.length).toBeGreaterThan(2_000);
    expect(addresses.filter((address) => !/^[a-z.0-9]+@[a-z0-9-]+\.example$/i.test(address))).toEqual([]);
  });

  test("count mostly in global, a good quarter in us-government, a few in both", () => {
    const { global, "us-government": usGovernment } = sample.zendesk;
    const accounts = sample.salesforce.Account.length;
    const inBoth = ids(global).intersection(ids(usGovernment)).size;
    expect(global.organizations.length / accounts).toBeWithin(0.6, 0.8);
    expect(usGovernment.organizations.length / accounts).toBeWithin(0.22, 0.35);
    expect(inBoth / accounts).toBeWithin(0.01, 0.05);
  });
});

function ids({ organizations }: World["zendesk"]["global"]): Set<unknown> {
  return new Set(organizations.flatMap(({ organization_fields }) => organization_fields.salesforce_id ?? []));
}
