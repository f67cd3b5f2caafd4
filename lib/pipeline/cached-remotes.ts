import type { InstanceName } from "../domain/instance.ts";
import { keptUnlessFailed } from "../remotes/kept-unless-failed.ts";
import { contactsOnce } from "../remotes/salesforce/contacts-once.ts";
import type { SalesforceReader } from "../remotes/salesforce/ports.ts";
import { ListedOnce } from "../remotes/zendesk/listed-once.ts";
import { isPlanned } from "../remotes/zendesk/planned-connection.ts";
import { once, type WritingRemotes } from "./remotes.ts";

/** Remotes of one run, which can be asked before their answers are needed. */
export interface RunRemotes extends WritingRemotes {
  /**
   * Begins to list what a run wants of an instance. Never throws: whoever needs a list hears why it failed, or asks again, and trusts none of it before
   * the instance is proved (O2).
   */
  listAhead(instance: InstanceName): void;
  /** The same for the overrides. */
  overridesAhead(): void;
  /** The same for the contacts of accounts. */
  contactsAhead(accountIds: readonly string[]): void;
  /** Asks for nothing ahead any more, and waits until nothing is being asked for. */
  end(): Promise<void>;
}

/**
 * Remotes for all stages of one run: every list is asked for once (decision 53); only those of us-government are wanted again by a later stage. Connections of a dry run
 * show what was planned, and list for themselves.
 */
export function cachedRemotes(remotes: WritingRemotes): RunRemotes {
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
  const ahead: Promise<unknown>[] = [];
  const begin = (work: Promise<unknown>) => void ahead.push(work.catch(() => undefined));
  let opened: Promise<SalesforceReader> | undefined;
  const salesforce = () => (opened ??= remotes.salesforce().then(contactsOnce));
  const overridesText = keptUnlessFailed(() => remotes.overridesText());
  return {
    ...remotes,
    salesforce,
    overridesText,
    overridesAhead: () => begin(overridesText()),
    zendeskReader: openedOnce(remotes.zendeskReader, (lists, reader) => lists.reader(reader)),
    zendesk: openedOnce(remotes.zendesk, (lists, connection) =>
      isPlanned(connection) ? connection : lists.connection(connection),
    ),
    listAhead: (instance) => begin(remotes.zendeskReader(instance).then((reader) => listsOf(instance).begin(reader))),
    contactsAhead: (accountIds) => begin(salesforce().then((reader) => reader.contacts(accountIds))),
    async end() {
      await Promise.all(ahead);
      await Promise.all([...instances.values()].map((lists) => lists.end()));
    },
  };
}
