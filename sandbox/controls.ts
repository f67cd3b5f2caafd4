import { SLACK_CHANNEL } from "./credentials.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { RunningSandbox, Services } from "./services.ts";
import type {
  InstanceName,
  RequestHook,
  SalesforceColumn,
  SalesforceRecord,
  World,
  ZendeskBehaviour,
} from "./types.ts";

/** What people and other systems do to the world beside what `Sandbox` has, and what is seen of it. */
export interface WorldControls {
  /** Every change of a record of Zendesk since the start, whoever made it, in order. */
  journal: readonly JournalEntry[];
  /** Everything as it stands now, in the form of the start; `today`: the UTC day of the sandbox's clock. */
  standing(): World;
  /** Shows every request, from now on, to somebody who may do something about it; answers how to end that. */
  watchRequests(hook: RequestHook): () => void;
  /** A new record in Salesforce. */
  addSalesforce(object: SalesforceColumn["object"], record: SalesforceRecord): void;
  /** Deletes a record; an account goes to the recycle bin with what belongs to it. */
  deleteSalesforce(object: SalesforceColumn["object"], id: string): void;
  /** Takes an account out of the recycle bin, with what went along. */
  restoreSalesforce(accountId: string): void;
  /** What people make in Zendesk, as the API takes it; answers the new record's id. */
  addOrganization(instance: InstanceName, attributes: Record<string, unknown>): number;
  addUser(instance: InstanceName, attributes: Record<string, unknown>): number;
  editUser(instance: InstanceName, id: number, change: Record<string, unknown>): void;
  deleteUser(instance: InstanceName, id: number): void;
  addMembership(instance: InstanceName, userId: number, organizationId: number): void;
  /** Changes how an instance behaves from now on. */
  behave(instance: InstanceName, change: Partial<ZendeskBehaviour>): void;
}

/** What a test does to the services from outside, and what it looks at there. */
export function remoteControls(services: Services) {
  const { salesforce, gitlab, slack } = services;
  return {
    zendesk: (instance) => services[instance].state(),
    slackMessages: () => slack.messages(),
    slackFile: (id) => slack.fileBytes(id),
    slackConversation: () => slack.conversation(),
    slackPerson: (person) => slack.person(person),
    slackSockets: slack.sockets,
    setSlackScope: (scope, granted) => slack.setScope(scope, granted),
    expireSlackResponseUrls: () => slack.expireResponseUrls(),
    editOrganization: (instance, id, change) => services[instance].editOrganization(id, change),
    validTokens: (instance) => services[instance].validTokens(),
    deleteOrganization: (instance, id) => services[instance].deleteOrganization(id),
    editSalesforce: (object, id, change) => salesforce.edit(object, id, change),
    mergeAccounts: (winnerId, loserId) => salesforce.mergeAccounts(winnerId, loserId),
    emptyRecycleBin: () => salesforce.emptyRecycleBin(),
    setSlackHistoryScope: (granted) => slack.setHistoryScope(granted),
    archiveSlackChannel: (archived = true) => slack.archive(SLACK_CHANNEL, archived),
    setOverrides: (text) => gitlab.setText(text),
    expireSessions: () => salesforce.expireSessions(),
  } satisfies Partial<RunningSandbox>;
}

/** The controls of the whole world. */
export function worldControls(
  services: Services,
  { world, now, journal, watchers }: { world: World; now: () => Date; journal: Journal; watchers: RequestHook[] },
): WorldControls {
  const { salesforce, gitlab } = services;
  return {
    journal: journal.entries,
    standing: () => ({
      ...world,
      ...salesforce.standing(),
      today: now().toISOString().slice(0, 10),
      zendesk: { global: services.global.seed(), "us-government": services["us-government"].seed() },
      overrides: gitlab.text(),
    }),
    watchRequests(hook) {
      watchers.push(hook);
      return () => void watchers.splice(watchers.indexOf(hook), 1);
    },
    addSalesforce: (object, record) => salesforce.add(object, record),
    deleteSalesforce: (object, id) => salesforce.delete(object, id),
    restoreSalesforce: (id) => salesforce.restore(id),
    addOrganization: (instance, attributes) => services[instance].addOrganization(attributes),
    addUser: (instance, attributes) => services[instance].addUser(attributes),
    editUser: (instance, id, change) => services[instance].editUser(id, change),
    deleteUser: (instance, id) => services[instance].deleteUser(id),
    addMembership: (instance, user, organization) => services[instance].addMembership(user, organization),
    behave: (instance, change) => services[instance].behave(change),
  };
}

/** One hook of several: all of them see every request, and the first verdict counts. */
export function hookOf(watchers: readonly RequestHook[]): RequestHook {
  return async (request, phase) => {
    const verdicts = await Promise.all([...watchers].map((watch) => watch(request, phase)));
    return verdicts.find((verdict) => verdict !== undefined);
  };
}
