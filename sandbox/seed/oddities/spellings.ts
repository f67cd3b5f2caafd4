import type { InstanceName } from "../../types.ts";
import type { AccountRecord } from "../records.ts";
import type { WorldDraft } from "../world-draft.ts";

interface Spelling {
  name: string;
  instance: InstanceName;
  account?: Partial<AccountRecord>;
  /** How Zendesk answers the very values that are wanted. */
  spelled: Record<string, unknown>;
}

const SPELLINGS: Spelling[] = [
  {
    name: "C6 checkboxes: null is not ticked",
    instance: "global",
    account: { Support_Hold__c: false, Restricted_Account__c: null },
    spelled: { support_hold: null, restricted_account: null, sub_edu: null, mark_for_deletion: null },
  },
  {
    name: "C6 checkboxes: false is not ticked",
    instance: "global",
    account: { Support_Hold__c: null, Restricted_Account__c: null },
    spelled: { support_hold: false, restricted_account: false, sub_edu: false, mark_for_deletion: false },
  },
  {
    name: "C6 text: null is empty",
    instance: "global",
    account: { Technical_Account_Manager_Name__c: null, Solutions_Architect_Lookup__r: null },
    spelled: { technical_account_manager: null, solutions_architect: null },
  },
  {
    name: "C6 text: an empty string is empty",
    instance: "us-government",
    account: { Technical_Account_Manager_Name__c: null, Solutions_Architect_Lookup__r: null },
    spelled: { technical_account_manager: "", solutions_architect: "" },
  },
  {
    name: "C6 decimal as text",
    instance: "global",
    account: { CARR_This_Account__c: 12_000.5 },
    spelled: { aar: "12000.50" },
  },
  {
    name: "C6 decimal: null is 0",
    instance: "global",
    account: { CARR_This_Account__c: 0 },
    spelled: { aar: null },
  },
  {
    name: 'C6 decimal: "0.0" is 0',
    instance: "us-government",
    account: { CARR_This_Account__c: null },
    spelled: { arr: "0.0" },
  },
  {
    name: "C6 integer as text",
    instance: "us-government",
    spelled: { number_of_seats: "40" },
  },
  {
    name: "C6 drop-down: null is no choice",
    instance: "global",
    account: { Account_Demographics_Geo__c: "LATAM", Account_Demographics_Region__c: null },
    spelled: { org_region: null },
  },
  {
    name: "C6 date: an agent's date changes nothing",
    instance: "global",
    spelled: { migration_date: "2018-11-04T00:00:00+00:00" },
  },
];

/** One organization for each spelling of Zendesk's: there is nothing to do. */
export function addSpellingOddities(draft: WorldDraft): void {
  const plans: Record<InstanceName, string> = {
    global: "SaaS - Premium - 1 Year",
    "us-government": "Self-Managed - Premium - 1 Year",
  };
  for (const { name, instance, account, spelled } of SPELLINGS) {
    const exception = instance === "us-government" ? "federal-support" : null;
    const customer = draft.subscriber([{ name: plans[instance], quantity: 40 }], {
      ...account,
      Support_Instance__c: exception,
    });
    draft.existing(customer, instance, { spelled });
    draft.oddity(name, customer, { [instance]: { is: "unchanged", support_level: "premium" } });
  }
}
