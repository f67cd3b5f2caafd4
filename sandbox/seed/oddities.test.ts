import { describe, expect, test } from "bun:test";
import type { InstanceName, Oddity, OrganizationExpectation, SeedOrganization, SeedUser } from "../types.ts";
import { applicableOverrides } from "./applicable-overrides.ts";
import { buildWorld } from "./build-world.ts";
import { type ExpectedOrganization, expectedOrganizations, expectedPartner } from "./expected.ts";
import { expectedChanges } from "./expected-changes.ts";
import { sameMeaning } from "./meaning.ts";
import type { AccountRecord, ChargeRecord, SubscriptionRecord } from "./records.ts";
import { to18 } from "./salesforce-ids.ts";

const world = buildWorld({ accounts: 150, seed: 3, today: "2026-11-23", now: new Date("2026-11-23T10:00:00Z") });
const changes = expectedChanges(world);
const overrides = applicableOverrides(world.overrides, world.today);
const allianceId = /alliance_account_id: (\w+)/.exec(world.config)?.[1] ?? null;

function organizationsOf(instance: InstanceName, id: string): SeedOrganization[] {
  return world.zendesk[instance].organizations.filter(
    (one) => to18(String(one.organization_fields.salesforce_id ?? "")) === id,
  );
}

/** What the sandbox's own count of changes says becomes of the account's organization. */
function outcome(instance: InstanceName, id: string): OrganizationExpectation["is"] {
  const all = instance === "global" ? [changes.global, changes.partners] : [changes["us-government"]];
  const [organization] = organizationsOf(instance, id);
  const isIn = (kind: "updates" | "rewrites" | "marks") => all.some((one) => one[kind].includes(organization?.id ?? 0));
  if (all.some((one) => one.creates.includes(id))) return "created";
  if (isIn("marks")) return "marked";
  if (isIn("updates") && organization?.organization_fields.mark_for_deletion === true) return "unmarked";
  if (isIn("updates") || isIn("rewrites")) return "updated";
  if (all.some((one) => one.conflicts.includes(id))) return "conflict";
  if (!organization) return "absent";
  return desired(instance, id) ? "unchanged" : "left alone";
}

function desired(instance: InstanceName, id: string): ExpectedOrganization | undefined {
  const account = (world.salesforce.Account as AccountRecord[]).find((one) => one.Id === id);
  if (!account) return undefined;
  const partner = expectedPartner(account, allianceId);
  if (partner) return instance === "global" ? partner : undefined;
  const subscriptions = (world.salesforce.Zuora__Subscription__c as SubscriptionRecord[]).filter(
    (one) => one.Zuora__Account__c === id,
  );
  const charges = (world.salesforce.Zuora__SubscriptionProductCharge__c as ChargeRecord[]).filter(
    (one) => one.Zuora__Account__c === id,
  );
  return expectedOrganizations({ account, subscriptions, charges }, world.today, overrides)[instance];
}

const withAccount = world.oddities.flatMap(
  (oddity): Array<Oddity & { salesforce_id: string }> =>
    oddity.salesforce_id === undefined ? [] : [{ ...oddity, salesforce_id: oddity.salesforce_id }],
);

describe("oddities", () => {
  test("are many, and each has a name of its own that starts with its rule", () => {
    const names = world.oddities.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[ACEGOPUY]\d+ /.test(name))).toEqual([]);
  });

  test("are about records that exist", () => {
    const accounts = new Set((world.salesforce.Account as AccountRecord[]).map(({ Id }) => Id));
    for (const { name, salesforce_id: id, expect: expected } of withAccount) {
      const exists =
        accounts.has(id) || organizationsOf("global", id).length + organizationsOf("us-government", id).length > 0;
      expect([name, exists]).toEqual([name, true]);
      expect([name, Object.keys(expected).length > 0]).toEqual([name, true]);
    }
  });

  test("come to what the sandbox's own count of changes says", () => {
    for (const { name, salesforce_id: id, expect: expected } of withAccount) {
      for (const instance of ["global", "us-government"] as const) {
        const is = expected[instance]?.is;
        if (is !== undefined) expect([name, instance, outcome(instance, id)]).toEqual([name, instance, is]);
      }
    }
  });

  test("end with the fields that follow from their account, or the ones nobody may touch", () => {
    for (const { name, salesforce_id: id, expect: expected } of withAccount) {
      for (const instance of ["global", "us-government"] as const) {
        const { fields = {}, support_level } = expected[instance] ?? {};
        const stored = organizationsOf(instance, id)[0]?.organization_fields;
        const end: Record<string, unknown> = { ...stored, ...desired(instance, id)?.fields };
        const wanted = support_level === undefined ? fields : { ...fields, support_level };
        const wrong = Object.entries(wanted).filter(([key, value]) => !sameMeaning(instance, key, end[key], value));
        expect([name, instance, wrong]).toEqual([name, instance, []]);
      }
    }
  });

  test("expect of addresses what users there are allow", () => {
    for (const { name, expect: expected } of world.oddities) {
      for (const { instance, email, is } of expected.users ?? []) {
        const users: SeedUser[] = world.zendesk[instance].users;
        const holder = users.some((user) => user.email === email || user.secondary_emails.includes(email));
        expect([name, holder]).toEqual([name, !["created", "absent"].includes(is)]);
      }
    }
  });

  test("of us-government's users come to what the sandbox's own count of changes says", () => {
    const { creates, updates, marks } = changes.users;
    for (const { name, expect: expected } of world.oddities) {
      for (const { instance, email, is } of expected.users ?? []) {
        if (instance === "global") continue;
        const id = world.zendesk[instance].users.find((user) => user.email === email)?.id ?? 0;
        const found = { creates: creates.includes(email), updates: updates.includes(id), marks: marks.includes(id) };
        const wanted = {
          creates: is === "created",
          updates: is === "updated" || is === "unmarked",
          marks: is === "marked",
        };
        expect([name, found]).toEqual([name, wanted]);
      }
    }
  });
});
