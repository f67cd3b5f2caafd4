import type { Account } from "../domain/account.ts";
import type { Note } from "../domain/changeset.ts";
import { FILE_PREFIX, type InstanceName } from "../domain/instance.ts";
import type { Organization } from "../domain/organization.ts";
import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { addressKey, isUsableAddress } from "../domain/protected-address.ts";
import { reason } from "../domain/reason.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { Contact, User } from "../domain/user.ts";
import type { ReadingRemotes } from "../pipeline/remotes.ts";
import type { StageContext } from "../pipeline/stage.ts";
import type { ZendeskReader } from "../remotes/zendesk/ports.ts";
import type { RunEvidence, Subject } from "./evidence.ts";
import type { EvidenceRecords, RunMaterial } from "./evidence-records.ts";
import { rulesOf } from "./rules.ts";

/** Scope of a live reading: the question, the instances, and the hosts that links lead to. */
export interface LiveOrder {
  asked: string;
  instances: readonly InstanceName[];
  hosts: RunEvidence["hosts"];
  /** Ids of organizations that named the account in the last run: Zendesk finds none by a field of its own. */
  known(instance: InstanceName, account: string): Promise<number[]>;
}

type Context = Pick<StageContext, "remotes" | "config" | "today" | "clock">;

/**
 * What the remotes say of one account now, read by ids and names: no list is read. An organization that names the account in
 * `salesforce_id` only, and has another name, is found where the last run knew it. Null where nobody is found. Throws as the remotes do.
 */
export async function readLive(
  { asked, instances, hosts, known }: LiveOrder,
  { remotes, config, today, clock }: Context,
): Promise<{ subject: Subject; material: RunMaterial } | null> {
  const found = await whoIs(asked, instances, remotes);
  const subject = subjectOf(asked, found);
  if (!subject) return null;
  const id = subject.salesforce_id;
  const salesforce =
    id === null ? null : await (await remotes.salesforce()).account(id, today, config.alliance_account_id);
  const accounts = salesforce?.accounts ?? [];
  const records: Record<string, unknown> = {
    "salesforce_accounts.json": accounts,
    "partner_ids.json": salesforce?.isPartner ? [{ salesforce_id: id }] : [],
    "gather-accounts_notes.json": (salesforce?.unreadable ?? []).map(
      (one): Note => ({
        rule: "A2",
        salesforce_id: one.salesforce_id ?? id,
        id: null,
        reason: reason("account.unreadable", { problem: one.reason }),
      }),
    ),
  };
  for (const instance of instances) {
    const reader = await remotes.zendeskReader(instance);
    const organizations = await organizationsOf(reader, id, accounts, [
      ...(found[instance] ?? []),
      ...(id === null ? [] : await reader.organizationsById(await known(instance, id))),
    ]);
    records[`zendesk_${FILE_PREFIX[instance]}.json`] = organizations;
    if (instance === "us-government" && id !== null)
      Object.assign(
        records,
        await peopleOf(
          reader,
          id,
          organizations.filter((one) => accountIdOf(one) === id),
          remotes,
        ),
      );
  }
  const plans = await remotes.plansText();
  const rules = { ...rulesOf({ plans, overrides: await remotes.overridesText(), config: null }), config };
  const run: RunEvidence = {
    run_id: "live",
    today,
    gathered_at: clock().toISOString(),
    source: "live",
    dry_run: null,
    missing: [],
    allow: {},
    unidentified: 0,
    hosts,
  };
  const quarantined = new Set((salesforce?.unreadable.length ?? 0) > 0 && id !== null ? [id] : []);
  return { subject, material: { run, rules, records: records as EvidenceRecords, quarantined, refused: {} } };
}

type ByInstance = Partial<Record<InstanceName, Organization[]>>;

/** Organizations that are meant by an id, a name or an address; none where the account's own id was given. */
async function whoIs(asked: string, instances: readonly InstanceName[], remotes: ReadingRemotes): Promise<ByInstance> {
  const text = asked.trim();
  const found: ByInstance = {};
  if (toId18(text) !== null) return found;
  for (const instance of instances) {
    const reader = await remotes.zendeskReader(instance);
    if (/^\d{1,16}$/.test(text)) found[instance] = await reader.organizationsById([Number(text)]);
    else if (isUsableAddress(addressKey(text))) {
      const users = await reader.usersByAddress(addressKey(text));
      found[instance] = await reader.organizationsById([...new Set(users.flatMap((one) => one.organization_ids))]);
    } else found[instance] = await reader.organizationsByName(text);
  }
  return found;
}

function subjectOf(asked: string, found: ByInstance): Subject | null {
  const text = asked.trim();
  const email = isUsableAddress(addressKey(text)) ? addressKey(text) : null;
  const account = toId18(text);
  if (account !== null) return { salesforce_id: account, organizations: [], email };
  for (const [instance, organizations] of Object.entries(found) as [InstanceName, Organization[]][]) {
    const [first] = organizations;
    if (!first) continue;
    const id = accountIdOf(first) ?? externalAccountIdOf(first);
    return { salesforce_id: id, organizations: id === null ? [{ instance, id: first.id }] : [], email };
  }
  return null;
}

/** The account's organizations, and those that have its name. */
async function organizationsOf(
  reader: ZendeskReader,
  id: string | null,
  accounts: readonly Account[],
  found: readonly Organization[],
): Promise<Organization[]> {
  const lists = [found, id === null ? [] : await reader.organizationsByExternalId([id])];
  for (const { name } of accounts) lists.push(await reader.organizationsByName(name));
  return [...new Map(lists.flat().map((one) => [one.id, one])).values()];
}

/** Users of the account's organizations, and its contacts; each user with the number of their memberships. */
async function peopleOf(
  reader: ZendeskReader,
  id: string,
  organizations: readonly Organization[],
  remotes: ReadingRemotes,
): Promise<EvidenceRecords> {
  const [home] = organizations;
  if (!home) return {};
  const users: User[] = [];
  for (const organization of organizations)
    for (const user of await reader.usersOfOrganization(organization.id))
      users.push({ ...user, memberships: (await reader.organizationIdsOfUser(user.id)).length });
  const { contacts } = await (await remotes.salesforce()).contacts([id]);
  const joined = contacts.map((one): Contact => ({ ...one, organization_id: home.id }));
  return { "usgov_users.json": users, "usgov_user_contacts.json": joined };
}
