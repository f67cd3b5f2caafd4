import { addDays } from "../days.ts";
import type { Customer } from "../records.ts";
import type { WorldDraft } from "../world-draft.ts";

const PREMIUM = "SaaS - Premium - 1 Year";
const GOVERNMENT = ["12x5 US Citizen Support - 1 Year", "Self-Managed - Ultimate - 1 Year"];

/** So many organizations were marked long ago, that those to be marked are well below 5 % of all (S2). */
const LONG_MARKED = 6;

/** What becomes of organizations whose account is renamed, merged, moved, gone or back (C2–C5, G5). */
export function addLifeOfOrganizations(draft: WorldDraft): void {
  addRenamed(draft);
  addMerged(draft);
  addMoved(draft);
  addDeleted(draft);
  addIds(draft);
  addNotInSync(draft);
  addWithoutSalesforceId(draft);
}

function addRenamed(draft: WorldDraft): void {
  const customer = draft.subscriber([PREMIUM]);
  draft.existing(customer, "global", { name: draft.invention.company() });
  draft.oddity("C3 renamed account", customer, { global: { is: "updated", name: customer.account.Name } });
}

/** An account that is no longer in Salesforce, with the organization it left behind. */
function gone(draft: WorldDraft, instance: "global" | "us-government", fields: Record<string, boolean>): Customer {
  const customer = draft.unregistered();
  const charges = instance === "global" ? [PREMIUM] : GOVERNMENT;
  draft.organization(instance, draft.asIfSubscribed(customer, instance, charges), { fields });
  return customer;
}

function addMerged(draft: WorldDraft): void {
  const winner = draft.subscriber([PREMIUM, "SaaS - Ultimate - 1 Year"]);
  draft.existing(winner, "global");
  draft.oddity("C9 merged account, the one that stays", winner, { global: { is: "unchanged" } });
  const kept = { global: { is: "left alone" as const, fields: { mark_for_deletion: false } } };
  const loser = gone(draft, "global", {});
  draft.mergedInto(winner.account.Id, loser, 3);
  draft.oddity("C9 merged account, the one that is gone", loser, kept);
  const first = gone(draft, "global", {});
  draft.mergedInto(loser.account.Id, first, 9);
  draft.oddity("C9 merged account, merged into one that was merged itself", first, kept);
  const homeless = draft.subscriber([PREMIUM], { Type: "Prospect" });
  const left = gone(draft, "global", {});
  draft.mergedInto(homeless.account.Id, left, 1);
  draft.oddity("C9 merged account, into one without organization", left, kept);
  const deleted = gone(draft, "global", {});
  draft.oddity("C4 account that is gone without having been merged", deleted, { global: { is: "marked" } });
}

function addMoved(draft: WorldDraft): void {
  const moved = draft.subscriber(GOVERNMENT);
  draft.organization("global", draft.asIfSubscribed(moved, "global", [PREMIUM]));
  draft.oddity("C9 moved from global to us-government", moved, {
    global: { is: "left alone", fields: { mark_for_deletion: false } },
    "us-government": { is: "created", support_level: "ultimate", fields: { sub_usgov_12x5: true } },
  });
  // Whatever the state of its subscription there: this one has ended.
  const ended = draft.customer();
  draft.subscribe(ended, [{ name: GOVERNMENT[0] ?? "", end: addDays(draft.today, -90) }]);
  draft.organization("global", draft.asIfSubscribed(ended, "global", [PREMIUM]));
  draft.oddity("C9 moved from global to us-government, and expired there", ended, {
    global: { is: "left alone", fields: { mark_for_deletion: false } },
    "us-government": { is: "absent" },
  });
  const migrating = draft.subscriber([PREMIUM]);
  draft.organization("us-government", draft.asIfSubscribed(migrating, "us-government", GOVERNMENT), {
    fields: { migrating: true },
    spelled: { migration_date: `${addDays(draft.today, 5)}T00:00:00+00:00` },
  });
  draft.oddity("C4 migrating from us-government to global", migrating, {
    global: { is: "created", support_level: "premium" },
    "us-government": { is: "left alone", fields: { migrating: true } },
  });
}

function addDeleted(draft: WorldDraft): void {
  const byHand = draft.subscriber([PREMIUM]);
  draft.oddity("C2 organization deleted by hand", byHand, { global: { is: "created" } });
  const onPurpose = draft.subscriber([PREMIUM]);
  draft.config.excluded_account_ids.push(onPurpose.account.Id);
  draft.oddity("C2 organization deleted on purpose, account excluded", onPurpose, {
    global: { is: "absent" },
    users: [{ instance: "global", email: draft.soldTo(onPurpose) ?? "", is: "absent" }],
  });
}

function addIds(draft: WorldDraft): void {
  const short = draft.subscriber([PREMIUM]);
  const { Id } = short.account;
  draft.existing(short, "global", { spelled: { salesforce_id: Id.slice(0, 15) }, external_id: null });
  draft.oddity("G5 organization with a 15-character salesforce_id", short, {
    global: { is: "updated", fields: { salesforce_id: Id } },
  });
  const charged = draft.customer();
  const subscription = draft.subscribe(charged, []);
  const shortId = subscription.Id.slice(0, 15);
  draft.addCharges(charged, subscription, [
    { name: PREMIUM, subscription: shortId },
    { name: "SaaS - Ultimate - 1 Year", subscription: subscription.Subscription_ID_18__c },
  ]);
  draft.existing(charged, "global");
  draft.oddity("E2 charges that name their subscription by 15 and by 18 characters", charged, {
    global: { is: "unchanged", support_level: "ultimate", fields: { sub_dotcom_premium: true } },
  });
}

function addNotInSync(draft: WorldDraft): void {
  const isProtected = gone(draft, "global", {});
  draft.config.protected_ids.push(isProtected.account.Id);
  draft.oddity("C4 protected id", isProtected, { global: { is: "left alone", fields: { mark_for_deletion: false } } });
  draft.oddity("C4 ignore_deletion", gone(draft, "global", { ignore_deletion: true }), {
    global: { is: "left alone", fields: { mark_for_deletion: false } },
  });
  draft.oddity("C4 marked already", gone(draft, "global", { mark_for_deletion: true }), {
    global: { is: "left alone", fields: { mark_for_deletion: true } },
  });
  for (let i = 0; i < LONG_MARKED; i++) gone(draft, "global", { mark_for_deletion: true });
  const back = draft.subscriber([PREMIUM]);
  draft.existing(back, "global", { fields: { mark_for_deletion: true } });
  draft.oddity("C5 marked and back in the source", back, {
    global: { is: "unmarked", fields: { mark_for_deletion: false } },
  });
}

function addWithoutSalesforceId(draft: WorldDraft): void {
  const internal = draft.unregistered();
  const unmanaged = { salesforce_id: internal.account.Id, name: internal.account.Name, fields: {} };
  draft.organization("global", { ...unmanaged, support_level: "", sold_tos: [] }, { external_id: null });
  draft.oddity("C4 organization without a salesforce_id", null, {
    global: { is: "left alone", name: internal.account.Name },
  });
  const emptied = draft.subscriber([PREMIUM]);
  draft.existing(emptied, "global", {
    external_id: emptied.account.Id,
    spelled: { salesforce_id: null, sfdc_short_id: "" },
  });
  draft.oddity("C7 organization with an external_id but an empty salesforce_id", emptied, {
    global: { is: "conflict", name: emptied.account.Name },
  });
}
