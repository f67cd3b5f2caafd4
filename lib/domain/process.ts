import type { Account } from "./account.ts";
import { bySalesforceId, type Note } from "./changeset.ts";
import { type Day, expiredEndDate, threeYearsOut } from "./dates.ts";
import { placeSubscriptions } from "./entitled-instance.ts";
import { type Entitlement, entitle } from "./entitlement.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";
import { allNotes, notesByInstance } from "./notes-by-instance.ts";
import { customerFields, type DesiredOrganization } from "./organization.ts";
import { type ApplicableOverrides, applicableOverrides, type Override, withoutEffect } from "./overrides.ts";
import type { Plans } from "./plans.ts";
import type { AccountDecision, SkipCode } from "./process-decision.ts";
import {
  accountNotes,
  countDecisions,
  type ProcessCounts,
  type UnknownCharge,
  unknownChargesIn,
} from "./process-notes.ts";
import { toId18 } from "./salesforce-id.ts";
import { UnknownCharges } from "./unknown-charges.ts";

/** What `process` makes of all accounts. */
export interface Processed {
  /** Each sorted by `salesforce_id`. */
  desired: Record<InstanceName, DesiredOrganization[]>;
  /** Accounts without any subscription in an instance and with one in the other, whatever its state (C9); sorted. */
  moved: Record<InstanceName, string[]>;
  /** Sorted by rule; charge names and ids only. */
  notes: Note[];
  /** Of those the ones that concern an instance; what concerns both is in both. */
  notesOf: Record<InstanceName, Note[]>;
  counts: ProcessCounts;
  /** Charge names that `plans.yml` does not know, sorted, with the accounts concerned (E2). */
  unknownCharges: UnknownCharge[];
  /** By `salesforce_id`, for every account. */
  decisions: ReadonlyMap<string, AccountDecision>;
  /** Accounts that nothing can be said about (two records with one id): their organizations must be left as they are. */
  leftAlone: string[];
}

/** Everything that `process` looks at; nothing else has any influence. */
export interface ProcessInput {
  accounts: readonly Account[];
  /** Accounts that are partners now, or whose organization says so where `partner_accounts.json` is missing (A3). */
  partnerIds: ReadonlySet<string>;
  plans: Plans;
  /** The valid entries of the overrides file; notes about the others are the caller's. */
  overrides: readonly Override[];
  today: Day;
}

interface Rules {
  doubledIds: ReadonlySet<string>;
  partnerIds: ReadonlySet<string>;
  plans: Plans;
  overrides: ApplicableOverrides;
  expiredEndDate: Day;
  threeYearsOut: Day;
}

/**
 * Decides which account belongs to which instance, and what support it gets there (entitlements.md, E1–E14).
 * Pure; cost grows linearly with accounts and charges; the order of accounts, subscriptions and charges has no influence.
 */
export function processAccounts(input: ProcessInput): Processed {
  const { accounts, doubledIds } = oncePerId(input.accounts);
  const { applicable, notes } = applicableOverrides(input.overrides, {
    plans: input.plans,
    accountIds: new Set(accounts.keys()),
    today: input.today,
  });
  const rules: Rules = {
    doubledIds,
    partnerIds: new Set([...input.partnerIds].map(id18)),
    plans: input.plans,
    overrides: applicable,
    expiredEndDate: expiredEndDate(input.today),
    threeYearsOut: threeYearsOut(input.today),
  };
  const decisions = new Map([...accounts].map(([id, account]) => [id, decide(account, rules)]));
  const all = [...decisions.values()].sort(bySalesforceId);
  const unknown = new UnknownCharges(input.plans, (account, plans) => decide(account, { ...rules, plans }));
  const accountsNotes = all.flatMap((decision) => {
    const account = accounts.get(decision.salesforce_id);
    if (!account) return [];
    return accountNotes(decision, {
      unknown: unknown.of(account, decision),
      instances: instancesOf(account, decision, rules),
    });
  });
  const hasObject = (instance: InstanceName, id: string) => decisions.get(id)?.entitlements[instance] !== undefined;
  const allOfThem = [...notes, ...withoutEffect(applicable, hasObject), ...accountsNotes];
  return {
    desired: { global: desiredIn("global", all), "us-government": desiredIn("us-government", all) },
    moved: { global: movedFrom("global", all), "us-government": movedFrom("us-government", all) },
    notes: allNotes(allOfThem),
    notesOf: notesByInstance(allOfThem),
    get counts() {
      return countDecisions(all);
    },
    unknownCharges: unknownChargesIn(accountsNotes.map(({ note }) => note)),
    decisions,
    leftAlone: [...doubledIds].sort(),
  };
}

/** Accounts by their 18-character id (G5), and the ids that several records have: any of them may be the wrong one. */
function oncePerId(records: readonly Account[]): { accounts: Map<string, Account>; doubledIds: ReadonlySet<string> } {
  const accounts = new Map<string, Account>();
  const doubledIds = new Set<string>();
  for (const record of records) {
    const id = id18(record.salesforce_id);
    if (accounts.has(id)) doubledIds.add(id);
    accounts.set(id, { ...record, salesforce_id: id });
  }
  return { accounts, doubledIds };
}

function decide(account: Account, rules: Rules): AccountDecision {
  const id = account.salesforce_id;
  const skipped = skipCode(account, rules);
  const nothing = { salesforce_id: id, skipped, subscriptions: [], strayCharges: [], entitlements: {}, tooOld: [] };
  if (skipped !== null) return nothing;
  const placement = placeSubscriptions(account, rules.plans, rules.expiredEndDate);
  const decision: AccountDecision = { ...nothing, ...placement };
  for (const instance of INSTANCES) {
    const subscriptions = placement.subscriptions.filter((one) => one.instance === instance);
    if (subscriptions.length === 0) continue;
    decision.entitlements[instance] = entitle({
      account,
      instance,
      subscriptions,
      override: rules.overrides[instance].get(id) ?? null,
      plans: rules.plans,
      expiredEndDate: rules.expiredEndDate,
    });
  }
  return { ...decision, tooOld: tooOld(decision.entitlements, rules.threeYearsOut) };
}

/** E1: partners are partner-sync's, and without a subscription there is nothing to support. */
function skipCode(account: Account, { doubledIds, partnerIds }: Rules): SkipCode | null {
  if (doubledIds.has(account.salesforce_id)) return "account.gathered_twice";
  if (partnerIds.has(account.salesforce_id)) return "account.is_partner";
  return account.subs.length === 0 ? "account.without_subscription" : null;
}

/** The instances that an account has to do with: partners are global's (C1), whoever has no subscription may be anybody's. */
function instancesOf(account: Account, { skipped, subscriptions }: AccountDecision, rules: Rules): InstanceName[] {
  if (skipped !== "account.is_partner") return subscriptions.map(({ instance }) => instance);
  const placed = placeSubscriptions(account, rules.plans, rules.expiredEndDate).subscriptions;
  return ["global", ...placed.map(({ instance }) => instance)];
}

/** E13: included only if `expiration_date` ≥ three years and one day ago. */
function tooOld(entitlements: AccountDecision["entitlements"], oldest: Day): InstanceName[] {
  return INSTANCES.filter((instance) => {
    const entitlement = entitlements[instance];
    return entitlement !== undefined && entitlement.expiration_date < oldest;
  });
}

function movedFrom(instance: InstanceName, decisions: readonly AccountDecision[]): string[] {
  return decisions.flatMap(({ salesforce_id, subscriptions }) =>
    subscriptions.length > 0 && subscriptions.every((one) => one.instance !== instance) ? [salesforce_id] : [],
  );
}

function desiredIn(instance: InstanceName, decisions: readonly AccountDecision[]): DesiredOrganization[] {
  return decisions.flatMap(({ entitlements, tooOld }) => {
    const entitlement = entitlements[instance];
    return entitlement === undefined || tooOld.includes(instance) ? [] : [desiredOrganization(entitlement)];
  });
}

function desiredOrganization(entitlement: Entitlement): DesiredOrganization {
  const { account, instance, types, sold_tos } = entitlement;
  return {
    salesforce_id: account.salesforce_id,
    name: account.name.trim(),
    organization_fields: customerFields(entitlement),
    sold_tos: [...sold_tos],
    ...(instance === "us-government" && { usgov_fedramp: types.has("usgov_fedramp") }),
  };
}

function id18(id: string): string {
  return toId18(id) ?? id;
}
