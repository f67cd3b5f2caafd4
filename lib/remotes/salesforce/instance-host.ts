import { isLoopback } from "../http/secure-address.ts";

/**
 * My Domain host names, with or without a partition (facts: Salesforce help, "My Domain URL Formats" and "Partitioned Domains"):
 * `example.my.salesforce.com`, `example--dev.sandbox.my.salesforce.com`, `….scratch.my.salesforce.com`. Defense orgs are at `.mil`.
 */
const MY_DOMAIN =
  /^[a-z0-9][a-z0-9-]*(?:\.(?:sandbox|scratch|develop|demo|patch|trailblaze|free))?\.my\.salesforce\.(?:com|mil)$/;

/** Log-in servers that every org can be reached by: they log in, and are no instance. */
const COMMON_LOG_INS: readonly string[] = ["login.salesforce.com", "test.salesforce.com"];

/**
 * Whether the access token may go to the instance that Salesforce's token answer names. `expectedHost` is the configured one
 * (`hosts.salesforce`): then only there. Else to the log-in host itself or to any My Domain; from a loopback log-in to loopback only.
 */
export function isExpectedInstance(instance: URL, loginUrl: string, expectedHost: string | null): boolean {
  const login = new URL(loginUrl);
  if (instance.protocol !== "https:" && instance.protocol !== login.protocol) return false;
  if (expectedHost !== null && !COMMON_LOG_INS.includes(expectedHost)) return instance.host === expectedHost;
  if (isLoopback(login.hostname)) return isLoopback(instance.hostname);
  // `host` holds a port only where it is not the default one: an instance has none.
  return instance.host === login.host || MY_DOMAIN.test(instance.host);
}
