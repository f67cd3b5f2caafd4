import type { AccountRecord } from "../records.ts";
import type { WorldDraft } from "../world-draft.ts";

const PREMIUM = "SaaS - Premium - 1 Year";

/** What makes an account a listed partner (P1). */
export function partnerOf(track: "Open" | "Select"): Partial<AccountRecord> {
  return { Type: "Partner", Partners_Partner_Status__c: "Authorized", Partner_Track__c: track };
}

/** Partners, and accounts on their way to become one or stop being one (C1, P1–P4). */
export function addPartnerOddities(draft: WorldDraft): void {
  addAlliancePartner(draft);
  addTurncoats(draft);
  const newcomer = draft.customer(partnerOf("Open"));
  draft.oddity("P4 new partner, created without contacts", newcomer, {
    global: { is: "created", fields: { account_type: "open_partner" } },
    users: [{ instance: "global", email: draft.soldTo(newcomer) ?? "", is: "absent" }],
  });
  const gone = draft.unregistered(partnerOf("Select"));
  draft.existing(gone, "global");
  draft.oddity("P3 partner whose account is gone", gone, { global: { is: "marked" } });
}

function addAlliancePartner(draft: WorldDraft): void {
  const alliance = draft.subscriber([PREMIUM], { Account_Owner_Calc__c: "Aaron Alliance" });
  draft.config.alliance_account_id = alliance.account.Id;
  draft.existing(alliance, "global", { fields: { account_owner: "Astrid Earlier" } });
  draft.oddity("E1 P2 alliance partner that Salesforce calls a customer", alliance, {
    global: {
      is: "updated",
      fields: { account_type: "alliance_partner", account_owner: "Aaron Alliance", support_level: null },
    },
    "us-government": { is: "absent" },
  });
}

function addTurncoats(draft: WorldDraft): void {
  const customerNow = draft.subscriber([PREMIUM], { Partner_Track__c: "Select" });
  const { account } = customerNow;
  const asPartner = draft.expected({ ...customerNow, account: { ...account, ...partnerOf("Select") } }, "global");
  draft.organization("global", asPartner);
  draft.oddity("C1 partner that is a customer now", customerNow, {
    global: { is: "updated", support_level: "premium", fields: { account_type: "customer", sub_dotcom_premium: true } },
  });
  const partnerNow = draft.customer(partnerOf("Open"));
  const asCustomer = { ...partnerNow, account: { ...partnerNow.account, Type: "Customer" } };
  draft.organization("global", draft.asIfSubscribed(asCustomer, "global", [PREMIUM]));
  draft.oddity("C1 P3 customer that is a partner now", partnerNow, {
    global: { is: "updated", fields: { account_type: "open_partner", support_level: "premium" } },
  });
}
