import { type Config, DEFAULT_CONFIG } from "../domain/config.ts";
import { type Day, toDay } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { randomBytes } from "../edges/chance.ts";
import { ConfigurationError, type Problem } from "../errors.ts";
import { reasonText } from "../reasons/reason-text.ts";
import { machineClock, reportWaits } from "../remotes/http/waits.ts";
import { settingsFor } from "../remotes/slack/notice-channels.ts";
import type { Output } from "../report/terminal/output.ts";
import { terminalProgress } from "../report/terminal/progress.ts";
import {
  API_TOKENS_END,
  type Environment,
  hostOf,
  overridesSettings,
  salesforceSettings,
  slackSettings,
  zendeskSettings,
} from "../settings/environment.ts";
import { parseConfig } from "../settings/files/config.ts";
import { CONFIG_FILE, configWarnings, missingConfig } from "../settings/files/config-warnings.ts";
import { parseOverrides } from "../settings/files/overrides.ts";
import { parsePlans } from "../settings/files/plans.ts";
import { checkHosts, hostNames } from "../settings/host-names.ts";
import { StopRequest } from "../stop.ts";
import { CONTACT_MEMORY, SNAPSHOTS } from "../storage/artifacts/memories.ts";
import type { ResultsName } from "../storage/artifacts/results-journal.ts";
import { ArtifactStore } from "../storage/artifacts/store.ts";
import { readEditedFile } from "../storage/files/edited-file.ts";
import { removeLeftovers } from "../storage/files/write-whole-file.ts";
import { refuseWhileHeld, takeLock } from "../storage/runs/run-lock.ts";
import { ResultsFile } from "../sync/results-file.ts";
import { resultStores } from "./dry-run-results.ts";
import { createRemotes, type RemoteSettings, type RemoteTiming, type WritingRemotes } from "./remotes.ts";
import { keepStopping } from "./signals.ts";
import type { Needs, WritingContext } from "./stage.ts";

/** Options of a session: the command, its data directory, the needs of its stages, and the limits on what it may do. */
export interface SessionOptions {
  command: string;
  dataDir: string;
  /** Empty: minted. */
  runId: string;
  /** Empty: the UTC day of `clock`. */
  today: string;
  needs: Needs;
  dryRun: boolean;
  /** True if a remote may be written to before this is over: then there must be a config, even if this session itself writes nothing. */
  writes: boolean;
  /** True if a dry run keeps its results, in `DRY_RUN_FOLDER`. Default: it keeps nothing. */
  keepsDryRun?: boolean;
  /**
   * False: the session is refused while a run goes on, but keeps no run from beginning. `none`: it reads remotes only and touches no
   * file, so that no run matters to it. Default: it holds the lock (S11).
   */
  locks?: boolean | "none";
  /** Milliseconds until nothing new is begun; null: never. */
  deadlineMs: number | null;
  /** The largest share of a Zendesk account's requests that is ours while others send some, too; null: the default. */
  rateShare: number | null;
  /** True if Zendesk's lists may come from the snapshot in the data directory (decision 54). Default: they do not. */
  snapshots?: boolean;
  env: Environment;
  output: Output;
  clock: () => Date;
  /** For tests of many runs only. */
  timing?: RemoteTiming | undefined;
}

/** An open session: the context of its stages, and how to end it. */
export interface Session {
  context: WritingContext & { remotes: WritingRemotes };
  stop: StopRequest;
  /** Which hosts are worked on: the first line of every run. */
  hosts: string;
  close(): Promise<void>;
}

/**
 * Reads all settings (every problem at once), takes the lock and opens the remotes lazily. Throws `ConfigurationError` or
 * `RefusedError` with nothing touched.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { env, output, clock } = options;
  const problems: Problem[] = [];
  const config = await readConfig(env, problems, options.writes);
  const settings = readSettings(options, config, problems);
  await checkFiles(settings, options.needs, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  const today: Day = options.today || toDay(clock());
  const runId = options.runId || mintRunId(clock());
  const unlock = await lock(options, runId);
  if (options.locks !== "none") await removeLeftovers(options.dataDir, clock());
  const stop = new StopRequest();
  const progress = terminalProgress(output);
  const endStopping = keepStopping(stop, options.deadlineMs, progress.say);
  const deadlineAt = options.deadlineMs === null ? null : clock().getTime() + options.deadlineMs;
  const waits = reportWaits(progress.say, { deadlineAt, clock: machineClock(() => clock().getTime()) });
  const warn = (message: string) => progress.say(`warning: ${message}`);
  const hosts = hostsLine(settings);
  output.err(`zdsync ${options.command} ${runId} · ${hosts}`);
  for (const one of configWarnings(config)) warn(reasonText(one));
  if (options.today) warn(todayWarning(today));
  for (const one of Object.values(settings.zendesk)) {
    if (one?.auth.kind === "api-token")
      warn(
        `Zendesk ${one.instance} is read with an API token; API tokens stop working on ${API_TOKENS_END}. Set up an OAuth client instead.`,
      );
  }
  const store = new ArtifactStore(options.dataDir);
  const snapshotOf = options.snapshots ? snapshotsIn(store, config, options.dryRun) : null;
  const remotes = createRemotes(settings, { ...options, warn, stopSignal: stop.signal, waits, today, snapshotOf });
  const openResults = (name: ResultsName, run: string) => new ResultsFile(name, ...resultStores(store, run, options));
  const channel = settings.slack?.channel;
  const openNoticeMemory = async () => {
    const { NO_MEMORY, NOTICE_MEMORY, openNoticeMemory: open } = await import("../remotes/slack/notice-memory.ts");
    return options.dryRun || !channel ? NO_MEMORY : open(store.path(NOTICE_MEMORY), { channel, now: clock(), warn });
  };
  const openContacts = (dryRun: boolean) => async (host: string) => {
    const { openContactMemory: open } = await import("../storage/contact-memory.ts");
    return open(store.path(CONTACT_MEMORY), { host, now: clock(), warn, readOnly: dryRun });
  };
  const salesforceHost = hostNames(env, config).salesforce;
  return {
    context: {
      store,
      config,
      remotes,
      progress,
      stop,
      clock,
      ...(options.timing ? { sleep: options.timing.sleep } : {}),
      runId,
      runIsGiven: options.runId !== "",
      today,
      todayIsGiven: options.today !== "",
      salesforceHost,
      warn,
      openResults,
      removeEarlierResults: async (...names) => (options.dryRun ? undefined : store.remove(...names)),
      openNoticeMemory,
      openSettledContacts: openContacts(true),
      openContactMemory: openContacts(options.dryRun),
    },
    stop,
    hosts,
    async close() {
      await remotes.close();
      progress.close();
      endStopping();
      await unlock();
    },
  };
}

/** Whatever of the configuration changes, everything is listed in full once. */
function snapshotsIn(store: ArtifactStore, config: Config, readOnly: boolean) {
  const settings = JSON.stringify(config);
  return (instance: InstanceName) => ({ path: store.path(SNAPSHOTS[instance]), readOnly, settings });
}

async function lock({ dataDir, command, locks = true }: SessionOptions, runId: string): Promise<() => Promise<void>> {
  if (locks === "none") return async () => {};
  if (locks) return takeLock(dataDir, command, runId);
  await refuseWhileHeld(dataDir);
  return async () => {};
}

/** Said at the start and again in the summary (G3). */
export function todayWarning(today: Day): string {
  return `today is set to ${today}: entitlements are decided for that day.`;
}

/** A run id that sorts by time: `20261123T210303Z-4f3a9c`. */
export function mintRunId(now: Date): string {
  return `${now.toISOString().replace(/[-:]|\.\d{3}/g, "")}-${randomBytes(3).toString("hex")}`;
}

/**
 * The configuration, from `ZDSYNC_CONFIG` or the default file; without a file, the defaults.
 *
 * @param mustExist whether it is a problem that there is none: for whatever writes
 */
export async function readConfig(env: Environment, problems: Problem[], mustExist = false): Promise<Config> {
  const path = env.ZDSYNC_CONFIG || CONFIG_FILE;
  try {
    const text = await readEditedFile(path, env.ZDSYNC_CONFIG ? "ZDSYNC_CONFIG" : "config");
    if (text !== null) return parseConfig(text, path);
    if (env.ZDSYNC_CONFIG) problems.push({ where: "ZDSYNC_CONFIG", what: `${path} does not exist` });
    else if (mustExist) problems.push(missingConfig());
    return DEFAULT_CONFIG;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return DEFAULT_CONFIG;
  }
}

function readSettings({ env, needs }: SessionOptions, config: Config, problems: Problem[]): RemoteSettings {
  const salesforce = needs.salesforce ? salesforceSettings(env, problems) : null;
  const instances = needs.zendesk ?? [];
  const zendesk = Object.fromEntries(
    INSTANCES.flatMap((name) =>
      instances.includes(name) ? [[name, zendeskSettings(env, name, problems)] as const] : [],
    ),
  );
  checkHosts(
    config,
    {
      ...(salesforce ? { salesforce: hostOf(salesforce.loginUrl) } : {}),
      ...Object.fromEntries(Object.entries(zendesk).map(([name, one]) => [name, hostOf(one.url)])),
    },
    problems,
  );
  return {
    config,
    salesforce,
    zendesk,
    overrides: needs.overrides ? overridesSettings(env, config, problems) : null,
    plansFile: env.PLANS_FILE || "plans.yml",
    slack: needs.slack ? noticeSettings(env, config, problems) : null,
  };
}

/** Files that people edit are read before the run begins: one that is missing or wrong is said with everything else, not minutes later. */
async function checkFiles({ plansFile, overrides }: RemoteSettings, needs: Needs, problems: Problem[]): Promise<void> {
  if (needs.plans) await checkFile("PLANS_FILE", plansFile, parsePlans, problems);
  if (overrides?.kind === "file") await checkFile("OVERRIDES_FILE", overrides.file, parseOverrides, problems);
}

async function checkFile(
  setting: string,
  path: string,
  parse: (text: string, name: string) => unknown,
  problems: Problem[],
): Promise<void> {
  try {
    const text = await readEditedFile(path, setting);
    if (text === null) problems.push({ where: setting, what: `${path} does not exist` });
    else parse(text, path);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
}

/** Notices are about new organizations of global, and of no other instance (Y4). */
function noticeSettings(env: Environment, config: Config, problems: Problem[]): RemoteSettings["slack"] {
  const slack = slackSettings(env, problems);
  return slack && settingsFor(slack, config.slack, "global");
}

function hostsLine({ salesforce, zendesk }: RemoteSettings): string {
  const parts = [
    ...(salesforce ? [`Salesforce ${hostOf(salesforce.loginUrl)}`] : []),
    ...Object.values(zendesk).flatMap((one) => (one ? [`Zendesk ${one.instance} ${hostOf(one.url)}`] : [])),
  ];
  return parts.length > 0 ? parts.join(" · ") : "No remotes: artifacts only";
}
