import { generateKeyPairSync } from "node:crypto";
import { type SandboxBytes, unguessable } from "./server/chance.ts";
import type { InstanceName, Sandbox, SandboxOptions } from "./types.ts";

export const SALESFORCE = { clientId: "sandbox-salesforce-client", username: "integration@sandbox.example" };
export const ZENDESK_EMAIL = "admin@sandbox.example";
export const OVERRIDES = {
  project: { id: 4711, path: "support/zdsync-overrides" },
  path: "overrides.yml",
  ref: "main",
};
export const SYNC = { project: { id: 4712, path: "support/zdsync-runs" }, ref: "main" };
export const SLACK_CHANNEL = "C0SANDBOX1";
/** One the bot was never invited to. */
export const OTHER_SLACK_CHANNEL = "C0SANDBOX2";

/** New in every sandbox; the beginning says what it is, wherever it turns up. */
export function newSecrets(bytes: SandboxBytes = unguessable) {
  const secret = (prefix: string) => `${prefix}-${bytes(16).toString("hex")}`;
  return {
    salesforce: secret("sandbox-salesforce-secret"),
    global: secret("sandbox-global-secret"),
    "us-government": secret("sandbox-us-government-secret"),
    "global token": secret("sandbox-global-token"),
    "us-government token": secret("sandbox-us-government-token"),
    gitlab: secret("glpat-sandbox"),
    slack: secret("xoxb-sandbox"),
    "slack app": secret("xapp-sandbox"),
    "slack signing": secret("sandbox-slack-signing"),
  };
}

/** The key pair of Salesforce's JWT bearer flow. */
export function newKeys() {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}

export function zendeskClientId(instance: InstanceName): string {
  return `sandbox-${instance}-client`;
}

/** The environment that makes zdsync use the sandbox. */
export function environment(
  urls: Sandbox["urls"],
  secrets: ReturnType<typeof newSecrets>,
  { today }: SandboxOptions,
): Record<string, string> {
  return {
    SALESFORCE_LOGIN_URL: urls.salesforce,
    SALESFORCE_CLIENT_ID: SALESFORCE.clientId,
    SALESFORCE_CLIENT_SECRET: secrets.salesforce,
    ZENDESK_GLOBAL_URL: urls.global,
    ZENDESK_GLOBAL_CLIENT_ID: zendeskClientId("global"),
    ZENDESK_GLOBAL_CLIENT_SECRET: secrets.global,
    ZENDESK_USGOV_URL: urls["us-government"],
    ZENDESK_USGOV_CLIENT_ID: zendeskClientId("us-government"),
    ZENDESK_USGOV_CLIENT_SECRET: secrets["us-government"],
    GITLAB_URL: urls.gitlab,
    OVERRIDES_PROJECT: OVERRIDES.project.path,
    OVERRIDES_PATH: OVERRIDES.path,
    OVERRIDES_REF: OVERRIDES.ref,
    OVERRIDES_TOKEN: secrets.gitlab,
    SLACK_BOT_TOKEN: secrets.slack,
    SLACK_SIGNING_SECRET: secrets["slack signing"],
    SLACK_CHANNEL,
    SLACK_API_URL: `${urls.slack}/api/`,
    ...(today === undefined ? {} : { ZDSYNC_TODAY: today }),
  };
}
