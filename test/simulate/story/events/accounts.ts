import { accountIn, accountsOf, type Events, type Scene, type Touched } from "./scene.ts";

function editAccount(scene: Scene, change: Record<string, unknown>): Touched {
  const id = scene.whom(accountsOf(scene));
  if (id === undefined) return undefined;
  scene.sandbox.editSalesforce("Account", id, change);
  return { accounts: [id] };
}

/** None of the options of the field in Zendesk. */
export const UNKNOWN_REGION = "ANTARCTICA";

/** What happens to accounts in Salesforce. */
export const OF_ACCOUNTS = {
  "an account is renamed": (scene) => {
    const other = scene.other(scene.world.salesforce.Account);
    return editAccount(scene, {
      Name: scene.how([
        `New Name ${scene.word}`,
        `New Name ${scene.word}`,
        String(other?.Name),
        ` Padded ${scene.word} `,
      ]),
    });
  },
  "an account is edited": (scene) =>
    editAccount(
      scene,
      scene.how<Record<string, unknown>>([
        { Account_Owner_Calc__c: `Owner ${scene.word}` },
        { CARR_This_Account__c: 1234.5 },
        { Support_Hold__c: true },
        { Support_Hold__c: false },
        { Restricted_Account__c: "Restricted Party" },
        { Account_Risk_Level__c: "At Risk - Escalated" },
        { Ultimate_Parent_Sales_Segment_Employees__c: null },
        { Account_Demographics_Geo__c: "APJ" },
        { Technical_Account_Manager_Name__c: null },
      ]),
    ),
  "an account gets a region that Zendesk does not know": (scene) =>
    editAccount(scene, { Account_Demographics_Geo__c: UNKNOWN_REGION }),
  "an account gets a region whose option is taken out of Zendesk": (scene) => {
    const region = scene.how(["AMER", "APJ", "EMEA"]);
    const option = region.toLowerCase();
    const others = scene.world.zendesk.global.organizations.filter(
      (one) => one.organization_fields.org_region !== option,
    );
    const account = scene.whom(others.flatMap(accountIn).filter((id) => accountsOf(scene).includes(id)));
    if (account === undefined) return undefined;
    const unknownDropdown = scene.other(["dropped", "dropped", "refused"] as const) ?? "dropped";
    scene.sandbox.behave("global", { removedOptions: [option], unknownDropdown });
    scene.sandbox.editSalesforce("Account", account, { Account_Demographics_Geo__c: region });
    return { accounts: [account] };
  },
  "an account changes its type": (scene) =>
    editAccount(
      scene,
      scene.how<Record<string, unknown>>([
        { Type: "Customer" },
        { Type: "Former Customer" },
        { Type: "Prospect" },
        { Type: "Partner", Partners_Partner_Status__c: "Authorized", Partner_Track__c: "Open" },
        { Type: "Customer", Partners_Partner_Status__c: null, Partner_Track__c: null },
      ]),
    ),
  "an account gets or loses the federal exception": (scene) =>
    editAccount(scene, { Support_Instance__c: scene.how(["federal-support", null]) }),
  "an account is deleted": (scene) => {
    const id = scene.whom(accountsOf(scene));
    if (id === undefined || scene.world.salesforce.Account.length < 3) return undefined;
    scene.sandbox.deleteSalesforce("Account", id);
    return { accounts: [id] };
  },
  "an account is restored": (scene) => {
    const deleted = (scene.world.deletedAccounts ?? []).filter(({ MasterRecordId }) => !MasterRecordId);
    const account = scene.whom(deleted);
    if (!account) return undefined;
    scene.sandbox.restoreSalesforce(String(account.Id));
    return { accounts: [String(account.Id)] };
  },
  "two accounts are merged": (scene) => {
    const [winner, loser] = [scene.whom(accountsOf(scene)), scene.other(accountsOf(scene))];
    if (winner === undefined || loser === undefined || winner === loser) return undefined;
    scene.sandbox.mergeAccounts(winner, loser);
    return { accounts: [winner, loser] };
  },
  "the recycle bin is emptied": (scene) => {
    scene.sandbox.emptyRecycleBin();
    return { accounts: (scene.world.deletedAccounts ?? []).map(({ Id }) => String(Id)) };
  },
} satisfies Events;
