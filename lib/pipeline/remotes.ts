import type { Config } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import { ConfigurationError, InternalError } from "../errors.ts";
import { Pacer } from "../remotes/http/pacer.ts";
import { DEFAULT_RATE_SHARE } from "../remotes/http/rate-window.ts";
import { SILENT_WAITS, type Waits } from "../remotes/http/waits.ts";
import type { SalesforceReader } from "../remotes/salesforce/ports.ts";
import type { SlackChannel } from "../remotes/slack/ports.ts";
import type { OrganizationCreate, ZendeskConnection, ZendeskReader } from "../remotes/zendesk/ports.ts";
import type { ZendeskReaders } from "../remotes/zendesk/read.ts";
import type { SnapshotOptions } from "../remotes/zendesk/snapshot/keeper.ts";
import type { OverridesSettings, SalesforceSettings, SlackSettings, ZendeskSettings } from "../settings/environment.ts";
import { readEditedFile } from "../storage/files/edited-file.ts";

/** Remotes a stage may read. Each is opened when first asked for, and only then is its library loaded. */
export interface ReadingRemotes {
  salesforce(): Promise<SalesforceReader>;
  zendeskReader(instance: InstanceName): Promise<ZendeskReader>;
  /** The overrides file and what to call it in messages; null for a team without overrides. */
  overridesText(): Promise<{ text: string; name: string } | null>;
  plansText(): Promise<{ text: string; name: string }>;
}

/** Remotes of stages that write. In a dry run the connections record instead of sending. */
export interface WritingRemotes extends ReadingRemotes {
  zendesk(instance: InstanceName): Promise<ZendeskConnection>;
  /**
   * In a dry run: shows a stage what an earlier one would have created by now, but for what is there already. In a real run nothing:
   * `creates` is not even asked.
   */
  planCreates(instance: InstanceName, creates: () => Promise<OrganizationCreate[]>): Promise<void>;
  /** Channel for notices; null if Slack is not configured. */
  slack(): Promise<SlackChannel | null>;
  /** Revokes the access tokens that could write, once nothing is to be written any more. Never throws: what fails is a warning. */
  close(): Promise<void>;
}

/** Clock and timeouts for remotes. For tests of many runs only: a compressed clock, and the waits that go with it. */
export interface RemoteTiming {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<unknown>;
  /** For one attempt at a request, its body included. */
  timeoutMs: number;
}

/** Settings of everything that was asked for. */
export interface RemoteSettings {
  config: Config;
  salesforce: SalesforceSettings | null;
  zendesk: Partial<Record<InstanceName, ZendeskSettings>>;
  overrides: OverridesSettings | null;
  plansFile: string;
  slack: SlackSettings | null;
}

/** Options shared by all remotes. Without `stopSignal` and `waits`, nothing ends reads early, and waits are not reported. */
export interface Mode extends Partial<Omit<ClientMode, "pacers">> {
  dryRun: boolean;
  today: Day;
  warn(message: string): void;
}

/** Options for creating clients. */
interface ClientMode {
  warn(message: string): void;
  /** Aborted once the run is asked to stop: what is read then ends at once. */
  stopSignal: AbortSignal;
  /** Told what is waited for. */
  waits: Waits;
  /** Milliseconds that the work may take; null or absent: nobody knows. */
  deadlineMs?: number | null | undefined;
  /** The largest share of a Zendesk account's quota that is ours while others use it, too; null or absent: `DEFAULT_RATE_SHARE`. */
  rateShare?: number | null | undefined;
  timing?: RemoteTiming | undefined;
  /** Snapshot of an instance's lists (decision 54); absent or null: everything is listed in full. */
  snapshotOf?: ((instance: InstanceName) => SnapshotOptions) | null | undefined;
  /** One for each Zendesk account: its readers and writers share a quota. */
  pacers: Map<InstanceName, Pacer>;
}

/** Opens remotes from settings. This is the one place that knows about dry runs. */
export function createRemotes(settings: RemoteSettings, given: Mode): WritingRemotes {
  const mode = { stopSignal: new AbortController().signal, waits: SILENT_WAITS, ...given, pacers: new Map() };
  const readers = new Map<InstanceName, Promise<ZendeskReaders>>();
  const connections = new Map<InstanceName, Promise<ZendeskConnection>>();
  const toClose: (() => Promise<void>)[] = [];
  const closing: Promise<void>[] = [];
  let salesforce: Promise<SalesforceReader> | undefined;
  let slack: Promise<SlackChannel | null> | undefined;
  const readersOf = (instance: InstanceName) => once(readers, instance, () => openReaders(settings, instance, mode));
  const zendeskReader = async (instance: InstanceName) => (await readersOf(instance)).listing;
  const zendesk = (instance: InstanceName) =>
    once(connections, instance, async () =>
      mode.dryRun
        ? planOn(await zendeskReader(instance))
        : openConnection(await readersOf(instance), zendeskOptions(settings, instance, mode), mode, toClose),
    );
  return {
    salesforce: () => (salesforce ??= openSalesforce(settings, mode)),
    zendeskReader,
    zendesk,
    planCreates: async (instance, creates) =>
      mode.dryRun ? planMissing(await zendesk(instance), await creates()) : undefined,
    slack: () => (slack ??= openSlack(settings, mode)),
    overridesText: () => readOverrides(settings, mode),
    plansText: () => readPlans(settings),
    async close() {
      closing.push(...toClose.splice(0).map((close) => close()));
      await Promise.all(closing);
    },
  };
}

async function openSalesforce({ salesforce, config }: RemoteSettings, mode: ClientMode): Promise<SalesforceReader> {
  if (!salesforce) throw new InternalError("a stage used Salesforce without declaring it");
  const { connectSalesforce } = await import("../remotes/salesforce/connect.ts");
  return connectSalesforce(salesforce, {
    expectedHost: config.hosts.salesforce,
    ...loopOptions(mode),
  });
}

/** For reads that have a retry loop of their own. */
function loopOptions({ timing, stopSignal, waits }: Omit<ClientMode, "pacers">) {
  return { signal: stopSignal, waits, ...(timing ? { timeoutMs: timing.timeoutMs, sleep: timing.sleep } : {}) };
}

function zendeskOf({ zendesk }: RemoteSettings, instance: InstanceName): ZendeskSettings {
  const settings = zendesk[instance];
  if (!settings) throw new InternalError(`a stage asked for Zendesk ${instance} without declaring it`);
  return settings;
}

function zendeskOptions(settings: RemoteSettings, instance: InstanceName, mode: ClientMode) {
  const { warn, waits, timing, deadlineMs = null, rateShare, pacers } = mode;
  const pacer = pacers.get(instance) ?? new Pacer(rateShare ?? DEFAULT_RATE_SHARE, timing);
  pacers.set(instance, pacer);
  const tokenSeconds = tokenSecondsFor(deadlineMs);
  const userMarkField = settings.config.user_mark_field;
  const options = { onWarning: warn, waits, pacer, tokenSeconds, userMarkField, ...(timing ? { timing } : {}) };
  return { ...zendeskOf(settings, instance), ...options };
}

/** An access token lives as long as the work and its end, an hour at most: longer work renews it. */
function tokenSecondsFor(deadlineMs: number | null): number {
  const seconds = deadlineMs === null ? LONGEST_TOKEN : Math.ceil(deadlineMs / 1000) + ENDING;
  return Math.min(seconds, LONGEST_TOKEN);
}

/** Seconds. */
const LONGEST_TOKEN = 3_600;
/** Seconds to finish and account for requests in flight at the deadline. Zendesk accepts no lifetime of 300 seconds or less. */
const ENDING = 600;

async function openReaders(
  settings: RemoteSettings,
  instance: InstanceName,
  mode: ClientMode,
): Promise<ZendeskReaders> {
  const { createZendeskReaders } = await import("../remotes/zendesk/read.ts");
  const snapshot = mode.snapshotOf?.(instance) ?? null;
  return createZendeskReaders(zendeskOptions(settings, instance, mode), mode.stopSignal, snapshot);
}

async function openConnection(
  { reader, stoppable }: ZendeskReaders,
  options: ReturnType<typeof zendeskOptions>,
  { stopSignal }: ClientMode,
  toClose: (() => Promise<void>)[],
): Promise<ZendeskConnection> {
  const { createZendeskWriter } = await import("../remotes/zendesk/write.ts");
  const writer = createZendeskWriter(options, stopSignal);
  toClose.push(() => writer.close());
  return { reader, stoppable, writer };
}

async function planOn(reader: ZendeskReader): Promise<ZendeskConnection> {
  const planned = await import("../remotes/zendesk/planned.ts");
  return planned.planOn(reader);
}

async function planMissing({ reader, writer }: ZendeskConnection, creates: OrganizationCreate[]): Promise<void> {
  if (creates.length === 0) return;
  const { addToPlan } = await import("../sync/planned-creates.ts");
  const there = await reader.organizationsByExternalId(creates.map(({ external_id }) => external_id));
  const known = new Set(there.map(({ external_id }) => external_id));
  await addToPlan(
    writer,
    creates.filter(({ external_id }) => !known.has(external_id)),
  );
}

async function openSlack(
  { slack }: RemoteSettings,
  { dryRun, timing }: { dryRun: boolean; timing?: RemoteTiming | undefined },
): Promise<SlackChannel | null> {
  if (!slack) return null;
  const { createSlackChannel, recordingChannel } = await import("../remotes/slack/channel.ts");
  const channel = createSlackChannel(
    slack,
    timing ? { timeoutMs: timing.timeoutMs, minTimeoutMs: 10, sleep: timing.sleep } : {},
  );
  return dryRun ? recordingChannel(channel) : channel;
}

async function readOverrides(
  { overrides }: RemoteSettings,
  mode: ClientMode,
): Promise<{ text: string; name: string } | null> {
  if (!overrides || overrides.kind === "none") return null;
  if (overrides.kind === "file")
    return { text: await readSettingsFile(overrides.file, "OVERRIDES_FILE"), name: overrides.file };
  const { readRawFile } = await import("../remotes/gitlab/raw-file.ts");
  return { text: await readRawFile(overrides, loopOptions(mode)), name: overrides.path };
}

async function readPlans({ plansFile }: RemoteSettings): Promise<{ text: string; name: string }> {
  return { text: await readSettingsFile(plansFile, "PLANS_FILE"), name: plansFile };
}

async function readSettingsFile(path: string, setting: string): Promise<string> {
  const text = await readEditedFile(path, setting);
  if (text !== null) return text;
  throw new ConfigurationError([{ where: setting, what: `${path} does not exist` }]);
}

/** Opens what a map does not have yet, and keeps it there. */
export function once<Key, T>(map: Map<Key, Promise<T>>, key: Key, open: () => Promise<T>): Promise<T> {
  const known = map.get(key) ?? open();
  map.set(key, known);
  return known;
}
