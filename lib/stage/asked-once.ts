import type { InstanceName } from "../domain/instance.ts";
import { contactsOnce } from "../salesforce/contacts-once.ts";
import type { SalesforceReader } from "../salesforce/ports.ts";
import { ListedOnce } from "../zendesk/listed-once.ts";
import { isPlanned } from "../zendesk/planned-connection.ts";
import { once, type WritingRemotes } from "./remotes.ts";

/**
 * Remotes for all stages of one run: every list is asked for once (decision 53); only those of us-government are wanted again by a later stage. Connections of a dry run
 * show what was planned, and list for themselves.
 */
export function askedOnce(remotes: WritingRemotes): WritingRemotes {
  const instances = new Map<InstanceName, ListedOnce>();
  const listsOf = (instance: InstanceName) => {
    const lists = instances.get(instance) ?? new ListedOnce(instance === "us-government");
    instances.set(instance, lists);
    return lists;
  };
  const openedOnce = <T>(open: (instance: InstanceName) => Promise<T>, as: (lists: ListedOnce, opened: T) => T) => {
    const opened = new Map<InstanceName, Promise<T>>();
    return (instance: InstanceName) =>
      once(opened, instance, () => open(instance).then((one) => as(listsOf(instance), one)));
  };
  let salesforce: Promise<SalesforceReader> | undefined;
  return {
    ...remotes,
    salesforce: () => (salesforce ??= remotes.salesforce().then(contactsOnce)),
    zendeskReader: openedOnce(remotes.zendeskReader, (lists, reader) => lists.reader(reader)),
    zendesk: openedOnce(remotes.zendesk, (lists, connection) =>
      isPlanned(connection) ? connection : lists.connection(connection),
    ),
  };
}
