import { addDays } from "../days.ts";
import type { Customer } from "../records.ts";
import type { WorldDraft } from "../world-draft.ts";

const PREMIUM = "SaaS - Premium - 1 Year";

/** Names and ids that two records claim (C7): reported, never guessed at. */
export function addConflictOddities(draft: WorldDraft): void {
  addTwoOrganizationsOfOneAccount(draft);
  addCreatesWithOneName(draft);
  addCreateWithTakenName(draft);
  addRenameToTakenName(draft);
  addSwappedNames(draft);
  addExpiredNamesake(draft);
}

function addTwoOrganizationsOfOneAccount(draft: WorldDraft): void {
  const customer = draft.subscriber([PREMIUM]);
  draft.existing(customer, "global", { external_id: null, fields: { account_owner: "Somebody Else" } });
  draft.existing(customer, "global", { external_id: null, name: `${customer.account.Name} (2)` });
  draft.oddity("C7 two organizations with one salesforce_id", customer, { global: { is: "conflict" } });
}

function addCreatesWithOneName(draft: WorldDraft): void {
  const one = draft.subscriber([PREMIUM]);
  const other = draft.subscriber(["SaaS - Ultimate - 1 Year"], { Name: one.account.Name.toUpperCase() });
  const absent = (customer: Customer) => [
    { instance: "global" as const, email: draft.soldTo(customer) ?? "", is: "absent" as const },
  ];
  draft.oddity("C7 create with the name of another create, in small letters", one, {
    global: { is: "conflict" },
    users: absent(one),
  });
  draft.oddity("C7 create with the name of another create, in capitals", other, {
    global: { is: "conflict" },
    users: absent(other),
  });
}

function addCreateWithTakenName(draft: WorldDraft): void {
  const holder = draft.subscriber([PREMIUM]);
  draft.existing(holder, "global");
  const newcomer = draft.subscriber([PREMIUM], { Name: ` ${holder.account.Name.toLowerCase()}` });
  draft.oddity("C7 create whose name an existing organization has", newcomer, { global: { is: "conflict" } });
}

function addRenameToTakenName(draft: WorldDraft): void {
  const holder = draft.subscriber([PREMIUM]);
  draft.existing(holder, "global");
  const oldName = draft.invention.company();
  const renamed = draft.subscriber([PREMIUM], {
    Name: holder.account.Name,
    Account_Owner_Calc__c: "Olivia Newowner",
  });
  draft.existing(renamed, "global", { name: oldName, fields: { account_owner: "Oscar Oldowner" } });
  draft.oddity("C7 rename to a taken name: other fields are still updated", renamed, {
    global: { is: "updated", name: oldName, fields: { account_owner: "Olivia Newowner" } },
  });
}

function addSwappedNames(draft: WorldDraft): void {
  const one = draft.subscriber([PREMIUM]);
  const other = draft.subscriber([PREMIUM]);
  draft.existing(one, "global", { name: other.account.Name });
  draft.existing(other, "global", { name: one.account.Name });
  draft.oddity("C7 swapped names, one side", one, { global: { is: "conflict", name: other.account.Name } });
  draft.oddity("C7 swapped names, other side", other, { global: { is: "conflict", name: one.account.Name } });
}

function addExpiredNamesake(draft: WorldDraft): void {
  const expired = draft.customer({ Type: "Former Customer" });
  draft.subscribe(expired, [PREMIUM], { end: addDays(draft.today, -200) });
  const newcomer = draft.subscriber([PREMIUM], { Name: expired.account.Name });
  draft.oddity("C2 expired account with the name of a create", expired, { global: { is: "absent" } });
  draft.oddity("C7 create with the name of an expired account is not blocked", newcomer, {
    global: { is: "created", name: newcomer.account.Name, support_level: "premium" },
  });
}
