import { timestamp } from "../../sandbox/seed/days.ts";
import { partnerOf } from "../../sandbox/seed/oddities/partners.ts";
import { WorldDraft } from "../../sandbox/seed/world-draft.ts";
import type { World } from "../../sandbox/types.ts";
import { TODAY } from "../pipeline/world.ts";

const PREMIUM = ["SaaS - Premium - 1 Year"];

/** Zendesk ids and accounts in the world that a poisoned job is tried on. */
export interface Targets {
  /** Organizations of customers that are as they should be; all made by zdsync, years ago. */
  inSync: number[];
  /** Wants another owner. */
  outdated: number;
  /** Is put on hold. */
  held: number;
  /** Falls to a lower level. */
  falling: number;
  /** Organizations without account: to be marked, and protected in each way. */
  gone: number;
  protected: number;
  ignored: number;
  migrating: number;
  /** Of a partner, in sync. */
  partner: number;
  /** Accounts without organization: to be created, and never to be. */
  fresh: string;
  excluded: string;
}

/** A world in which every limit and every protection of customers in global has something to hold. */
export function poisonedWorld(): { world: World; targets: Targets } {
  const draft = new WorldDraft(29, TODAY, new Date());
  const made = (change = {}) => {
    const customer = draft.subscriber(PREMIUM);
    return draft.existing(customer, "global", { external_id: customer.account.Id, ...change });
  };
  const gone = (fields = {}) => {
    const customer = draft.unregistered();
    const { id } = draft.organization("global", draft.asIfSubscribed(customer, "global", PREMIUM), { fields });
    return { id, account: customer.account.Id };
  };
  const inSync = Array.from({ length: 12 }, () => made().id);
  const kept = gone();
  draft.config.protected_ids.push(kept.account);
  const excluded = draft.subscriber(PREMIUM).account.Id;
  draft.config.excluded_account_ids.push(excluded);
  made({ created_at: timestamp(draft.now.getTime() - 2 * 24 * 3_600_000) });
  const onHold = draft.subscriber(PREMIUM, { Support_Hold__c: true });
  const held = draft.existing(onHold, "global", { external_id: onHold.account.Id, fields: { support_hold: false } });
  const targets = {
    inSync,
    outdated: made({ fields: { account_owner: "Former Owner" } }).id,
    falling: made({ fields: { support_level: "ultimate" } }).id,
    held: held.id,
    gone: gone().id,
    protected: kept.id,
    ignored: gone({ ignore_deletion: true }).id,
    migrating: gone({ migrating: true }).id,
    partner: draft.existing(draft.customer(partnerOf("Select")), "global").id,
    fresh: draft.subscriber(PREMIUM).account.Id,
    excluded,
  };
  gone({ mark_for_deletion: true });
  return { world: draft.finish(), targets };
}
