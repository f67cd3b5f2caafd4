import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bench, do_not_optimize, run, summary } from "mitata";
import { loadStage } from "../../bin/stages.ts";
import { runStage } from "../../lib/pipeline/run-stage.ts";
import type { ArtifactName } from "../../lib/storage/artifacts/schemas.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { benchShell, gatherMany } from "./many-accounts.ts";
import { machine } from "./measured.ts";

/**
 * Process, compare, and an artifact read and written, each beside `JSON.parse` and `JSON.stringify` of the same files
 * (docs/benchmarks.md): `bun run bench:micro [ACCOUNTS] [NAME]`, of those whose name contains the second word.
 */
const ACCOUNTS = Number(process.argv[2] ?? 10_000);
const ONLY = process.argv[3] ?? "";

const ACCOUNT_FILE = "salesforce_accounts.json";
/** What each stage reads and writes of the large files. */
const FILES_OF: Readonly<Record<"process" | "compare", readonly ArtifactName[]>> = {
  process: ["salesforce_accounts.json", "zendesk_global.json", "global_accounts.json"],
  compare: ["global_accounts.json", "zendesk_global.json", "global_updates.json"],
};

const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-micro-"));
try {
  const directory = await gatherMany(folder, ACCOUNTS, ["global"]);
  const store = new ArtifactStore(directory);
  const stage = async (name: "process" | "compare") =>
    runStage(
      await loadStage(name),
      { "data-dir": directory, "run-id": "bench", instance: "global" },
      benchShell(folder),
    );
  for (const name of ["process", "compare"] as const) await stage(name);
  const { records } = await store.read(ACCOUNT_FILE);
  const maker = {
    stage: "gather",
    origin: { run_id: "bench", today: "2026-11-23", gathered_at: new Date().toISOString(), inputs: [] },
    madeAt: new Date(),
  };
  /** What there is to beat: the files as JSON, parsed and made once. */
  const plain = (names: readonly string[]) => async () => {
    for (const name of names)
      do_not_optimize(JSON.stringify(JSON.parse(await readFile(join(directory, name), "utf8"))));
  };
  const against = (name: string, work: () => Promise<unknown>, files: readonly string[], baseline = plain(files)) => {
    if (!name.includes(ONLY)) return;
    summary(() => {
      bench(name, async () => do_not_optimize(await work())).gc("once");
      bench(`JSON of ${files.join(", ")}`, baseline)
        .baseline()
        .gc("once");
    });
  };
  against("process", () => stage("process"), FILES_OF.process);
  against("compare", () => stage("compare"), FILES_OF.compare);
  against(
    "read an artifact",
    // One that knows nothing of it yet.
    () => new ArtifactStore(directory).read(ACCOUNT_FILE),
    [ACCOUNT_FILE],
    async () => {
      do_not_optimize(JSON.parse(await readFile(join(directory, ACCOUNT_FILE), "utf8")));
    },
  );
  const elsewhere = new ArtifactStore(directory, "written");
  against(
    "write an artifact",
    () => elsewhere.write(ACCOUNT_FILE, records, maker),
    [ACCOUNT_FILE],
    async () => {
      do_not_optimize(JSON.stringify(records));
    },
  );
  await run();
  console.log(`${ACCOUNTS} accounts; ${machine()}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
