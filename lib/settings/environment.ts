import type { Config } from "../domain/config.ts";
import { ENVIRONMENT_PREFIX, type InstanceName } from "../domain/instance.ts";
import type { Problem } from "../errors.ts";
import type { Place } from "../reasons/texts.ts";

/** Environment variables by name; an empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns where the user reads messages: in a job of the GitLab component, advice names its inputs. */
export function placeOf(env: Environment): Place {
  return env.ZDSYNC_GITLAB_JOB === "true" ? "gitlab" : "terminal";
}

/** Salesforce login: client credentials, or JWT bearer with a user and a key. */
export interface SalesforceSettings {
  loginUrl: string;
  version?: string;
  auth:
    | { kind: "client-credentials"; clientId: string; clientSecret: string }
    | { kind: "jwt"; clientId: string; username: string; privateKey: string };
}

/** Login for one Zendesk instance: OAuth client or API token. */
export interface ZendeskSettings {
  instance: InstanceName;
  url: string;
  auth: { kind: "oauth"; clientId: string; clientSecret: string } | { kind: "api-token"; email: string; token: string };
}

/** Source of the overrides: none, a local file, or a file in a GitLab project. */
export type OverridesSettings =
  | { kind: "none" }
  | { kind: "file"; file: string }
  | { kind: "gitlab"; url: string; project: string; path: string; ref: string; token: string | null };

/** Slack bot token and channel for notices. */
export interface SlackSettings {
  token: string;
  channel: string;
  apiUrl?: string;
}

/** When Zendesk stops the last API token (facts/zendesk.md 1). */
export const API_TOKENS_END = "2027-04-30";

/** Reads the Salesforce settings; what is missing or wrong is added to `problems`. */
export function salesforceSettings(env: Environment, problems: Problem[]): SalesforceSettings | null {
  const loginUrl = requiredUrl(env, "SALESFORCE_LOGIN_URL", problems);
  const clientId = required(env, "SALESFORCE_CLIENT_ID", problems);
  const version = env.SALESFORCE_API_VERSION || undefined;
  if (version !== undefined && !/^\d{2}\.0$/.test(version))
    problems.push({ where: "SALESFORCE_API_VERSION", what: "expected a version like 66.0" });
  const base = { loginUrl, ...(version ? { version } : {}) };
  if (env.SALESFORCE_USERNAME || env.SALESFORCE_PRIVATE_KEY) {
    const username = required(env, "SALESFORCE_USERNAME", problems);
    const privateKey = required(env, "SALESFORCE_PRIVATE_KEY", problems);
    return { ...base, auth: { kind: "jwt", clientId, username, privateKey } };
  }
  return {
    ...base,
    auth: { kind: "client-credentials", clientId, clientSecret: required(env, "SALESFORCE_CLIENT_SECRET", problems) },
  };
}

/** Reads the settings of one Zendesk instance; what is missing or wrong is added to `problems`. */
export function zendeskSettings(env: Environment, instance: InstanceName, problems: Problem[]): ZendeskSettings {
  const prefix = ENVIRONMENT_PREFIX[instance];
  const url = requiredUrl(env, `${prefix}_URL`, problems);
  const usesToken = env[`${prefix}_TOKEN`] && !env[`${prefix}_CLIENT_SECRET`];
  if (usesToken) {
    return {
      instance,
      url,
      auth: {
        kind: "api-token",
        email: required(env, `${prefix}_EMAIL`, problems),
        token: required(env, `${prefix}_TOKEN`, problems),
      },
    };
  }
  return {
    instance,
    url,
    auth: {
      kind: "oauth",
      clientId: required(env, `${prefix}_CLIENT_ID`, problems),
      clientSecret: required(env, `${prefix}_CLIENT_SECRET`, problems),
    },
  };
}

/** Reads where the overrides are; running without any must be said in the config (entitlements.md). */
export function overridesSettings(env: Environment, config: Config, problems: Problem[]): OverridesSettings {
  if (config.overrides === "none") return { kind: "none" };
  if (env.OVERRIDES_FILE) return { kind: "file", file: env.OVERRIDES_FILE };
  if (!env.OVERRIDES_PROJECT) {
    problems.push({
      where: "OVERRIDES_PROJECT",
      what: "not set, and neither is OVERRIDES_FILE. Without overrides, customers could lose support: set one of them, or write `overrides: none` into the config if your team has none",
    });
  }
  return {
    kind: "gitlab",
    url: optionalUrl(env, "GITLAB_URL", problems) ?? "https://gitlab.com",
    project: env.OVERRIDES_PROJECT ?? "",
    path: env.OVERRIDES_PATH || "overrides.yml",
    ref: env.OVERRIDES_REF || "main",
    token: env.OVERRIDES_TOKEN || null,
  };
}

/** Reads where notices go, or null where Slack is not configured. */
export function slackSettings(env: Environment, problems: Problem[]): SlackSettings | null {
  if (!env.SLACK_BOT_TOKEN && !env.SLACK_CHANNEL) return null;
  const settings = {
    token: required(env, "SLACK_BOT_TOKEN", problems),
    channel: required(env, "SLACK_CHANNEL", problems),
  };
  if (settings.channel && !/^[CGD][A-Z0-9]{5,}$/.test(settings.channel))
    problems.push({
      where: "SLACK_CHANNEL",
      what: "expected a channel id (C…), not a name: a renamed channel keeps its id",
    });
  const apiUrl = optionalUrl(env, "SLACK_API_URL", problems);
  return { ...settings, ...(apiUrl ? { apiUrl } : {}) };
}

/** Every secret in the environment, as it is used: none of them may reach any output. */
export function secretsIn(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    const secret = value?.trim() ?? "";
    return secret.length >= 8 && /(?:SECRET|TOKEN|PRIVATE_KEY|PASSWORD)$/.test(name) ? [secret] : [];
  });
}

/** Host with port of a URL that was checked already. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

const EXAMPLE_URL: Record<string, string> = {
  SALESFORCE_LOGIN_URL: "https://example.my.salesforce.com",
  GITLAB_URL: "https://gitlab.com",
  SLACK_API_URL: "https://slack.com/api/",
};

function required(env: Environment, name: string, problems: Problem[]): string {
  const value = env[name]?.trim();
  if (!value) problems.push({ where: name, what: "not set" });
  return value ?? "";
}

function requiredUrl(env: Environment, name: string, problems: Problem[]): string {
  const value = required(env, name, problems).replace(/\/+$/, "");
  return value ? checkedUrl(value, name, problems) : "";
}

function optionalUrl(env: Environment, name: string, problems: Problem[]): string | undefined {
  const value = env[name]?.trim();
  return value ? checkedUrl(value, name, problems) : undefined;
}

/** Credentials are sent to every one of these URLs, so none of them may be plain http over a network. */
function checkedUrl(value: string, name: string, problems: Problem[]): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    problems.push({ where: name, what: `expected a URL like ${EXAMPLE_URL[name] ?? "https://example.zendesk.com"}` });
    return "";
  }
  const { protocol, hostname, username, password } = new URL(value);
  if (username || password)
    problems.push({
      where: name,
      what: "must not contain a user name or password: credentials have their own settings",
    });
  if (protocol === "http:" && !/^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(hostname))
    problems.push({ where: name, what: "must start with https://: over http, credentials travel in the clear" });
  return value;
}
