import type { Account } from "./account.ts";
import { bySalesforceId, type Note } from "./changeset.ts";
import { type Day, expiredEndDate, threeYearsOut } from "./dates.ts";
import { placeSubscriptions } from "./entitled-instance.ts";
import { type Entitlement, entitle } from "./entitlement.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";
import { allNotes, type ConcerningNote, notesByInstance } from "./notes-by-instance.ts";
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

/** The outcome of `process` for all accounts. */
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
  quarantined: string[];
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
export function processAccounts({ accounts, ...input }: ProcessInput): Processed {
  const decisions = new Map<string, AccountDecision>();
  const processing = new Processing(input, (decision) => void decisions.set(decision.salesforce_id, decision));
  for (const account of accounts) processing.add(account);
  return {
    ...processing.end(),
    get counts() {
      return countDecisions([...decisions.values()]);
    },
    decisions,
  };
}

/** The part of an account's outcome that is kept once it is decided. */
interface Decided {
  salesforce_id: string;
  desired: Partial<Record<InstanceName, DesiredOrganization>>;
  /** Instances in which its subscriptions count. */
  placed: readonly InstanceName[];
  /** Instances in which it has an object, even one that fell out (E13). */
  entitled: readonly InstanceName[];
  notes: readonly ConcerningNote[];
}

/** As `processAccounts`, one account after the other: what was read of an account is not held once it is decided about. */
export class Processing {
  readonly #rules: Rules;
  readonly #unknown: UnknownCharges;
  readonly #decided = new Map<string, Decided>();
  readonly #doubledIds = new Set<string>();

  /** @param keep gets every decision; of an id that comes again the one that it is left alone, at the end */
  constructor(
    private readonly input: Omit<ProcessInput, "accounts">,
    private readonly keep: (decision: AccountDecision) => void = () => {},
  ) {
    const rules: Rules = {
      partnerIds: new Set([...input.partnerIds].map(id18)),
      plans: input.plans,
      // Which accounts there are is known at the end, and matters to none that there is.
      overrides: this.#overridesFor(new Set(input.overrides.map(({ salesforce_id }) => salesforce_id))).applicable,
      expiredEndDate: expiredEndDate(input.today),
      threeYearsOut: threeYearsOut(input.today),
    };
    this.#rules = rules;
    this.#unknown = new UnknownCharges(input.plans, (account, plans) => decide(account, { ...rules, plans }));
  }

  /** The next account, by its 18-character id (G5); of those with one id any may be the wrong one. */
  add(record: Account): void {
    const account = { ...record, salesforce_id: id18(record.salesforce_id) };
    if (this.#decided.has(account.salesforce_id)) this.#doubledIds.add(account.salesforce_id);
    else this.#note(decide(account, this.#rules), account);
  }

  /** Returns the outcome for all accounts added; those that came more than once are left alone and quarantined. */
  end(): Omit<Processed, "counts" | "decisions"> {
    for (const id of this.#doubledIds) this.#note(skippedDecision(id, "account.gathered_twice"), null);
    const all = [...this.#decided.values()].sort(bySalesforceId);
    const { applicable, notes } = this.#overridesFor(new Set(this.#decided.keys()));
    const hasObject = (instance: InstanceName, id: string) =>
      this.#decided.get(id)?.entitled.includes(instance) === true;
    const accountsNotes = all.flatMap((one) => one.notes);
    const allOfThem = [...notes, ...withoutEffect(applicable, hasObject), ...accountsNotes];
    const desiredIn = (instance: InstanceName) => all.flatMap(({ desired }) => desired[instance] ?? []);
    const movedFrom = (instance: InstanceName) =>
      all.flatMap(({ salesforce_id, placed }) =>
        placed.length > 0 && !placed.includes(instance) ? [salesforce_id] : [],
      );
    return {
      desired: { global: desiredIn("global"), "us-government": desiredIn("us-government") },
      moved: { global: movedFrom("global"), "us-government": movedFrom("us-government") },
      notes: allNotes(allOfThem),
      notesOf: notesByInstance(allOfThem),
      unknownCharges: unknownChargesIn(accountsNotes.map(({ note }) => note)),
      quarantined: [...this.#doubledIds].sort(),
    };
  }

  #note(decision: AccountDecision, account: Account | null): void {
    const { salesforce_id, subscriptions, entitlements, tooOld } = decision;
    const entitled = INSTANCES.filter((instance) => entitlements[instance] !== undefined);
    const desired: Decided["desired"] = {};
    for (const instance of entitled) {
      const entitlement = entitlements[instance];
      if (entitlement && !tooOld.includes(instance)) desired[instance] = desiredOrganization(entitlement);
    }
    const notes = accountNotes(decision, {
      unknown: account ? this.#unknown.of(account, decision) : [],
      instances: account ? instancesOf(account, decision, this.#rules) : [],
    });
    const placed = INSTANCES.filter((instance) => subscriptions.some((one) => one.instance === instance));
    this.#decided.set(salesforce_id, { salesforce_id, desired, placed, entitled, notes });
    this.keep(decision);
  }

  #overridesFor(accountIds: ReadonlySet<string>) {
    const { overrides, plans, today } = this.input;
    return applicableOverrides(overrides, { plans, accountIds, today });
  }
}

function skippedDecision(salesforce_id: string, skipped: SkipCode | null): AccountDecision {
  return { salesforce_id, skipped, subscriptions: [], strayCharges: [], entitlements: {}, tooOld: [] };
}

function decide(account: Account, rules: Rules): AccountDecision {
  const id = account.salesforce_id;
  const skipped = skipCode(account, rules);
  const nothing = skippedDecision(id, skipped);
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
function skipCode(account: Account, { partnerIds }: Rules): SkipCode | null {
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
