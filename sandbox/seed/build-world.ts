import type { World } from "../types.ts";
import { addDays } from "./days.ts";
import { addConflictOddities } from "./oddities/conflicts.ts";
import { addEntitlementOddities } from "./oddities/entitlements.ts";
import { addLifeOfOrganizations } from "./oddities/life-of-organizations.ts";
import { addOverrideOddities } from "./oddities/overrides.ts";
import { addPartnerOddities } from "./oddities/partners.ts";
import { addSoldToOddities } from "./oddities/sold-to-contacts.ts";
import { addSpellingOddities } from "./oddities/spellings.ts";
import { addUserOddities } from "./oddities/us-government-users.ts";
import { addOrdinaryRecords } from "./ordinary.ts";
import { WorldDraft } from "./world-draft.ts";

/** What a world is made of: the same options give the same world. */
export interface WorldOptions {
  /** Salesforce accounts, 1 to 100,000. Below {@link ACCOUNTS_FOR_ODDITIES} every record is an ordinary one. */
  accounts: number;
  seed: number;
  /** YYYY-MM-DD. */
  today: string;
  /** Real time, only for the age of young organizations (Y3). */
  now?: Date;
}

/** From so many accounts on, every oddity is there. */
export const ACCOUNTS_FOR_ODDITIES = 150;

/**
 * Invents the world the sandbox starts from: accounts in Salesforce, and in Zendesk what an earlier run had left, a little
 * behind. A first run with the default limits of interface.md passes.
 *
 * An oddity's expected field values are meant by meaning (C6): where `false` is expected, Zendesk may say null.
 *
 * @throws RangeError where `accounts` is not a whole number from 1 to 100,000
 */
export function buildWorld({ accounts, seed, today, now = new Date() }: WorldOptions): World {
  if (!Number.isInteger(accounts) || accounts < 1 || accounts > 100_000) {
    throw new RangeError(`The sandbox can have 1 to 100000 accounts, not ${accounts}.`);
  }
  const draft = new WorldDraft(seed, today, now);
  if (accounts >= ACCOUNTS_FOR_ODDITIES) addOddities(draft);
  addOrdinaryRecords(draft, accounts - draft.accounts);
  if (draft.overrides.length === 0) addEndedOverride(draft);
  // The oddities are among so few users that those who have left are more than the 2 % that a run may mark.
  draft.config.limits = { usgov_user: { marks: { percent: 5, max: 200 } } };
  return draft.finish();
}

function addOddities(draft: WorldDraft): void {
  addEntitlementOddities(draft);
  addOverrideOddities(draft);
  addSpellingOddities(draft);
  addConflictOddities(draft);
  addPartnerOddities(draft);
  addLifeOfOrganizations(draft);
  addUserOddities(draft);
  addSoldToOddities(draft);
}

/** An overrides file is never empty (E8): a small world has an entry that has run out. */
function addEndedOverride(draft: WorldDraft): void {
  draft.overrides.push({
    salesforce_id: draft.firstAccountId,
    reason: "pilot",
    subscriptions: { sub_dotcom_ultimate: true },
    ends_on: addDays(draft.today, -30),
  });
}
