import { findSubject, type Subject as NamedSubject } from "../domain/find-organization.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import { addressKey, isUsableAddress } from "../domain/protected-address.ts";
import { toId18 } from "../domain/salesforce-id.ts";
import type { Subject } from "./evidence.ts";
import { nameIn, type RecordFiles, textIn } from "./records-about.ts";

/** Result of a search: the one subject meant; or, if several or none match, candidates by name. */
export type FoundSubject =
  | { is: "one"; subject: Subject }
  | { is: "several"; subjects: NamedSubject[]; more: number }
  | { is: "none"; nearest: NamedSubject[] };

/**
 * Finds who was asked for in a run's files: by Salesforce id (15 or 18 characters), organization id, address, or name (exactly, else its
 * beginning, else a part). A valid Salesforce id that nobody knows is found all the same: that it is nowhere is to be explained, too.
 */
export async function findInRun(asked: string, files: RecordFiles): Promise<FoundSubject> {
  const text = asked.trim();
  const account = toId18(text);
  if (account !== null) return { is: "one", subject: { salesforce_id: account, organizations: [], email: null } };
  if (isUsableAddress(addressKey(text))) return byAddress(addressKey(text), files);
  const user = /^\d{1,16}$/.test(text) ? await byUser(Number(text), files) : null;
  if (user) return user;
  const found = findSubject(text, await everybody(files));
  return found.is === "one" ? { is: "one", subject: subjectOf(found.subject) } : found;
}

function subjectOf({ salesforceId, organizations }: NamedSubject, email: string | null = null): Subject {
  return { salesforce_id: salesforceId, organizations: salesforceId === null ? organizations : [], email };
}

/** Everybody a run knew, with names: read off the lines of its files, as nothing else of them is needed. */
async function everybody(files: RecordFiles): Promise<NamedSubject[]> {
  const subjects = new Map<string, NamedSubject>();
  const note = (account: string | null, name: string | null, organization?: NamedSubject["organizations"][number]) => {
    const id = account === null ? null : (toId18(account) ?? account);
    const key = id ?? `${organization?.instance} ${organization?.id}`;
    const subject = subjects.get(key) ?? { salesforceId: id, names: [], organizations: [] };
    subjects.set(key, subject);
    if (name?.trim() && !subject.names.includes(name)) subject.names.push(name);
    if (organization) subject.organizations.push(organization);
  };
  for (const name of ["salesforce_accounts.json", "partner_accounts.json"] as const)
    for (const line of (await files.open(name))?.lines() ?? []) note(textIn(line, "salesforce_id"), nameIn(line));
  for (const instance of INSTANCES) {
    const prefix = FILE_PREFIX[instance];
    for (const line of (await files.open(`zendesk_${prefix}.json`))?.lines() ?? []) {
      const account = toId18(textIn(line, "salesforce_id") ?? "") ?? toId18(textIn(line, "external_id") ?? "");
      note(account, nameIn(line), { instance, id: Number(/"id":(\d+)/.exec(line)?.[1] ?? 0) });
    }
    for (const line of (await files.open(`${prefix}_results.json`))?.lines() ?? []) {
      const id = /"effect":"create".*?"id":(\d+)/.exec(line)?.[1];
      if (id !== undefined) note(textIn(line, "salesforce_id"), null, { instance, id: Number(id) });
    }
  }
  return [...subjects.values()];
}

/** Whose contact or user has an address: contacts go before users, as a user may be elsewhere. */
async function byAddress(email: string, files: RecordFiles): Promise<FoundSubject> {
  const accounts = new Map<string, Subject>();
  const found = (salesforce_id: string) => accounts.set(salesforce_id, { salesforce_id, organizations: [], email });
  const text = JSON.stringify(email);
  for (const one of (await files.open("usgov_user_contacts.json"))?.with([text]) ?? [])
    if (addressKey(one.email) === email) found(toId18(one.salesforce_id) ?? one.salesforce_id);
  if (accounts.size === 0) for (const subject of await ofUsers(email, files)) accounts.set(keyOf(subject), subject);
  if (accounts.size === 0)
    for (const name of ["global_accounts.json", "usgov_accounts.json", "salesforce_accounts.json"] as const) {
      const file = await files.open(name);
      const anyCase = new RegExp(RegExp.escape(email), "i");
      for (const line of file?.lines() ?? [])
        if (anyCase.test(line)) found(toId18(textIn(line, "salesforce_id") ?? "") ?? "");
      if (accounts.size > 0) break;
    }
  const [subject, ...others] = accounts.values();
  if (!subject) return { is: "none", nearest: [] };
  if (others.length === 0) return { is: "one", subject };
  const named = (one: Subject) => ({
    salesforceId: one.salesforce_id,
    names: [],
    organizations: [...one.organizations],
  });
  return {
    is: "several",
    subjects: [subject, ...others].slice(0, 10).map(named),
    more: Math.max(0, others.length - 9),
  };
}

/** Whose user has an id in Zendesk: one that was gathered, or that the run made or put into an organization. */
async function byUser(id: number, files: RecordFiles): Promise<FoundSubject | null> {
  const text = `"id":${id},`;
  const users = ((await files.open("usgov_users.json"))?.with([text]) ?? []).filter((one) => one.id === id);
  const addresses = users.map(({ email, organization_id }) => ({ email, organization_id }));
  for (const name of ["global_results.json", "usgov_user_results.json"] as const)
    for (const { id: own, effect, after, salesforce_id } of (await files.open(name))?.with([text]) ?? []) {
      const isUser = own === id && (effect === "contact" || name === "usgov_user_results.json");
      const email = isUser && typeof after.email === "string" ? addressKey(after.email) : null;
      if (email !== null && salesforce_id !== null)
        return { is: "one", subject: { salesforce_id: toId18(salesforce_id), organizations: [], email } };
      if (email !== null) addresses.push({ email, organization_id: null });
    }
  const [user] = addresses;
  if (!user) return null;
  if (user.email) return byAddress(addressKey(user.email), files);
  if (user.organization_id === null) return null;
  return findInRun(String(user.organization_id), files);
}

function keyOf({ salesforce_id, organizations: [first] }: Subject): string {
  return salesforce_id ?? `${first?.instance} ${first?.id}`;
}

/** The account of the organization that a user with the address is in. */
async function ofUsers(email: string, files: RecordFiles): Promise<Subject[]> {
  const instance: InstanceName = "us-government";
  const users = ((await files.open("usgov_users.json"))?.with([JSON.stringify(email)]) ?? []).filter(
    (one) => addressKey(one.email ?? "") === email,
  );
  const organizations = (await files.open("zendesk_usgov.json"))?.with(
    users.map(({ organization_id: id }) => `{"id":${id},`),
  );
  return users.map(({ organization_id: id }) => {
    const home = organizations?.find((one) => one.id === id);
    const account = toId18(String(home?.organization_fields.salesforce_id ?? ""));
    return { salesforce_id: account, organizations: account === null && id !== null ? [{ instance, id }] : [], email };
  });
}
