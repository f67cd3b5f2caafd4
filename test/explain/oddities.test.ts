import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { explainCommand } from "../../bin/commands/explain-command.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import type { Oddity } from "../../sandbox/types.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "../pipeline/world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* Of every oddity of the sandbox's world, `explain` names the cause in its first three lines. */

const ODDITIES = buildWorld({ accounts: 150, seed: 1, today: TODAY }).oddities;

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
});
afterAll(() => world[Symbol.asyncDispose]());

/** What the answer must say, by the beginning of the oddity's name; the first that fits counts. Those about people are asked for by address. */
const CAUSES: readonly [name: string, cause: RegExp][] = [
  [
    "E3 charge on the 15th",
    /"SaaS - Premium - 1 Year" \(.*plans\.yml:\d+\); it ended on \S+ and is in its 15 days of grace/,
  ],
  [
    "E3 E11 charge a day past grace",
    /support has expired: the last charge, "SaaS - Premium - 1 Year", ended on \S+ and counted until/,
  ],
  ["E13 expiration exactly", /support has expired.*On \S+ support level expired becomes nothing/s],
  ["E6 only expired charges", /support has expired: the last charge, "SaaS - Ultimate - 1 Year"/],
  ["E6 subscription without charges", /no support: its subscriptions have no charges/],
  ["A1 evergreen", /no subscription with an end date.*evergreen/],
  ["A1 cancelled", /Support level premium, from the charge "SaaS - Premium - 1 Year"/],
  [
    "E2 unknown charge name beside nothing else",
    /unknown charge name "SaaS - Ultimate Plus - 1 Year".*support_level ultimate → expired/s,
  ],
  [
    "E2 unknown charge name beside a known one",
    /Support level premium.*unknown charge name "GitLab Moonbase - 1 Year"/s,
  ],
  [
    "E2 charge name in other capitals",
    /unknown charge name "saas - premium - 1 year".*did you mean "SaaS - Premium - 1 Year"/s,
  ],
  ["E2 charge name with spaces", /Support level premium, from the charge "\s*SaaS - Premium - 1 Year\s*" \(/],
  [
    "E2 charge of no gathered subscription",
    /20 seats.*1 charge of the account was ignored: no gathered subscription has it/s,
  ],
  ["E2 charges that name their subscription", /Support level ultimate, from the charge "SaaS - Ultimate - 1 Year"/],
  ["C2 ignored charge only", /"Travel Expenses" stands under ignored_charges/],
  ["E5 E10", /Support level ultimate, from the charge "SaaS - Ultimate - 1 Year"/],
  ["E10 consumption only", /Support level consumption_only, from the charge "1,000 Compute Minutes"/],
  [
    "E10 E7 community",
    /community, until \S+, organization.*from the charge "\[EDU Program\] SaaS - Ultimate - 1 Year"/s,
  ],
  ["E10 legacy gold", /Support level gold, from the charge "Gold - 1 Year"/],
  ["E9 success signature", /from the charge "Success Signature - 1 Year".*sub_ss_enterprise brings sub_ss_ase/],
  ["E10 renewed", /Support level ultimate, from the charge "SaaS - Ultimate.*The run created organization \d+/s],
  ["E7 fraction of a seat in a decimal", /12\.5 seats/],
  ["E7 quantity of a charge without seats", /premium, until \S+, organization/],
  [
    "E4 self-managed ultimate with the federal",
    /us-government: ultimate.*counts here because of the charge.*Support_Instance__c federal-support/s,
  ],
  ["E4 self-managed ultimate without the", /global: ultimate.*us-government: nothing/],
  ["E4 expired government charge", /counts here because of the expired charge "12x5 US Citizen Support - 1 Year"/],
  [
    "E4 account in both",
    /global: Support level premium.*us-government: Support level ultimate.*"12x5 US Citizen Support - 1 Year"/s,
  ],
  ["E9 E12 fedramp", /usgov_fedramp brings sub_gitlab_dedicated; usgov_fedramp brings sub_usgov_24x7/],
  ["E10 12x5 only", /Support level custom, from the charge "12x5 US Citizen Support - 2 Year"/],
  ["E10 E12 24x7 only", /Support level custom, from the charge "24x7 US.*emergency_support_24x7 false → true/s],
  ["E10 a level below custom", /Support level community, from the charge "\[OSS Program\]/],
  ["E7 fraction of a seat in an integer", /12\.5 seats/],
  ["E1 account without any subscription", /skipped: it has no subscription with an end date/],
  ["E1 C4 account without any", /no subscription with an end date.*The run marked organization \d+ for deletion/s],
  ["E13 expiration a day more", /no subscription with an end date of the last three years.*marked organization/s],
  [
    "E8 override applies",
    /Support level ultimate, from the override at overrides\.yml:\d+.*becomes premium: the override at/s,
  ],
  ["E8 override of an expired account", /from the override at overrides\.yml:\d+.*sets the expiration date/],
  ["E8 E12 override", /the override at overrides\.yml:\d+ sets sub_usgov_24x7/],
  ["E8 override ended", /override at overrides\.yml:\d+ was not applied: its last day was/],
  ["E8 override given twice", /not applied: overrides\.yml:\d+, overrides\.yml:\d+ are for the same account/],
  ["E8 override of an unknown", /no subscription type is called "sub_dotcom_platinum"/],
  ["E8 override without effect", /none of its subscriptions counts in us-government/],
  ["E8 E1 override without effect", /no subscription with an end date.*override at \S+ was not applied/s],
  ["C6", /Everything in Zendesk is as it should be/],
  ["C7 two organizations", /left alone: it shares its salesforce_id with organization \d+/],
  ["C7 create with the name of another create", /No organization was created.*also wanted by account/],
  ["C7 create whose name", /its name is taken by organization \d+/],
  [
    "C7 rename to a taken name",
    /account_owner Oscar Oldowner → Olivia Newowner.*not renamed: the name is taken by organization/,
  ],
  ["C7 swapped names", /not renamed: the name is taken by organization \d+/],
  ["C2 expired account with the name", /no organization.*support has expired/s],
  ["C7 create with the name of an expired", /The run created organization/],
  ["E1 P2 alliance partner", /It is a partner.*account_owner Astrid Earlier → Aaron Alliance/s],
  ["C1 partner that is a customer now", /account_type select_partner → customer/],
  ["C1 P3 customer that is a partner now", /It is a partner.*account_type customer → open_partner/s],
  ["P4 new partner", /It is a partner.*no contacts.*The run created organization/s],
  ["P3 partner whose account is gone", /Salesforce gave no such account.*The run marked organization/s],
  ["C3 renamed account", /The run updated organization \d+: name .* → /],
  ["C9 merged account, the one that stays", /Support level ultimate/],
  ["C9 merged account", /The account was merged into \w{18}.*not marked: its account was merged into/s],
  ["C4 account that is gone", /Salesforce gave no such account: it is deleted.*The run marked organization/s],
  [
    "C9 moved from global to us-government, and expired",
    /count in us-government: the charge.*not marked: its account has no subscription in this instance/s,
  ],
  [
    "C9 moved from global",
    /global: Its subscriptions count in us-government: the charge "12x5.*not marked: its account has no subscription in this instance.*us-government: .*The run created/s,
  ],
  ["C4 migrating", /The run created organization.*not marked: it is migrating to the other instance/s],
  ["C2 organization deleted by hand", /The run created organization/],
  ["C2 organization deleted on purpose", /No organization was created for the account: excluded_account_ids/],
  ["G5 organization with a 15", /salesforce_id \w{15} → \w{18}/],
  ["C4 protected id", /not marked: protected_ids in the config names its account/],
  ["C4 ignore_deletion", /not marked: its field ignore_deletion is set/],
  ["C4 marked already", /marked for deletion already/],
  ["C5 marked and back", /mark_for_deletion true → false/],
  ["C4 organization without a salesforce_id", /left as it is: it has no salesforce_id/],
  ["C7 organization with an external_id", /its external_id names the account, but its salesforce_id is empty/],
  ["U5 new contact", /The run created user \d+/],
  ["U4 contact with an unusable", /knows nobody.*active support contacts/s],
  ["U3 inactive contact", /knows nobody.*active support contacts/s],
  ["U3 contact in another role", /knows nobody.*role Gitlab Admin/s],
  ["U5 renamed contact", /The run updated user \d+: name .* → /],
  ["U5 contact of another account", /The run updated user \d+: organization_id \d+ → \d+/],
  ["U5 user without organization", /The run updated user \d+: organization_id none → \d+/],
  ["U6 marked and back", /mark_for_deletion true → false/],
  ["U5 contact with its address in capitals", /as they should be already/],
  ["U5 contact with the address of an agent", /left alone: an agent or administrator/],
  ["U5 contact with the address of a suspended", /left alone: suspended/],
  ["U5 user in two organizations", /left alone: in several organizations/],
  ["U2", /the address or its domain is protected/],
  ["U5 contact with the secondary address", /the address belongs to user \d+/],
  ["U4 address of two contacts, the user", /as they should be already/],
  ["U4 address of two contacts, no user", /The run created user/],
  ["U6 user without contact, marked already", /no contact in Salesforce and is marked for deletion already/],
  ["U6 user whose contact is gone", /contact of the account in Salesforce has this address.*The run marked user/s],
  [
    "U3 U6 user whose contact lost the role",
    /contact of the account in Salesforce has this address.*The run marked user/s,
  ],
  ["U5 user of a protected organization", /left alone: in a protected organization/],
  ["U5 user of an organization in conflict", /shares its account with another one/],
  [
    "U5 more contacts than an organization may have",
    /The run created user|30 contacts at most|as they should be already/,
  ],
  ["Y2 sold-to address nobody has", /The user was created in the organization/],
  ["Y2 sold-to address of an end user without", /The user was there, and is in the organization now/],
  ["Y2 sold-to address of an end user of another", /belongs to organization \d+ and was left there/],
  ["Y2 sold-to address of an agent", /is an agent or administrator/],
  ["Y2 sold-to address of a suspended", /is suspended/],
  ["Y2 sold-to address that is the secondary", /the second one of user \d+/],
  ["Y2 sold-to address of a protected", /the address or its domain is protected/],
  ["Y2 sold-to address wanted by two new organizations, one", /The run created organization/],
  ["Y2 sold-to address wanted by two new organizations, other", /A contact was not added: .*\w{18}/],
  ["E14 sold-to address in capitals", /The user was created in the organization/],
  ["E14 sold-to address of an expired", /sold-to contact of a subscription only that ended on/],
  ["Y3 young organization with one user of two", /in the organization already/],
  ["Y3 young organization without any", /The user was created in the organization/],
  ["Y4", /is an agent or administrator/],
  ["Y2 more sold-to addresses", /The user was created in the organization|contacts at most/],
];

/** Who is asked for: people by address, unless two accounts want them; all others by account, else by name. */
function askedOf({ name, salesforce_id, expect: expected }: Oddity): string {
  const email = expected.users?.[0]?.email;
  if (/^(?:U|Y|E14)/.test(name) && email !== undefined && !name.includes("wanted by two")) return email;
  return salesforce_id ?? expected.global?.name ?? "";
}

async function answerTo(what: string): Promise<string> {
  let printed = "";
  const output = {
    out: (text: string) => {
      printed += text;
    },
    err: () => {},
    live: false as const,
  };
  const shell = { env: {}, output, clock: () => new Date() };
  await explainCommand({ given: { what, "data-dir": world.dataDir }, json: true, shell });
  const told = JSON.parse(printed);
  const lines = told.document?.answer ?? [{ spans: [{ text: told.message }] }];
  expect(lines.length).toBeLessThanOrEqual(3);
  return lines.map(({ spans }: { spans: { text: string }[] }) => spans.map(({ text }) => text).join("")).join("\n");
}

describe("explain names the cause in its first three lines", () => {
  for (const oddity of ODDITIES) {
    test(oddity.name, async () => {
      const found = CAUSES.find(([name]) => oddity.name.startsWith(name));
      expect(found?.[1]).toBeDefined();
      expect(await answerTo(askedOf(oddity))).toMatch(found?.[1] ?? /^$/);
    });
  }
});
