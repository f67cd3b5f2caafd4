import { hookOf, remoteControls, type WorldControls, worldControls } from "./controls.ts";
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
import { Journal } from "./journal.ts";
import { createSalesforce } from "./salesforce/salesforce.ts";
import { buildWorld } from "./seed/build-world.ts";
import { ORGANIZATION_FIELDS, USER_FIELDS } from "./seed/organization-fields.ts";
import { SALESFORCE_COLUMNS } from "./seed/salesforce-columns.ts";
import { type SandboxBytes, unguessable } from "./server/chance.ts";
import { SandboxClock } from "./server/clock.ts";
import { Faults } from "./server/faults.ts";
import { RequestLog } from "./server/request-log.ts";
import type { ServedApp } from "./server/serve.ts";
import { createSlack } from "./slack/slack.ts";
import type { SocketMode } from "./slack/socket-mode.ts";
import type { InstanceName, LoggedRequest, RequestHook, Sandbox, SandboxOptions, World } from "./types.ts";
import { createZendesk, type Zendesk } from "./zendesk/zendesk.ts";

/** A sandbox with what only tests and the set-up of other log-ins need. */
export interface RunningSandbox extends Sandbox, WorldControls {
  /** API tokens that still work, instead of OAuth. */
  apiTokens: Record<InstanceName, { email: string; token: string }>;
  /** For Salesforce's JWT bearer flow instead of client credentials; the key is PKCS #8 in PEM. */
  jwt: { username: string; privateKey: string };
  /** Scopes of the access tokens that an instance takes at this moment. */
  validTokens(instance: InstanceName): string[][];
  /** Grants or withdraws the bot's permission to read the channel. */
  setSlackHistoryScope(granted: boolean): void;
  /** Archives the channel of the notices, or takes it back. */
  archiveSlackChannel(archived?: boolean): void;
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

/** What a service is named in a sandbox's URLs. */
export type ServiceName = keyof Sandbox["urls"];

export const SERVICE_NAMES: readonly ServiceName[] = ["salesforce", "global", "us-government", "gitlab", "slack"];

/** The five services, which nobody serves yet. */
export interface SandboxServices {
  /** What each is served by (`serveApp`), or asked by without a port (`exchange`). */
  apps: Record<ServiceName, Omit<ServedApp, "port">>;
  /** How to use them, once `urls` says where they are. */
  controls(): Omit<RunningSandbox, "stop">;
}

/**
 * Makes the five services, seeded.
 *
 * @param urls where they will be served; may be filled in after they were made
 * @throws RangeError for a world that cannot be built
 */
export function createSandbox(options: SandboxOptions, urls: Sandbox["urls"]): SandboxServices {
  const { now = () => new Date(), bytes = unguessable } = options;
  const world = options.world ?? seededWorld(options, now());
  const secrets = newSecrets(bytes);
  const keys = options.keys ?? newKeys();
  const gitlabSecrets = newGitLabSecrets(bytes);
  const clock = new SandboxClock(options.timeFactor ?? 60, now);
  const log = new RequestLog();
  const faults = new Faults();
  const journal = new Journal(() => log.entries.length);
  const watchers: RequestHook[] = options.onRequest ? [options.onRequest] : [];
  const services = createServices({ options, world, secrets, gitlabSecrets, keys, clock, bytes, urls, journal });
  const shared = { log, faults, now, onRequest: hookOf(watchers) };
  return {
    apps: appsOf(services, shared),
    controls: () => ({
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
        return allSecrets(services, { secrets, gitlabSecrets, keys });
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
      ...worldControls(services, { world, now, journal, watchers }),
    }),
  };
}

function appsOf(
  services: Services,
  shared: Pick<ServedApp, "log" | "faults" | "now" | "onRequest">,
): SandboxServices["apps"] {
  const { salesforce, global, "us-government": usGovernment, gitlab, slack } = services;
  return {
    salesforce: {
      service: "salesforce",
      fetch: salesforce.fetch,
      expire: () => salesforce.expireSessions(),
      ...shared,
    },
    global: { service: "zendesk-global", fetch: global.fetch, expire: () => global.expireTokens(), ...shared },
    "us-government": {
      service: "zendesk-us-government",
      fetch: usGovernment.fetch,
      expire: () => usGovernment.expireTokens(),
      ...shared,
    },
    gitlab: { service: "gitlab", fetch: gitlab.fetch, ...shared },
    slack: { service: "slack", fetch: slack.fetch, sockets: slack.sockets, ...shared },
  };
}

export type Services = ReturnType<typeof createServices>;
type Secrets = ReturnType<typeof newSecrets>;
type Keys = ReturnType<typeof newKeys>;
type GitLabSecrets = ReturnType<typeof newGitLabSecrets>;

function seededWorld({ accounts = 150, seed = 1, today }: SandboxOptions, now: Date): World {
  return buildWorld({ accounts, seed, today: today ?? now.toISOString().slice(0, 10), now });
}

/** What the services are made of. `urls` is filled in once they are served. */
interface Making {
  options: SandboxOptions;
  world: World;
  secrets: Secrets;
  gitlabSecrets: GitLabSecrets;
  keys: Keys;
  clock: SandboxClock;
  bytes: SandboxBytes;
  journal: Journal;
  urls: Sandbox["urls"];
}

function createServices(making: Making) {
  const { world, secrets, clock, bytes, urls } = making;
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
      now: () => clock.now(),
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
      bytes,
      baseUrl: () => urls.slack,
    }),
  };
}

function salesforceOf({ options, world, secrets, keys, clock, bytes, urls }: Making) {
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
    bytes,
  });
}

function instanceOf({ options, world, secrets, clock, bytes, journal }: Making, instance: InstanceName): Zendesk {
  return createZendesk({
    onChange: (change, by, ordered) => journal.add({ ...change, instance, by, ordered, at: clock.now() }),
    onOrder: () => journal.answered(),
    instance,
    seed: world.zendesk[instance],
    organizationFields: [...ORGANIZATION_FIELDS[instance], ...(options.organizationFields?.[instance] ?? [])],
    userFields: USER_FIELDS,
    behaviour: options.zendesk?.[instance] ?? {},
    clock,
    bytes,
    credentials: {
      clientId: zendeskClientId(instance),
      clientSecret: secrets[instance],
      email: ZENDESK_EMAIL,
      apiToken: secrets[`${instance} token`],
    },
  });
}

/** Every secret and token that there is. */
function allSecrets(
  { salesforce, global, "us-government": usGovernment, slack }: Services,
  { secrets, gitlabSecrets, keys }: { secrets: Secrets; gitlabSecrets: GitLabSecrets; keys: Keys },
): string[] {
  const issued = [salesforce, global, usGovernment, slack].flatMap((service) => service.tokens());
  return [...Object.values(secrets), ...Object.values(gitlabSecrets), keys.privateKey, ...issued];
}

function isWrite({ service, method, path }: LoggedRequest): boolean {
  if (service === "slack")
    return /^\/(api\/chat\.(postMessage|postEphemeral|update)\b|(commands|actions)\/)/.test(path);
  const isZendesk = service === "zendesk-global" || service === "zendesk-us-government";
  return (
    isZendesk && ["POST", "PUT", "PATCH", "DELETE"].includes(method) && !/^(?:\/api\/v2)?\/oauth\/tokens\b/.test(path)
  );
}
