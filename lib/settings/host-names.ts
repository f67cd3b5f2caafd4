import type { Config } from "../domain/config.ts";
import type { ReportHead } from "../report/model.ts";
import { ENVIRONMENT_PREFIX, type Environment, hostOf } from "./environment.ts";

/** The hosts that a run works on, for a report's head and links: as configured (S10), else as the settings name them. Pure. */
export function hostNames(env: Environment, { hosts }: Pick<Config, "hosts">): ReportHead["hosts"] {
  const zendesk = (prefix: string) => hostOf(env[`${prefix}_URL`] ?? "") || null;
  return {
    salesforce: hosts.salesforce ?? (hostOf(env.SALESFORCE_LOGIN_URL ?? "") || null),
    global: hosts.global ?? zendesk(ENVIRONMENT_PREFIX.global),
    "us-government": hosts.us_government ?? zendesk(ENVIRONMENT_PREFIX["us-government"]),
  };
}
