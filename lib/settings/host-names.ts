import { type Config, expectedHost } from "../domain/config.ts";
import { ENVIRONMENT_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { Problem } from "../errors.ts";
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

/** Holds the hosts worked on against the configured ones (S10). Hosts are compared with their port. */
export function checkHosts(
  config: Config,
  hosts: { salesforce?: string; global?: string; "us-government"?: string },
  problems: Problem[],
): void {
  const parts = [
    { found: hosts.salesforce, wanted: config.hosts.salesforce, where: "SALESFORCE_LOGIN_URL" },
    ...INSTANCES.map((instance) => ({
      found: hosts[instance],
      wanted: expectedHost(config, instance),
      where: `${ENVIRONMENT_PREFIX[instance]}_URL`,
    })),
  ];
  for (const { found, wanted, where } of parts) {
    if (found && wanted && found !== wanted)
      problems.push({
        where,
        what: `points at ${found}, but the config (hosts) expects ${wanted}. Nothing was read or written`,
      });
  }
  if (hosts.global && hosts.global === hosts["us-government"])
    problems.push({
      where: "ZENDESK_USGOV_URL",
      what: "is the same host as ZENDESK_GLOBAL_URL: one instance's customers would be copied into the other",
    });
}
