import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadStage } from "../../bin/stages.ts";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { INSTANCES, type InstanceName } from "../../lib/domain/instance.ts";
import { toId18 } from "../../lib/domain/salesforce-id.ts";
import { runStage } from "../../lib/pipeline/run-stage.ts";
import type { Output } from "../../lib/report/terminal/output.ts";
import type { RunOrigin } from "../../lib/storage/artifacts/manifest.ts";
import type { ArtifactName, ArtifactRecord } from "../../lib/storage/artifacts/schemas.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";

/** Accounts that the sandbox makes; all others are copies of them. */
const SEED = 2_000;
export const TODAY = "2026-11-23";
export const ORIGIN: RunOrigin = { run_id: "bench", today: TODAY, gathered_at: new Date().toISOString(), inputs: [] };

const silent: Output = { out: () => {}, err: () => {}, live: false };

/** The shell of stages that say nothing, with the configuration in a folder made by `gatherMany`. */
export function benchShell(folder: string) {
  return { env: { ZDSYNC_CONFIG: join(folder, "zdsync.config.yml") }, output: silent, clock: () => new Date() };
}

/**
 * Makes `folder`/data as gathering so many accounts leaves it: a sandbox's accounts and organizations are gathered once and multiplied.
 * Some 42 % of the organizations of global differ from what they should be.
 */
export async function gatherMany(
  folder: string,
  accounts: number,
  instances: readonly InstanceName[] = INSTANCES,
): Promise<string> {
  await gatherSeed(folder, instances);
  const [from, to] = [join(folder, "seed"), join(folder, "data")];
  await multiply(new ArtifactStore(from), new ArtifactStore(to), accounts, instances);
  return to;
}

async function gatherSeed(folder: string, instances: readonly InstanceName[]): Promise<void> {
  const sandbox = await startSandbox({ accounts: SEED, today: TODAY, timeFactor: 1000 });
  try {
    await writeFile(join(folder, "zdsync.config.yml"), "overrides: none\n");
    const shell = { ...benchShell(folder), env: { ...sandbox.env, ...benchShell(folder).env } };
    const given = { "data-dir": join(folder, "seed"), today: TODAY, "run-id": "bench" };
    await runStage(await loadStage("gather-accounts"), given, shell);
    for (const instance of instances) await runStage(await loadStage("gather-orgs"), { ...given, instance }, shell);
  } finally {
    await sandbox.stop();
  }
}

async function multiply(
  from: ArtifactStore,
  to: ArtifactStore,
  accounts: number,
  instances: readonly InstanceName[],
): Promise<void> {
  const copies = Math.ceil(accounts / SEED);
  const maker = { stage: "gather", origin: ORIGIN, madeAt: new Date() };
  const write = async <Name extends ArtifactName>(
    name: Name,
    copyOf: (record: ArtifactRecord<Name>, copy: number) => ArtifactRecord<Name>,
  ) => {
    const { records } = await from.read(name);
    const all = Array.from({ length: copies }, (_, copy) => records.map((record) => copyOf(record, copy))).flat();
    await to.write(name, all.slice(0, accounts), maker);
  };
  await write("salesforce_accounts.json", (one, copy) => ({
    ...one,
    salesforce_id: idOf(one.salesforce_id, copy),
    name: `${one.name} ${copy}`,
    account_owner: `Owner ${copy % 7}`,
  }));
  await to.write("partner_accounts.json", [], maker);
  for (const instance of instances)
    await write(instance === "global" ? "zendesk_global.json" : "zendesk_usgov.json", (one, copy) => {
      const account = String(one.organization_fields.salesforce_id ?? "");
      const isAccount = toId18(account) !== null;
      return {
        ...one,
        id: one.id + copy * 1_000_000,
        name: `${one.name} ${copy}`,
        external_id: one.external_id && toId18(one.external_id) ? idOf(one.external_id, copy) : one.external_id,
        organization_fields: {
          ...one.organization_fields,
          ...(isAccount ? { salesforce_id: idOf(account, copy), sfdc_short_id: idOf(account, copy).slice(0, 15) } : {}),
          account_owner: `Owner ${copy % 14}`,
        },
      };
    });
}

/** The nth copy of an id: as valid as the original, and no other copy's. */
function idOf(id: string, copy: number): string {
  const digits = copy.toString(36).toUpperCase().padStart(3, "0");
  const short = `${id.slice(0, 4)}${digits}${id.slice(7, 15)}`;
  return toId18(short) ?? short;
}
