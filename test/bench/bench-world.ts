import { parse, stringify } from "yaml";
import { addOrdinaryRecords } from "../../sandbox/seed/ordinary.ts";
import { WorldDraft } from "../../sandbox/seed/world-draft.ts";
import type { InstanceName, SalesforceRecord, World } from "../../sandbox/types.ts";
import { changeOfAccount, FIRST_HOUR } from "./situations.ts";

const INSTANCES: readonly InstanceName[] = ["global", "us-government"];
/** No situation is refused for its size: limits are not what is measured. */
const WIDE = { percent: 100, max: 1_000_000 };
const WIDE_LIMITS = {
  holds: WIDE,
  creates: 1_000_000,
  contacts: 1_000_000,
  marks: WIDE,
  updates: { percent: 100 },
  downgrades: WIDE,
  marked_total: { percent: 100 },
  usgov_user: { marks: WIDE },
};

/**
 * The sandbox's world of so many Salesforce accounts ("1k accounts": 1,000 records of Account, of which some 72 % have an organization in
 * global, 27 % in us-government), without its oddities, in which Zendesk agrees with Salesforce in everything.
 */
export function settledWorld(accounts: number): World {
  const now = new Date(FIRST_HOUR);
  const draft = new WorldDraft(1, now.toISOString().slice(0, 10), now);
  addOrdinaryRecords(draft, accounts, { behind: false });
  // The file of overrides is never empty (E8).
  const salesforce_id = draft.firstAccountId;
  draft.overrides.push({ salesforce_id, reason: "over", subscriptions: { sub_oss: true }, ends_on: "2026-01-31" });
  const world = draft.finish();
  return { ...world, config: stringify({ ...parse(world.config), limits: WIDE_LIMITS }) };
}

/** The settled world without those who become customers in a normal hour: their accounts are prospects, and not in Zendesk. */
export function beforeNormalHour(world: World): World {
  const later = new Set(accountsThat("new", world.salesforce.Account));
  const Account = world.salesforce.Account.map((one) =>
    later.has(String(one.Id)) ? { ...one, Type: "Prospect" } : one,
  );
  const zendesk = Object.fromEntries(
    INSTANCES.map((instance) => {
      const { organizations, users } = world.zendesk[instance];
      const gone = new Set(
        organizations
          .filter(({ organization_fields: { salesforce_id } }) => later.has(String(salesforce_id)))
          .map(({ id }) => id),
      );
      return [
        instance,
        {
          organizations: organizations.filter(({ id }) => !gone.has(id)),
          users: users.filter(({ organization_ids: [id] }) => id === undefined || !gone.has(id)),
        },
      ];
    }),
  ) as World["zendesk"];
  return { ...world, salesforce: { ...world.salesforce, Account }, zendesk };
}

/** The world before anything was synced: in Zendesk there are its own people only. */
export function emptyZendesk(world: World): World {
  const zendesk = Object.fromEntries(
    INSTANCES.map((instance) => [
      instance,
      { organizations: [], users: world.zendesk[instance].users.filter(({ role }) => role !== "end-user") },
    ]),
  ) as unknown as World["zendesk"];
  return { ...world, zendesk };
}

/** Edits of accounts, by id, that make the hour what it is: a normal one, or one in which every account changes. */
export function* editsOf(
  situation: "normal" | "everything",
  world: World,
): Generator<[id: string, edit: SalesforceRecord]> {
  for (const [place, { Id, Type }] of world.salesforce.Account.entries()) {
    const id = String(Id);
    if (situation === "everything") yield [id, { Account_Owner_Calc__c: "Everybody's New Owner" }];
    else {
      const change = isCustomer(Type) || Type === "Prospect" ? changeOfAccount(place) : null;
      if (change === "new") yield [id, { Type: "Customer" }];
      else if (change === "gone") yield [id, { Type: "Prospect" }];
      else if (change === "owner") yield [id, { Account_Owner_Calc__c: "Somebody's New Owner" }];
    }
  }
}

function accountsThat(change: "new", accounts: readonly SalesforceRecord[]): string[] {
  return accounts.flatMap(({ Id, Type }, place) =>
    isCustomer(Type) && changeOfAccount(place) === change ? [String(Id)] : [],
  );
}

function isCustomer(type: unknown): boolean {
  return type === "Customer" || type === "Former Customer";
}
