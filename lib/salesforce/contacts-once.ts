import type { SalesforceContact, SalesforceReader } from "./ports.ts";

/** A reader that asks for the contacts of an account once: for the length of one run. Those of an account that could not be read are asked for again. */
export function contactsOnce(reader: SalesforceReader): SalesforceReader {
  const known = new Map<string, SalesforceContact[]>();
  return {
    ...reader,
    async contacts(accountIds) {
      const missing = accountIds.filter((id) => !known.has(id));
      const { contacts, unreadable } = await reader.contacts(missing);
      // Whose contact it is that cannot be read is not always known: then none of these is known.
      const isWhole = unreadable.length === 0;
      const byAccount = Map.groupBy(contacts, ({ salesforce_id }) => salesforce_id);
      if (isWhole) for (const id of missing) known.set(id, byAccount.get(id) ?? []);
      const all = accountIds.flatMap((id) => known.get(id) ?? byAccount.get(id) ?? []);
      return { contacts: all, unreadable };
    },
  };
}
