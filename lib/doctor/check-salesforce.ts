import type { Problem } from "../errors.ts";
import type { Waits } from "../remotes/http/waits.ts";
import { missingFields } from "../remotes/salesforce/describe.ts";
import type { ApiUsage, SalesforceReader } from "../remotes/salesforce/ports.ts";
import { queriedFields } from "../remotes/salesforce/queries.ts";
import { type Environment, salesforceSettings } from "../settings/environment.ts";
import { failureFindings, problemFindings, type Remedies, runChecks } from "./failure.ts";
import { type Found, type NamedCheck, ok, problem, warning } from "./finding.ts";
import { notReachable } from "./reach.ts";

/** Above this part of the daily API calls a run may not get through. */
const MUCH_USED = 0.8;

const CHECKS: readonly NamedCheck<SalesforceReader>[] = [
  // One after the other: how many calls are used is told by the answers.
  {
    name: "field access",
    run: async (reader) => [...fieldAccessFindings(await missingFields(reader)), ...usageFindings(reader.apiUsage())],
  },
];

const REMEDIES: Remedies = {
  refused:
    "Salesforce → Setup → App Manager → the app: compare SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET with its consumer details; the client credentials flow must be enabled, with the integration user as run-as user.",
  unreachable: "Run doctor again in a few minutes. If this continues, check status.salesforce.com.",
  exactly: {
    SALESFORCE_API_VERSION: "Set it to an existing API version in the environment, or remove it.",
    SALESFORCE_LOGIN_URL:
      "Set it in the environment to your My Domain URL (https://….my.salesforce.com, Salesforce → Setup → My Domain).",
    REQUEST_LIMIT_EXCEEDED: "Salesforce → Setup → System Overview → API Usage: find out what sends so many requests.",
  },
};

/** Checks Salesforce: settings, log-in, access to every field of every query. Never throws. */
export async function checkSalesforce({
  env,
  hostProblems,
  expectedHost,
  waits,
}: {
  env: Environment;
  hostProblems: readonly Problem[];
  /** `hosts.salesforce` of the config. */
  expectedHost: string | null;
  waits?: Waits | undefined;
}): Promise<Found[]> {
  const problems: Problem[] = [];
  const settings = salesforceSettings(env, problems);
  problems.push(...hostProblems.filter(({ where }) => where === "SALESFORCE_LOGIN_URL"));
  if (!settings || problems.length > 0)
    return problemFindings(
      problems,
      "Set it in the environment: SALESFORCE_LOGIN_URL is your My Domain URL (https://….my.salesforce.com, Setup → My Domain); SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET stand in Setup → App Manager → the app → Manage Consumer Details. The expected host stands in the config under hosts.",
    );
  const away = await notReachable(settings.loginUrl, "SALESFORCE_LOGIN_URL", { service: "Salesforce", waits });
  if (away) return [away];
  try {
    const { connectSalesforce } = await import("../remotes/salesforce/connect.ts");
    const reader = await connectSalesforce(settings, { expectedHost, ...(waits ? { waits } : {}) });
    return [ok("log-in", `reads ${reader.host}`), ...(await runChecks(CHECKS, reader, REMEDIES))];
  } catch (error) {
    return failureFindings("log-in", error, REMEDIES);
  }
}

/** Turns the result of `missingFields` into findings, each with the place to click. */
export function fieldAccessFindings(missing: readonly string[]): Found[] {
  if (missing.length > 0) return missing.map(missingFinding);
  const { account, contact, children } = queriedFields();
  const count = account.length + contact.length + children.flatMap((child) => child.fields).length;
  return [ok("field access", `all ${count} fields of the queries`)];
}

function missingFinding(name: string): Found {
  const set = "Salesforce → Setup → Permission Sets → the one of the integration user → Object Settings";
  const [object = name, step] = name.split(".");
  const found = "does not exist, or is not visible to the integration user";
  if (step === undefined)
    return problem(
      `Salesforce object ${object}`,
      found,
      `${set} → ${object} → Edit: enable Read and View All Records.`,
    );
  if (step.endsWith("__r"))
    return problem(
      `Salesforce relationship ${name}`,
      found,
      `${set}: enable Read of the object behind it, and Read Access of the lookup field that makes the relationship.`,
    );
  return problem(
    `Salesforce field ${name}`,
    found,
    `${set} → ${object} → Edit → Field Permissions: enable Read Access of the field.`,
  );
}

/** Says when the org's API calls of 24 hours are nearly used up. */
export function usageFindings(usage: ApiUsage | null): Found[] {
  if (usage === null) return [];
  const found = `${usage.used} of ${usage.limit} in the last 24 hours`;
  if (usage.used < usage.limit * MUCH_USED) return [ok("API calls", found)];
  const remedy =
    "Salesforce → Setup → System Overview → API Usage: find out what uses them; at the limit, every run fails.";
  return [warning("API calls", found, remedy)];
}
