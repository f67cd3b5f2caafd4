import type { Config } from "../domain/config.ts";
import { expectedHost } from "../domain/config.ts";
import { ENVIRONMENT_PREFIX, type InstanceName } from "../domain/instance.ts";
import type { ReportHead } from "../report/model.ts";
import { type Environment, hostOf } from "./environment.ts";

/** The hosts that a run works on, for a report's head and links: as configured (S10), else as the settings name them. Pure. */
export function hostNames(env: Environment, config: Pick<Config, "hosts">): ReportHead["hosts"] {
  const zendesk = (instance: InstanceName) =>
    expectedHost(config, instance) ?? (hostOf(env[`${ENVIRONMENT_PREFIX[instance]}_URL`] ?? "") || null);
  return {
    salesforce: config.hosts.salesforce ?? (hostOf(env.SALESFORCE_LOGIN_URL ?? "") || null),
    global: zendesk("global"),
    "us-government": zendesk("us-government"),
  };
}
