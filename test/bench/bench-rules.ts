import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStage } from "../../bin/stages.ts";
import { auditOfRun } from "../../lib/audit/audit-of-run.ts";
import { INSTANCES } from "../../lib/domain/instance.ts";
import { runStage } from "../../lib/pipeline/run-stage.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { benchShell, gatherMany, ORIGIN } from "./many-accounts.ts";
import { machine, measured, measuredCommand, told } from "./measured.ts";

/**
 * How long `zdsync audit` and `zdsync simulate` take on a run of 100,000 accounts in both instances, each as a program of its own,
 * and the audit of a run's page in this one (docs/benchmarks.md): `bun run bench:rules [ACCOUNTS]`. The rules that are tried take Premium for Silver, as far as GitLab.com goes.
 */
const ACCOUNTS = Number(process.argv[2] ?? 100_000);
const PLANS = join(import.meta.dir, "../../plans.yml");

const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-rules-"));
try {
  const directory = await gatherMany(folder, ACCOUNTS);
  await runStage(await loadStage("process"), { "data-dir": directory, plans: PLANS }, benchShell(folder));
  const plans = join(folder, "new-plans.yml");
  await writeFile(
    plans,
    (await Bun.file(PLANS).text()).replace(/(sub_dotcom_premium:\n\s+level: )premium/, "$1silver"),
  );
  const size = (await stat(join(directory, "salesforce_accounts.json"))).size;
  console.log(`${ACCOUNTS} accounts, salesforce_accounts.json ${(size / 1e6).toFixed(0)} MB; ${machine()}`);
  const audit = await measuredCommand(["audit", "--data-dir", directory], [0]);
  console.log(`audit: ${told(audit)}; ${audit.value.trim().split("\n").at(-1)}`);
  const tab = await measured(() => auditOfRun(new ArtifactStore(directory), { ...ORIGIN, instances: INSTANCES }));
  console.log(`audit of the page: ${told(tab)}; ${tab.value?.names.length} findings`);
  const simulate = await measuredCommand(["simulate", "--data-dir", directory, "--plans", plans], [0, 4]);
  console.log(`simulate: ${told(simulate)}; ${simulate.value.split("\n")[0]}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
