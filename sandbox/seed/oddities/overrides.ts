import type { InstanceName } from "../../types.ts";
import { addDays } from "../days.ts";
import type { Customer } from "../records.ts";
import { to18 } from "../salesforce-ids.ts";
import type { WorldDraft } from "../world-draft.ts";

const PREMIUM = "SaaS - Premium - 1 Year";

/** The overrides file (E8): one entry for each thing that can become of an entry. */
export function addOverrideOddities(draft: WorldDraft): void {
  addOverridesThatApply(draft);
  addOverridesThatDoNot(draft);
}

function override(draft: WorldDraft, { account }: Customer, entry: Record<string, unknown>): void {
  draft.overrides.push({ salesforce_id: account.Id, reason: "renewal signed, invoice pending", ...entry });
}

function addOverridesThatApply(draft: WorldDraft): void {
  const { today } = draft;
  const upgraded = draft.subscriber([PREMIUM]);
  draft.existing(upgraded, "global");
  override(draft, upgraded, { subscriptions: { sub_dotcom_ultimate: true }, ends_on: today });
  draft.oddity("E8 override applies, on its last day", upgraded, {
    global: {
      is: "updated",
      support_level: "ultimate",
      fields: { sub_dotcom_ultimate: true, sub_dotcom_premium: true },
    },
  });

  const prolonged = draft.customer();
  draft.subscribe(prolonged, [PREMIUM], { end: addDays(today, -30) });
  draft.existing(prolonged, "global");
  override(draft, prolonged, { subscriptions: { sub_dotcom_premium: true }, expiration_date: addDays(today, 60) });
  draft.oddity("E8 override of an expired account with a new expiration date", prolonged, {
    global: {
      is: "updated",
      support_level: "premium",
      fields: { expiration_date: addDays(today, 60), account_type: "customer", sub_dotcom_premium: true },
    },
  });

  const government = draft.subscriber(["12x5 US Citizen Support - 1 Year", "Self-Managed - Premium - 1 Year"]);
  draft.existing(government, "us-government");
  override(draft, government, { instance: "us-government", subscriptions: { sub_usgov_24x7: true } });
  draft.oddity("E8 E12 override in us-government", government, {
    "us-government": {
      is: "updated",
      support_level: "premium",
      fields: { sub_usgov_24x7: true, emergency_support_24x7: true },
    },
  });
}

function addOverridesThatDoNot(draft: WorldDraft): void {
  const { today } = draft;
  const unaffected = (name: string, ...entries: Record<string, unknown>[]) => {
    const customer = draft.subscriber([PREMIUM]);
    draft.existing(customer, "global");
    for (const entry of entries) override(draft, customer, entry);
    draft.oddity(name, customer, { global: { is: "unchanged", support_level: "premium" } });
  };
  const ultimate = { subscriptions: { sub_dotcom_ultimate: true } };
  unaffected("E8 override ended yesterday", { ...ultimate, ends_on: addDays(today, -1) });
  unaffected("E8 override given twice", ultimate, { subscriptions: { sub_dotcom_premium: false } });
  unaffected("E8 override of an unknown subscription type", {
    subscriptions: { sub_dotcom_ultimate: true, sub_dotcom_platinum: true },
  });
  unaffected("E8 override without effect: no subscription in that instance", {
    ...ultimate,
    instance: "us-government" satisfies InstanceName,
  });
  const unknown = to18("0014M00000zzzzz");
  draft.overrides.push({ salesforce_id: unknown, reason: "left the company since", ...ultimate });
  const skipped = draft.customer();
  override(draft, skipped, ultimate);
  draft.oddity("E8 E1 override without effect: account without any subscription", skipped, {
    global: { is: "absent" },
    "us-government": { is: "absent" },
  });
}
