import { now } from "../../../lib/edges/clock.ts";
import { threeYearsOut } from "../../../sandbox/seed/days.ts";
import { type ExpectedOrganization, expectedOrganizations, expectedPartner } from "../../../sandbox/seed/expected.ts";
import type { AccountRecord, Customer } from "../../../sandbox/seed/records.ts";
import { compare, type ListedOrganization } from "./compare.ts";
import { type Json, list, logIn, query, type Remote, zendesk } from "./one-after-the-other.ts";
import { accountQuery, CHILD_LISTS, PARTNER_QUERY } from "./queries.ts";
import { syncUsers } from "./sync-users.ts";
import { addContacts, write } from "./write.ts";

type Environment = Readonly<Record<string, string>>;

/**
 * What the nine Ruby scripts ask, in their order (how-it-works): accounts; the organizations of both instances beside each other; processing
 * and comparing; then global and us-government beside each other, each one request after the other. Every stage lists for itself what
 * the stage before does not hand on. What an account is entitled to is the sandbox's own opinion, so that nothing of this program is in
 * it. It does the same work on a good day, and nothing that keeps a bad one safe: no limits, no look before or after a write.
 */
export async function original({ env }: { env: Environment }): Promise<number> {
  const today = new Date(now()).toISOString().slice(0, 10);
  const accounts = await query(await logIn(env), accountQuery(threeYearsOut(today)), CHILD_LISTS);
  const [global, usGovernment] = [zendesk(env, "global"), zendesk(env, "us-government")];
  const [organizations, federal] = await Promise.all([
    list<ListedOrganization>(global, "organizations"),
    list<ListedOrganization>(usGovernment, "organizations"),
  ]);
  const wanted = accounts.map((account) => expectedOrganizations(customerOf(account), today));
  const wantedIn = (instance: "global" | "us-government") => wanted.flatMap((one) => one[instance] ?? []);
  await Promise.all([
    syncGlobal({ zendesk: global, wanted: wantedIn("global"), listed: organizations, env }),
    syncUsGovernment({ zendesk: usGovernment, wanted: wantedIn("us-government"), listed: federal, env }),
  ]);
  return 0;
}

/** What an instance should have and has, and how to reach it. */
interface Sync {
  zendesk: Remote;
  wanted: readonly ExpectedOrganization[];
  listed: readonly ListedOrganization[];
  env: Environment;
}

async function syncGlobal({ zendesk, wanted, listed, env }: Sync): Promise<void> {
  await write(
    zendesk,
    compare(wanted, listed, (one) => !isPartner(one)),
    (organization, one) => addContacts(zendesk, env, organization, one),
  );
  const partners = (await query(await logIn(env), PARTNER_QUERY)).flatMap(
    (account) => expectedPartner(accountOf(account), null) ?? [],
  );
  const again = await list<ListedOrganization>(zendesk, "organizations");
  await write(zendesk, compare(partners, again, isPartner), null);
}

async function syncUsGovernment({ zendesk, wanted, listed, env }: Sync): Promise<void> {
  await write(
    zendesk,
    compare(wanted, listed, () => true),
    null,
  );
  await syncUsers(zendesk, await logIn(env));
}

function isPartner({ organization_fields }: ListedOrganization): boolean {
  return String(organization_fields.account_type ?? "").endsWith("_partner");
}

function customerOf(record: Json): Customer {
  const [subscriptions, charges] = CHILD_LISTS.map((name) => record[name]);
  return { account: accountOf(record), subscriptions, charges } as unknown as Customer;
}

function accountOf(record: Json): AccountRecord {
  return { ...record, Id: record.Account_ID_18__c } as unknown as AccountRecord;
}
