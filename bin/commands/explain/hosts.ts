import type { Hosts } from "../../../lib/explain/run-material.ts";
import { type Environment, hostOf } from "../../../lib/settings/environment.ts";
import { readConfig } from "../../../lib/stage/session.ts";

/** The hosts that links lead to, as the environment or the configuration names them; null where neither does. */
export async function hostsOf(env: Environment): Promise<Hosts> {
  const { hosts } = await readConfig(env, []);
  const host = (url: string | undefined) => (url ? hostOf(url) || null : null);
  return {
    salesforce: hosts.salesforce ?? host(env.SALESFORCE_LOGIN_URL),
    global: hosts.global ?? host(env.ZENDESK_GLOBAL_URL),
    "us-government": hosts.us_government ?? host(env.ZENDESK_USGOV_URL),
  };
}
