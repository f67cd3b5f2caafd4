import type { Config } from "../domain/config.ts";
import type { Day } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import { ConfigurationError, InternalError } from "../errors.ts";
import type { SalesforceReader } from "../salesforce/ports.ts";
import type { OverridesSettings, SalesforceSettings, SlackSettings, ZendeskSettings } from "../settings/environment.ts";
import type { SlackChannel } from "../slack/ports.ts";
import type { ZendeskConnection, ZendeskReader } from "../zendesk/ports.ts";

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
  /** Where notices go; null where Slack is not configured. */
  slack(): Promise<SlackChannel | null>;
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

/** Opens remotes from settings. This is the one place that knows about dry runs. */
export function createRemotes(
  settings: RemoteSettings,
  mode: { dryRun: boolean; warn(message: string): void; today: Day },
): WritingRemotes {
  const readers = new Map<InstanceName, Promise<ZendeskReader>>();
  const connections = new Map<InstanceName, Promise<ZendeskConnection>>();
  let salesforce: Promise<SalesforceReader> | undefined;
  let slack: Promise<SlackChannel | null> | undefined;
  const zendeskReader = (instance: InstanceName) =>
    once(readers, instance, () => openReader(settings, instance, mode.warn));
  return {
    salesforce: () => (salesforce ??= openSalesforce(settings)),
    zendeskReader,
    zendesk: (instance) =>
      once(connections, instance, async () =>
        mode.dryRun ? planOn(await zendeskReader(instance)) : openConnection(settings, instance, mode.warn),
      ),
    slack: () => (slack ??= openSlack(settings, mode.dryRun)),
    overridesText: () => readOverrides(settings),
    plansText: () => readPlans(settings),
  };
}

async function openSalesforce({ salesforce }: RemoteSettings): Promise<SalesforceReader> {
  if (!salesforce) throw new InternalError("a stage asked for Salesforce without declaring that it needs it");
  const { connectSalesforce } = await import("../salesforce/connect.ts");
  return connectSalesforce(salesforce);
}

function zendeskOf({ zendesk }: RemoteSettings, instance: InstanceName): ZendeskSettings {
  const settings = zendesk[instance];
  if (!settings) throw new InternalError(`a stage asked for Zendesk ${instance} without declaring that it needs it`);
  return settings;
}

async function openReader(
  settings: RemoteSettings,
  instance: InstanceName,
  warn: (message: string) => void,
): Promise<ZendeskReader> {
  const { createZendeskReader } = await import("../zendesk/read.ts");
  return createZendeskReader({ ...zendeskOf(settings, instance), onWarning: warn });
}

async function openConnection(
  settings: RemoteSettings,
  instance: InstanceName,
  warn: (message: string) => void,
): Promise<ZendeskConnection> {
  const { createZendeskWriter } = await import("../zendesk/write.ts");
  const { createZendeskReader } = await import("../zendesk/read.ts");
  const options = { ...zendeskOf(settings, instance), onWarning: warn };
  return { reader: createZendeskReader(options), writer: createZendeskWriter(options) };
}

async function planOn(reader: ZendeskReader): Promise<ZendeskConnection> {
  const planned = await import("../zendesk/planned.ts");
  return planned.planOn(reader);
}

async function openSlack({ slack }: RemoteSettings, dryRun: boolean): Promise<SlackChannel | null> {
  if (!slack) return null;
  const { createSlackChannel, recordingChannel } = await import("../slack/channel.ts");
  const channel = createSlackChannel(slack);
  return dryRun ? recordingChannel(channel) : channel;
}

async function readOverrides({ overrides }: RemoteSettings): Promise<{ text: string; name: string } | null> {
  if (!overrides || overrides.kind === "none") return null;
  if (overrides.kind === "file")
    return { text: await readSettingsFile(overrides.file, "OVERRIDES_FILE"), name: overrides.file };
  const { readRawFile } = await import("../gitlab/raw-file.ts");
  return { text: await readRawFile(overrides), name: overrides.path };
}

async function readPlans({ plansFile }: RemoteSettings): Promise<{ text: string; name: string }> {
  return { text: await readSettingsFile(plansFile, "PLANS_FILE"), name: plansFile };
}

async function readSettingsFile(path: string, setting: string): Promise<string> {
  const file = Bun.file(path);
  if (await file.exists()) return file.text();
  throw new ConfigurationError([{ where: setting, what: `${path} does not exist` }]);
}

function once<Key, T>(map: Map<Key, Promise<T>>, key: Key, open: () => Promise<T>): Promise<T> {
  const known = map.get(key) ?? open();
  map.set(key, known);
  return known;
}
