import {
  environment,
  newKeys,
  newSecrets,
  OTHER_SLACK_CHANNEL,
  OVERRIDES,
  SALESFORCE,
  SLACK_CHANNEL,
  SYNC,
  ZENDESK_EMAIL,
  zendeskClientId,
} from "./credentials.ts";
import type { RulesProjectState } from "./gitlab/merge-requests.ts";
import type { Pipelines } from "./gitlab/pipelines.ts";
import { createGitLabService, newGitLabSecrets } from "./gitlab/service.ts";
import { createSalesforce } from "./salesforce/salesforce.ts";
import { buildWorld } from "./seed/build-world.ts";
import { ORGANIZATION_FIELDS, USER_FIELDS } from "./seed/organization-fields.ts";
import { SALESFORCE_COLUMNS } from "./seed/salesforce-columns.ts";
import { SandboxClock } from "./server/clock.ts";
import { Faults } from "./server/faults.ts";
import { RequestLog } from "./server/request-log.ts";
import { serveApp } from "./server/serve.ts";
import { createSlack } from "./slack/slack.ts";
import type { SocketMode } from "./slack/socket-mode.ts";
import type { InstanceName, LoggedRequest, RequestHook, Sandbox, SandboxOptions, World } from "./types.ts";
import { createZendesk, type Zendesk } from "./zendesk/zendesk.ts";

/** A sandbox with what only tests and the set-up of other log-ins need. */
export interface RunningSandbox extends Sandbox {
  /** API tokens that still work, instead of OAuth. */
  apiTokens: Record<InstanceName, { email: string; token: string }>;
  /** For Salesforce's JWT bearer flow instead of client credentials; the key is PKCS #8 in PEM. */
  jwt: { username: string; privateKey: string };
  /** Scopes of the access tokens that an instance takes at this moment. */
  validTokens(instance: InstanceName): string[][];
  /** Grants or withdraws the bot's permission to read the channel. */
  setSlackHistoryScope(granted: boolean): void;
  archiveSlackChannel(): void;
  /** Grants or withdraws any scope of the bot, `chat:write` for one. */
  setSlackScope(scope: string, granted: boolean): void;
  /** Ends the life of every `response_url` that was given out so far. */
  expireSlackResponseUrls(): void;
  /** The open sockets of Socket Mode: to count them, to ask for a new connection, to cut them. */
  slackSockets: Pick<SocketMode, "connections" | "disconnect" | "cut">;
  /** Replaces the overrides file in its GitLab project. */
  setOverrides(text: string): void;
  /** Ends all Salesforce sessions. */
  expireSessions(): void;
  /** The environment of a bot whose runs are pipelines of the sandbox's GitLab; not in `env`, as it changes where runs happen. */
  gitlabEnv: Record<string, string>;
  /** The pipelines of the sync project: what tests and demos do to them. */
  pipelines: Pipelines;
  /** The project with the rules, and the environment of a job that simulates its merge requests. */
  rules: RulesProjectState;
  rulesEnv: Record<string, string>;
}

/**
 * Starts the five services on 127.0.0.1, seeded, and answers how to use them.
 *
 * @throws RangeError for a world that cannot be built; Error where a port is taken (nothing is left running then)
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const world = options.world ?? seededWorld(options);
  const secrets = newSecrets();
  const keys = newKeys();
  const gitlabSecrets = newGitLabSecrets();
  const clock = new SandboxClock(options.timeFactor ?? 60);
  const log = new RequestLog();
  const faults = new Faults();
  // The services are made before it is known where they are served.
  const urls: Sandbox["urls"] = { salesforce: "", global: "", "us-government": "", gitlab: "", slack: "" };
  const services = createServices({ options, world, secrets, gitlabSecrets, keys, clock, urls });
  const stop = await serveAll(services, urls, {
    log,
    faults,
    firstPort: options.port ?? 0,
    ...(options.onRequest ? { onRequest: options.onRequest } : {}),
  });
  return {
    urls,
    env: environment(urls, secrets, options),
    slackAppToken: secrets["slack app"],
    world,
    timeFactor: clock.factor,
    requests: log.entries,
    writes: () => log.entries.filter(isWrite),
    clearRequests: () => log.clear(),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    get secrets() {
      return [...Object.values(secrets), ...Object.values(gitlabSecrets), keys.privateKey, ...issuedTokens(services)];
    },
    apiTokens: {
      global: { email: ZENDESK_EMAIL, token: secrets["global token"] },
      "us-government": { email: ZENDESK_EMAIL, token: secrets["us-government token"] },
    },
    jwt: { username: SALESFORCE.username, privateKey: keys.privateKey },
    gitlabEnv: services.gitlab.env(),
    pipelines: services.gitlab.pipelines,
    rules: services.gitlab.rules,
    rulesEnv: services.gitlab.rulesEnv(),
    ...remoteControls(services),
    stop,
  };
}

type Services = ReturnType<typeof createServices>;
type Secrets = ReturnType<typeof newSecrets>;
type Keys = ReturnType<typeof newKeys>;

function seededWorld({ accounts = 150, seed = 1, today }: SandboxOptions): World {
  const now = new Date();
  return buildWorld({ accounts, seed, today: today ?? now.toISOString().slice(0, 10), now });
}

/** What the services are made of. `urls` is filled in once they are served. */
interface Making {
  options: SandboxOptions;
  world: World;
  secrets: Secrets;
  gitlabSecrets: ReturnType<typeof newGitLabSecrets>;
  keys: Keys;
  clock: SandboxClock;
  urls: Sandbox["urls"];
}

function createServices(making: Making) {
  const { world, secrets, clock, urls } = making;
  return {
    salesforce: salesforceOf(making),
    global: instanceOf(making, "global"),
    "us-government": instanceOf(making, "us-government"),
    gitlab: createGitLabService({
      overrides: {
        project: OVERRIDES.project,
        token: secrets.gitlab,
        file: { path: OVERRIDES.path, ref: OVERRIDES.ref, text: world.overrides },
      },
      sync: SYNC,
      secrets: making.gitlabSecrets,
      baseUrl: () => making.urls.gitlab,
    }),
    slack: createSlack({
      token: secrets.slack,
      appToken: secrets["slack app"],
      signingSecret: secrets["slack signing"],
      channels: [
        { id: SLACK_CHANNEL, name: "support-notices", isMember: true },
        { id: OTHER_SLACK_CHANNEL, name: "general", isMember: false },
      ],
      clock,
      baseUrl: () => urls.slack,
    }),
  };
}

function salesforceOf({ options, world, secrets, keys, clock, urls }: Making) {
  const extra = options.salesforceColumns ?? [];
  const records = { ...world.salesforce };
  for (const { object, name, values } of extra) {
    records[object] = records[object].map((record, index) => {
      const value = values[index % values.length];
      const [lookup = "", column] = name.split(".");
      return { ...record, [lookup]: column === undefined ? value : value === null ? null : { [column]: value } };
    });
  }
  return createSalesforce({
    records,
    deletedAccounts: world.deletedAccounts ?? [],
    columns: [...SALESFORCE_COLUMNS, ...extra.map(({ object, name, type }) => ({ object, name, type }))],
    ...(options.salesforceBatch === undefined ? {} : { batch: options.salesforceBatch }),
    credentials: { ...SALESFORCE, clientSecret: secrets.salesforce, publicKey: keys.publicKey },
    behaviour: options.salesforce ?? {},
    baseUrl: () => urls.salesforce,
    clock,
  });
}

function instanceOf({ options, world, secrets, clock }: Making, instance: InstanceName): Zendesk {
  return createZendesk({
    instance,
    seed: world.zendesk[instance],
    organizationFields: [...ORGANIZATION_FIELDS[instance], ...(options.organizationFields?.[instance] ?? [])],
    userFields: USER_FIELDS,
    behaviour: options.zendesk?.[instance] ?? {},
    clock,
    credentials: {
      clientId: zendeskClientId(instance),
      clientSecret: secrets[instance],
      email: ZENDESK_EMAIL,
      apiToken: secrets[`${instance} token`],
    },
  });
}

/** Serves all, on five ports in a row or on any free ones, and says where in `urls`. @returns how to stop them */
async function serveAll(
  services: Services,
  urls: Sandbox["urls"],
  { firstPort, ...shared }: { log: RequestLog; faults: Faults; firstPort: number; onRequest?: RequestHook },
): Promise<() => Promise<void>> {
  const running: Array<() => Promise<void>> = [];
  const stop = async () => {
    await Promise.all(running.splice(0).map((stopOne) => stopOne()));
  };
  const names = ["salesforce", "global", "us-government", "gitlab", "slack"] as const;
  try {
    for (const [index, name] of names.entries()) {
      const service = name === "global" || name === "us-government" ? (`zendesk-${name}` as const) : name;
      const port = firstPort === 0 ? 0 : firstPort + index;
      const app = services[name];
      const expire = "expireSessions" in app ? app.expireSessions : "expireTokens" in app ? app.expireTokens : () => {};
      const sockets = "sockets" in app ? { sockets: app.sockets } : {};
      const served = await serveApp({ service, fetch: app.fetch, expire, port, ...sockets, ...shared });
      running.push(served.stop);
      urls[name] = served.url;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** What a test does to the services from outside, and what it looks at there. */
function remoteControls(services: Services) {
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
    archiveSlackChannel: () => slack.archive(SLACK_CHANNEL),
    setOverrides: (text) => gitlab.setText(text),
    expireSessions: () => salesforce.expireSessions(),
  } satisfies Partial<RunningSandbox>;
}

function issuedTokens(services: Services): string[] {
  const { salesforce, global, "us-government": usGovernment, slack } = services;
  return [salesforce, global, usGovernment, slack].flatMap((service) => service.tokens());
}

function isWrite({ service, method, path }: LoggedRequest): boolean {
  if (service === "slack")
    return /^\/(api\/chat\.(postMessage|postEphemeral|update)\b|(commands|actions)\/)/.test(path);
  const isZendesk = service === "zendesk-global" || service === "zendesk-us-government";
  return (
    isZendesk && ["POST", "PUT", "PATCH", "DELETE"].includes(method) && !/^(?:\/api\/v2)?\/oauth\/tokens\b/.test(path)
  );
}
