import { ENVIRONMENT_PREFIX } from "../domain/instance.ts";
import type { Environment } from "./environment.ts";

const zendeskNames = Object.values(ENVIRONMENT_PREFIX).flatMap((prefix) =>
  ["URL", "CLIENT_ID", "CLIENT_SECRET", "EMAIL", "TOKEN"].map((name) => `${prefix}_${name}`),
);

/** The settings of a run, by their names in the environment: what `openSession` reads for any stage. A test holds it against that. */
export const RUN_SETTINGS: readonly string[] = [
  "SALESFORCE_LOGIN_URL",
  "SALESFORCE_CLIENT_ID",
  "SALESFORCE_CLIENT_SECRET",
  "SALESFORCE_USERNAME",
  "SALESFORCE_PRIVATE_KEY",
  "SALESFORCE_API_VERSION",
  ...zendeskNames,
  "GITLAB_URL",
  "OVERRIDES_PROJECT",
  "OVERRIDES_PATH",
  "OVERRIDES_REF",
  "OVERRIDES_TOKEN",
  "OVERRIDES_FILE",
  "SLACK_BOT_TOKEN",
  "SLACK_CHANNEL",
  "SLACK_API_URL",
  "ZDSYNC_CONFIG",
  "PLANS_FILE",
  "ZDSYNC_TODAY",
  "ZDSYNC_RATE_SHARE",
  "ZDSYNC_SNAPSHOT",
  "ZDSYNC_DEBUG",
];

/** Says for whom a program starts a run, so that the run's record names them: `Slack user U0ANN00001`. */
export const STARTED_BY = "ZDSYNC_STARTED_BY";

/** Needed by any program to be found, to keep temporary files, and to get out through a company's network. */
const SYSTEM_SETTINGS: readonly string[] = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TZ",
  "LANG",
  "LC_ALL",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
];

/**
 * What a run that is started as a process of its own gets of an environment: its settings, and nothing else. No secret that only the
 * bot needs, no `INPUT_…` that would raise a limit (from Slack none can be raised), nothing that speaks to Bun.
 */
export function runEnvironment(env: Environment): Environment {
  const names = [...RUN_SETTINGS, ...SYSTEM_SETTINGS];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
