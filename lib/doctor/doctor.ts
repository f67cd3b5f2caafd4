import type { Config } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import { INSTANCES } from "../domain/instance.ts";
import type { Problem } from "../errors.ts";
import type { Waits } from "../remotes/http/waits.ts";
import { type Environment, hostOf } from "../settings/environment.ts";
import { checkHosts } from "../settings/host-names.ts";
import { botFindings, checkConfig, checkDataDir, checkPlans, type WorkedOnHosts } from "./check-files.ts";
import { checkOverrides } from "./check-overrides.ts";
import { checkSalesforce } from "./check-salesforce.ts";
import { checkSlackSettings } from "./check-slack.ts";
import { checkZendesk } from "./check-zendesk.ts";
import { failureFindings } from "./failure.ts";
import type { Finding, Found } from "./finding.ts";
import { gitlabTokenEnd } from "./gitlab-token.ts";

/** Environment, data directory and day that doctor examines. */
export interface DoctorOptions {
  env: Environment;
  dataDir: string;
  today: Day;
  /** Told what is waited for. */
  waits?: Waits | undefined;
}

/**
 * Checks everything that a run needs, all remotes side by side, and answers every finding, in the order of the groups.
 * Changes nothing: GET and token requests only, no lock, no file. Never throws for a broken remote.
 */
export async function examine({ env, dataDir, today, waits }: DoctorOptions): Promise<Finding[]> {
  const hosts = workedOnHosts(env);
  const [{ config, found: configFound }, { plans, found: plansFound }] = await Promise.all([
    checkConfig(env, hosts),
    checkPlans(env),
  ]);
  const hostProblems = differentHosts(config, hosts);
  const groups = await Promise.all([
    group("Files", async () => [...configFound, ...plansFound, ...(await checkDataDir(dataDir))]),
    group("Salesforce", () => checkSalesforce({ env, hostProblems, expectedHost: config.hosts.salesforce, waits })),
    ...INSTANCES.map((instance) =>
      group(`Zendesk ${instance}`, () =>
        checkZendesk(instance, { env, today, hostProblems, userMarkField: config.user_mark_field, waits }),
      ),
    ),
    group("Overrides", () => checkOverrides({ env, config, plans, today, waits })),
    group("Slack", () => checkSlackSettings(env, config)),
    group("Bot", () => checkBot(env, config, today)),
  ]);
  return withoutUnreached(groups.flat());
}

/** Replaces the remedy that names a host in the config if nobody answers there: the setting is wrong, not the config. */
function withoutUnreached(findings: readonly Finding[]): Finding[] {
  const isAway = (group: string) => findings.some((one) => one.group === group && one.unreachable);
  return findings.map((one) => {
    const host = HOSTS.find(({ check }) => one.check === check && one.severity === "warning");
    if (!host || !isAway(host.group)) return one;
    return {
      ...one,
      remedy: `First make sure that ${host.group} responds (see above); then write its host into the config, under hosts.`,
    };
  });
}

const HOSTS = [
  { check: "config hosts.salesforce", group: "Salesforce" },
  { check: "config hosts.global", group: "Zendesk global" },
  { check: "config hosts.us_government", group: "Zendesk us-government" },
] as const;

/** The hosts that the settings name; the first line of every run. */
export function hostsLine(env: Environment): string {
  const { salesforce, global, us_government } = workedOnHosts(env);
  const named = (host: string) => host || "(not set)";
  return `Salesforce ${named(salesforce)} · Zendesk global ${named(global)} · Zendesk us-government ${named(us_government)}`;
}

function workedOnHosts(env: Environment): WorkedOnHosts {
  return {
    salesforce: hostOf(env.SALESFORCE_LOGIN_URL ?? ""),
    global: hostOf(env.ZENDESK_GLOBAL_URL ?? ""),
    us_government: hostOf(env.ZENDESK_USGOV_URL ?? ""),
  };
}

function differentHosts(config: Config, { salesforce, global, us_government }: WorkedOnHosts): Problem[] {
  const problems: Problem[] = [];
  checkHosts(config, { salesforce, global, "us-government": us_government }, problems);
  return problems;
}

async function checkBot(env: Environment, config: Config, today: Day): Promise<Found[]> {
  const token = env.GITLAB_READ_TOKEN;
  const url = env.GITLAB_URL || "https://gitlab.com";
  return [
    ...botFindings(env, config),
    ...(token && env.GITLAB_PROJECT ? await gitlabTokenEnd("GITLAB_READ_TOKEN", url, token, today) : []),
  ];
}

/** The findings of one group; even a fault of the check itself must not hide the other groups. */
async function group(name: string, check: () => Promise<Found[]>): Promise<Finding[]> {
  const remedy = "Run again with ZDSYNC_DEBUG=1 and report the output.";
  const found = await check().catch((error: unknown) =>
    failureFindings(name, error, { refused: remedy, unreachable: remedy }),
  );
  return found.map((one) => ({ group: name, ...one }));
}
