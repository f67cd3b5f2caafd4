import type { Note } from "../../lib/domain/changeset.ts";
import type { Organization } from "../../lib/domain/organization.ts";
import { accountIdOf } from "../../lib/domain/organization-scope.ts";
import { reason } from "../../lib/domain/reason.ts";
import type { Contact, User } from "../../lib/domain/user.ts";
import { type Progress, type ProgressLine, withProgress } from "../../lib/pipeline/progress.ts";
import type { SalesforceReader } from "../../lib/remotes/salesforce/ports.ts";
import type { Page, ZendeskReader } from "../../lib/remotes/zendesk/ports.ts";
import { type Stop, throwIfStopped } from "../../lib/stop.ts";

/** The users of an instance as they are now, and the organizations they may be in. */
export interface GatheredUsers {
  users: User[];
  /** As they are after sync (U1). */
  organizations: Organization[];
  notes: Note[];
  /** Accounts whose organization could not be read: their contacts are left alone. */
  unreadableAccounts: Set<string>;
}

/** Lists organizations, users and memberships (U1, U2). */
export function gatherUsers(reader: ZendeskReader, progress: Progress, stop: Stop): Promise<GatheredUsers> {
  return withProgress(
    progress,
    "us-government users: list",
    (line) => listUsers(reader, line, stop),
    ({ users }) => `${users.length.toLocaleString("en-US")} users`,
  );
}

async function listUsers(reader: ZendeskReader, line: ProgressLine, stop: Stop): Promise<GatheredUsers> {
  const notes: Note[] = [];
  const unreadableAccounts = new Set<string>();
  const note = (
    rule: string,
    code: "organization.unreadable" | "user.unreadable",
    unreadable: { id: number | null; salesforce_id: string | null; reason: string }[],
  ) => {
    for (const { id, salesforce_id, reason: problem } of unreadable) {
      notes.push({ rule, salesforce_id, id, reason: reason(code, { problem }) });
      if (salesforce_id !== null) unreadableAccounts.add(salesforce_id);
    }
  };
  const tell = ({ told = [] }: Page<unknown>) => {
    notes.push(...told.map((one) => ({ rule: "U2", salesforce_id: null, id: null, reason: one })));
  };
  const organizations: Organization[] = [];
  for await (const page of reader.organizations()) {
    throwIfStopped(stop);
    organizations.push(...page.records);
    note("U1", "organization.unreadable", page.unreadable);
  }
  const memberships = new Map<number, number>();
  for await (const page of reader.memberships()) {
    throwIfStopped(stop);
    tell(page);
    for (const { user_id: user } of page.records) memberships.set(user, (memberships.get(user) ?? 0) + 1);
  }
  const users: User[] = [];
  for await (const page of reader.users()) {
    throwIfStopped(stop);
    line.add(page.records.length);
    note("U2", "user.unreadable", page.unreadable);
    tell(page);
    users.push(
      // When they came is nothing that is compared, so the artifact does not have it.
      ...page.records.map(({ created_at: _, ...user }) => ({
        ...user,
        memberships: memberships.get(user.id) ?? (user.organization_id === null ? 0 : 1),
      })),
    );
  }
  return { users, organizations, notes, unreadableAccounts };
}

/** Contacts from Salesforce, each with the organization of its account (U3). */
export interface GatheredContacts {
  contacts: Contact[];
  notes: Note[];
  /** Accounts with contacts that could not be read: nobody can say who is missing there. */
  unreadableAccounts: Set<string>;
}

/** Asks Salesforce for the contacts of the organizations' accounts (U3). */
export async function gatherContacts(
  reader: SalesforceReader,
  organizations: readonly Organization[],
): Promise<GatheredContacts> {
  const organizationOf = new Map<string, number>();
  for (const organization of organizations) {
    const account = accountIdOf(organization);
    if (account !== null) organizationOf.set(account, organization.id);
  }
  const { contacts, unreadable } = await reader.contacts([...organizationOf.keys()].sort());
  return {
    contacts: contacts.flatMap((contact): Contact[] => {
      const organization_id = organizationOf.get(contact.salesforce_id);
      return organization_id === undefined ? [] : [{ ...contact, organization_id }];
    }),
    notes: unreadable.map(({ salesforce_id, reason: problem }) => ({
      rule: "U3",
      salesforce_id,
      id: null,
      reason: reason("contact.unreadable", { problem }),
    })),
    unreadableAccounts: new Set(unreadable.flatMap(({ salesforce_id }) => salesforce_id ?? [])),
  };
}
