import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { writeRunReport } from "../bin/commands/write-report.ts";
import { loadStage } from "../bin/stages.ts";
import { startSandbox } from "../bin/start-sandbox.ts";
import type { RunOrigin } from "../lib/artifacts/manifest.ts";
import type { ArtifactName, ArtifactRecord } from "../lib/artifacts/schemas.ts";
import { ArtifactStore } from "../lib/artifacts/store.ts";
import { DEFAULT_CONFIG } from "../lib/domain/config.ts";
import { toId18 } from "../lib/domain/salesforce-id.ts";
import { runStage, type StageEnd } from "../lib/stage/run-stage.ts";
import type { StageReport } from "../lib/stage/stage.ts";
import type { Output } from "../lib/terminal/output.ts";

/**
 * Time and memory of process, compare and the report of a run for 100,000 accounts of which half change (docs/benchmarks.md):
 * `bun scripts/bench-report.ts`. A sandbox's accounts and organizations are gathered once and multiplied; nothing is written to a remote.
 */
const ACCOUNTS = Number(process.argv[2] ?? 100_000);
const SEED = 2_000;
const TODAY = "2026-11-23";
const ORIGIN: RunOrigin = { run_id: "bench", today: TODAY, gathered_at: new Date().toISOString(), inputs: [] };
const output: Output = { out: () => {}, err: () => {}, live: false };

async function gather(folder: string): Promise<void> {
  const sandbox = await startSandbox({ accounts: SEED, today: TODAY, timeFactor: 1000 });
  try {
    await writeFile(join(folder, "zdsync.config.yml"), "overrides: none\n");
    const shell = {
      env: { ...sandbox.env, ZDSYNC_CONFIG: join(folder, "zdsync.config.yml") },
      output,
      clock: () => new Date(),
    };
    const given = { "data-dir": join(folder, "seed"), today: TODAY, "run-id": "bench" };
    await runStage(await loadStage("gather-accounts"), given, shell);
    await runStage(await loadStage("gather-orgs"), { ...given, instance: "global" }, shell);
  } finally {
    await sandbox.stop();
  }
}

/** The nth copy of an id: as valid as the original, and no other copy's. */
function idOf(id: string, copy: number): string {
  const digits = copy.toString(36).toUpperCase().padStart(3, "0");
  const short = `${id.slice(0, 4)}${digits}${id.slice(7, 15)}`;
  return toId18(short) ?? short;
}

async function multiply(folder: string): Promise<void> {
  const [from, to] = [new ArtifactStore(join(folder, "seed")), new ArtifactStore(join(folder, "data"))];
  const copies = Math.ceil(ACCOUNTS / SEED);
  const maker = { stage: "gather", origin: ORIGIN, madeAt: new Date() };
  const write = async <Name extends ArtifactName>(
    name: Name,
    copyOf: (record: ArtifactRecord<Name>, copy: number) => ArtifactRecord<Name>,
  ) => {
    const { records } = await from.read(name);
    const all = Array.from({ length: copies }, (_, copy) => records.map((record) => copyOf(record, copy))).flat();
    await to.write(name, all.slice(0, ACCOUNTS), maker);
  };
  await write("salesforce_accounts.json", (one, copy) => ({
    ...one,
    salesforce_id: idOf(one.salesforce_id, copy),
    name: `${one.name} ${copy}`,
    account_owner: `Owner ${copy % 7}`,
  }));
  await to.write("partner_accounts.json", [], maker);
  await write("zendesk_global.json", (one, copy) => {
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

const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-report-"));
try {
  await gather(folder);
  await multiply(folder);
  const shell = {
    env: { ZDSYNC_CONFIG: join(folder, "zdsync.config.yml") },
    output,
    clock: () => new Date(),
  };
  const given = { "data-dir": join(folder, "data"), "run-id": "bench" };
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const used = process.cpuUsage();
    const value = await work();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const memory = Math.round(process.resourceUsage().maxRSS / 1024 ** (process.platform === "darwin" ? 2 : 1));
    const { user, system } = process.cpuUsage(used);
    const worked = ((user + system) / 1e6).toFixed(1);
    process.stdout.write(`${what}: ${seconds} s (${worked} s of a processor), most memory until now ${memory} MB\n`);
    return value;
  };
  const reports: StageReport[] = [];
  const keep = ({ report }: StageEnd) => void (report && reports.push(report));
  keep(
    await timed("process", async () => runStage(await loadStage("process"), { ...given, instance: "global" }, shell)),
  );
  keep(
    await timed("compare", async () => runStage(await loadStage("compare"), { ...given, instance: "global" }, shell)),
  );
  const { model, files } = await timed("report of a run", () =>
    writeRunReport(
      {
        extent: "preview",
        dryRun: false,
        given,
        instances: ["global"],
        run_id: "bench",
        today: TODAY,
        startedAt: new Date(),
        endedAt: new Date(),
        end: { exit: 0, reports, failures: [] },
      },
      { store: new ArtifactStore(given["data-dir"]), config: DEFAULT_CONFIG, env: shell.env },
    ),
  );
  const records = model.rows.length + model.folded.reduce((sum, { count }) => sum + count, 0);
  const size = (await stat(files.page)).size / 1e6;
  process.stdout.write(
    `${ACCOUNTS} accounts, ${records} records in the report (${model.rows.length} rows); page ${size.toFixed(1)} MB; ${cpus().length} cores, load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(" ")}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
