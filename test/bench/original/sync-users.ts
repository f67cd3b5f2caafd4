import type { ListedOrganization } from "./compare.ts";
import { type Json, list, query, type Remote } from "./one-after-the-other.ts";
import { contactQuery } from "./queries.ts";
import { createUser } from "./write.ts";

const ACCOUNTS_TO_A_QUERY = 500;

interface ListedUser {
  id: number;
  name: string;
  email: string | null;
  role: string;
  organization_id: number | null;
  user_fields: Record<string, unknown>;
}

/** The last stage of us-government: its users after Salesforce's contacts, one request each (specification, U1–U6). */
export async function syncUsers(zendesk: Remote, salesforce: Remote): Promise<void> {
  const organizations = new Map(
    (await list<ListedOrganization>(zendesk, "organizations")).flatMap(({ id, organization_fields }) =>
      organization_fields.salesforce_id ? [[String(organization_fields.salesforce_id), id] as const] : [],
    ),
  );
  const users = (await list<ListedUser>(zendesk, "users")).filter(
    ({ role, email }) => role === "end-user" && email !== null,
  );
  const contacts = new Map<string, { name: string; email: string; organization_id: number }>();
  const accounts = [...organizations.keys()];
  for (let at = 0; at < accounts.length; at += ACCOUNTS_TO_A_QUERY)
    for (const { Name, Email, Account } of await query(
      salesforce,
      contactQuery(accounts.slice(at, at + ACCOUNTS_TO_A_QUERY)),
    )) {
      const email = String(Email).trim().toLowerCase();
      const organization_id = organizations.get(String((Account as Json).Account_ID_18__c));
      if (organization_id !== undefined && !contacts.has(email))
        contacts.set(email, { name: String(Name).trim(), email, organization_id });
    }
  const there = new Map(users.map((user) => [String(user.email).toLowerCase(), user]));
  for (const contact of contacts.values()) {
    const user = there.get(contact.email);
    if (!user) await createUser(zendesk, contact);
    else if (user.name !== contact.name || user.organization_id !== contact.organization_id) {
      const { name, organization_id } = contact;
      await zendesk.ask(`/api/v2/users/${user.id}.json`, "PUT", { user: { name, organization_id } });
    }
  }
  for (const [email, { id, user_fields }] of there)
    if (!contacts.has(email) && user_fields.mark_for_deletion !== true)
      await zendesk.ask(`/api/v2/users/${id}.json`, "PUT", { user: { user_fields: { mark_for_deletion: true } } });
}
