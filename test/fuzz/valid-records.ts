import { ATTRIBUTES } from "../../lib/domain/attributes.ts";
import { emptyAttributes } from "../../lib/domain/empty-attributes.ts";
import type { ArtifactName } from "../../lib/storage/artifacts/schemas.ts";
import { canary } from "./odd-values.ts";
import type { Random } from "./random.ts";

const ACCOUNTS = ["0014M00001kAbCdQAK", "0014M000004ZYxYQAW", "0014M000002PbNpQAK"] as const;

type Make = (random: Random) => Record<string, unknown>;

const soldTo = (random: Random) => (random.chance(0.8) ? { name: canary(random), email: canary(random) } : null);

/** An account with every attribute in its order, one that was just added, too. */
const account: Make = (random) => {
  const { salesforce_id, subs, charges, ...known } = knownAccount(random);
  const all: Record<string, unknown> = { ...emptyAttributes(), ...known };
  const attributes = Object.fromEntries(Object.keys(ATTRIBUTES).map((name) => [name, all[name]]));
  return { salesforce_id, ...attributes, subs, charges };
};

const knownAccount: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  name: canary(random),
  arr: 170_337.5,
  type: "Customer",
  sales_segment: "pubsec",
  account_owner: canary(random),
  technical_account_manager: null,
  solutions_architect: null,
  region: "AMER",
  restricted: false,
  escalated: false,
  exception: true,
  support_hold: false,
  partner_track: null,
  partner_type: null,
  sold_to: soldTo(random),
  subs: [
    {
      id: "a0S4M000004ZYxYUAW",
      name: "A-S00010060",
      subscription_id: "a0S4M000004ZYxYUAW",
      status: "Active",
      start_date: "2026-05-10",
      end_date: "2028-05-09",
      sold_to_email: canary(random),
    },
  ],
  charges: [
    {
      id: "a0C4M000006jWXHUA2",
      name: "C-00010061",
      charge_name: "Self-Managed - Starter - 1 Year",
      subscription_id: "a0S4M000004ZYxYUAW",
      start_date: "2026-05-10",
      end_date: "2028-05-09",
      quantity: 49,
    },
  ],
});

const partner: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  name: canary(random),
  account_type: "open_partner",
  account_owner: canary(random),
  technical_account_manager: null,
  restricted_account: false,
  support_hold: false,
});

const organization: Make = (random) => ({
  id: 1 + random.upTo(10_000),
  name: canary(random),
  external_id: random.pick([null, ...ACCOUNTS]),
  created_at: "2026-01-02T00:00:00Z",
  updated_at: "2026-01-02T00:00:00Z",
  organization_fields: {
    salesforce_id: random.pick(ACCOUNTS),
    aar: "12000.5",
    sub_edu: true,
    account_owner: canary(random),
  },
});

const desired: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  name: canary(random),
  organization_fields: { support_level: "ultimate", aar: 12_000.5, sub_edu: false, account_owner: canary(random) },
  sold_tos: [{ name: canary(random), email: canary(random) }],
});

const update: Make = (random) => ({
  id: 1 + random.upTo(10_000),
  salesforce_id: random.pick(ACCOUNTS),
  name: canary(random),
  before: { name: canary(random), organization_fields: { support_level: "premium" } },
  change: { name: canary(random), organization_fields: { support_level: "ultimate" } },
});

const mark: Make = (random) => ({
  id: 1 + random.upTo(10_000),
  salesforce_id: random.pick([null, ...ACCOUNTS]),
  name: canary(random),
  before: { mark_for_deletion: random.pick([false, null]) },
  change: { mark_for_deletion: true },
});

const user: Make = (random) => ({
  id: 1 + random.upTo(10_000),
  name: canary(random),
  email: canary(random),
  organization_id: random.pick([null, 7]),
  role: "end-user",
  suspended: false,
  marked: false,
  memberships: 1,
});

const contact: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  name: canary(random),
  email: canary(random),
  organization_id: 7,
});

const plannedContact: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  id: random.pick([null, 7]),
  email: canary(random),
  name: canary(random),
});

const knownAddress: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  id: 7,
  email: canary(random),
  state: random.pick(["there", "free"]),
});

const userUpdate: Make = (random) => ({
  id: 1 + random.upTo(10_000),
  salesforce_id: random.pick(ACCOUNTS),
  email: canary(random),
  before: { name: canary(random), organization_id: null, mark_for_deletion: true },
  change: { name: canary(random), organization_id: 7, mark_for_deletion: false },
});

const userMark: Make = (random) => ({
  id: 1 + random.upTo(10_000),
  salesforce_id: null,
  email: canary(random),
  before: { mark_for_deletion: false },
  change: { mark_for_deletion: true },
});

const result: Make = (random) => ({
  effect: random.pick(["create", "update", "mark", "contact"]),
  salesforce_id: random.pick(ACCOUNTS),
  id: 7,
  outcome: random.pick(["applied", "failed", "skipped"]),
  ...random.pick<object>([
    { reason: null },
    { reason: "changed since compare: support_level" },
    { reason: "Somebody changed it.", code: "organization.changed_since", params: { fields: ["support_level"] } },
  ]),
  before: { name: canary(random) },
  after: { name: canary(random), organization_fields: { support_level: "ultimate" } },
});

const merged: Make = (random) => ({
  salesforce_id: random.pick(ACCOUNTS),
  merged_into: random.pick(ACCOUNTS),
  merged_at: "2026-11-20T10:00:00.000Z",
  forgotten: random.chance(0.5),
});

const note: Make = (random) => ({
  rule: "E2",
  salesforce_id: random.pick([null, ...ACCOUNTS]),
  id: random.pick([null, 7]),
  ...random.pick<object>([
    { reason: "a charge that plans.yml does not know" },
    { reason: "Marks were withheld.", code: "mark.withheld", params: {} },
  ]),
});

const accountId: Make = (random) => ({ salesforce_id: random.pick(ACCOUNTS) });

/** Makes a valid record of an artifact; everything in it that could be a customer's is a canary. */
export function recordOf(name: ArtifactName): Make {
  const users = name.startsWith("usgov_user");
  if (name === "salesforce_accounts.json") return account;
  if (name === "partner_accounts.json") return partner;
  if (name === "customer_ids.json" || name === "partner_ids.json" || name.endsWith("_moved.json")) return accountId;
  if (name.startsWith("merged_accounts")) return merged;
  if (name === "zendesk_global_addresses.json") return knownAddress;
  if (name.startsWith("zendesk_")) return organization;
  if (name.endsWith("_results.json")) return result;
  if (name.endsWith("_notes.json")) return note;
  if (name === "usgov_users.json") return user;
  if (name === "global_contacts.json") return plannedContact;
  if (name.endsWith("_contacts.json") || (users && name.endsWith("_creates.json"))) return contact;
  if (name.endsWith("_updates.json")) return users ? userUpdate : update;
  if (name.endsWith("_not_in_sync.json")) return users ? userMark : mark;
  return desired;
}
