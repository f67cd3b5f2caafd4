import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doctor } from "../../bin/commands/doctor-command.ts";
import { runCommand } from "../../bin/commands/run.ts";
import { loadStage, type StageName } from "../../bin/stages.ts";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { ExitCode } from "../../lib/errors.ts";
import { runStage, type Shell } from "../../lib/pipeline/run-stage.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { TODAY } from "../pipeline/world.ts";
import { smallWorld } from "./small-world.ts";

/** A sandbox whose every trace is kept: what was printed, before secrets are blotted out, and what lies in the data directory. */
export interface SearchedWorld extends AsyncDisposable {
  sandbox: RunningSandbox;
  folder: string;
  dataDir: string;
  env: Record<string, string | undefined>;
  run(given?: Record<string, string>): Promise<ExitCode>;
  preview(): Promise<ExitCode>;
  stage(name: StageName, given?: Record<string, string>): Promise<ExitCode>;
  doctor(): Promise<ExitCode>;
  /** Everything printed, both streams, stack traces included. */
  printed(): string;
  /** Every file of the data directory and its history, by path. */
  files(): Promise<{ path: string; text: string }[]>;
}

/** Starts the small world, with waits compressed; `ZDSYNC_DEBUG` is on, so that stacks are searched too. */
export async function startSearchedWorld(changes: Record<string, string | undefined> = {}): Promise<SearchedWorld> {
  const sandbox = await startSandbox({ today: TODAY, timeFactor: 1000, world: smallWorld() });
  const folder = await mkdtemp(join(tmpdir(), "zdsync-searched-"));
  const dataDir = join(folder, "data");
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, sandbox.world.config);
  const env = { ...sandbox.env, ZDSYNC_CONFIG: config, ZDSYNC_DEBUG: "1", ...changes };
  const lines: string[] = [];
  const keep = (text: string) => void lines.push(text);
  const shell: Shell = {
    env,
    output: { out: keep, err: keep, live: false },
    clock: () => new Date(),
    timing: { now: Date.now, sleep: (milliseconds) => Bun.sleep(milliseconds / 1000), timeoutMs: 5000 },
  };
  const command = (extent: "run" | "preview", given: Record<string, string>) =>
    runCommand(extent, { "data-dir": dataDir, ...given }, { ...shell, json: true });
  return {
    sandbox,
    folder,
    dataDir,
    env,
    run: (given = {}) => command("run", given),
    preview: () => command("preview", {}),
    stage: async (name, given = {}) =>
      (await runStage(await loadStage(name), { "data-dir": dataDir, ...given }, shell)).exit,
    doctor: () => doctor.run({ name: "doctor", given: { "data-dir": dataDir, verbose: "true" }, json: false, shell }),
    printed: () => lines.join("\n"),
    files: () => filesIn(dataDir),
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Names and addresses of every customer and user of a world, as its remotes have them now; short ones mean other things too. */
export function customersOf(sandbox: RunningSandbox): string[] {
  const { salesforce } = sandbox.world;
  const people = [...salesforce.Account.map((one) => one.Latest_Sold_To_Contact__r), ...salesforce.Contact];
  const zendesk = (["global", "us-government"] as const).flatMap((instance) => {
    const { organizations, users } = sandbox.zendesk(instance);
    return [...organizations, ...users];
  });
  const values = [...salesforce.Account, ...people, ...zendesk].flatMap((record) => {
    const { Name, Email, Zuora__WorkEmail__c, name, email } = (record ?? {}) as Record<string, unknown>;
    return [Name, Email, Zuora__WorkEmail__c, name, email];
  });
  const texts = values.flatMap((value) => (typeof value === "string" && value.length >= 8 ? [value] : []));
  return [...new Set(texts)].sort();
}

/** What of these stands in a text, whatever its case, also within JSON or a URL. */
export function foundIn(text: string, wanted: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return wanted.filter((one) =>
    [one, JSON.stringify(one).slice(1, -1), encodeURIComponent(one)].some((form) => lower.includes(form.toLowerCase())),
  );
}

async function filesIn(folder: string): Promise<{ path: string; text: string }[]> {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return Promise.all(
    paths
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => ({ path: name, text: await readFile(join(parentPath, name), "utf8") })),
  );
}
