import pLimit from "p-limit";
import type { SalesforceReader } from "./ports.ts";

type Contacts = Awaited<ReturnType<SalesforceReader["contacts"]>>;

/**
 * A reader that asks for the contacts of an account once: for the length of one run, and for one set of accounts after the other, so that what is being
 * asked for is not asked for twice. What could not be read is told again to whoever wants these accounts; where its account is not known, any of those it
 * was asked with may be meant.
 */
export function contactsOnce(reader: SalesforceReader): SalesforceReader {
  const known = new Map<string, Contacts["contacts"]>();
  const unreadable: { ids: ReadonlySet<string>; records: Contacts["unreadable"] }[] = [];
  const inTurn = pLimit(1);
  const contacts: SalesforceReader["contacts"] = async (accountIds) => {
    const missing = accountIds.filter((id) => !known.has(id));
    const answer = await reader.contacts(missing);
    const byAccount = Map.groupBy(answer.contacts, ({ salesforce_id }) => salesforce_id);
    for (const id of missing) known.set(id, byAccount.get(id) ?? []);
    if (answer.unreadable.length > 0) unreadable.push({ ids: new Set(missing), records: answer.unreadable });
    const wanted = new Set(accountIds);
    return {
      contacts: accountIds.flatMap((id) => known.get(id) ?? []),
      unreadable: unreadable
        .filter(({ ids }) => !ids.isDisjointFrom(wanted))
        .flatMap(({ records }) => records.filter((one) => one.salesforce_id === null || wanted.has(one.salesforce_id))),
    };
  };
  return { ...reader, contacts: (accountIds) => inTurn(() => contacts(accountIds)) };
}
