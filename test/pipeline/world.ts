import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { type RunJson, runCommand } from "../../bin/commands/run.ts";
import { undoCommand } from "../../bin/commands/undo-command.ts";
import { loadStage, type StageName } from "../../bin/stages.ts";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { currentDate } from "../../lib/edges/clock.ts";
import type { ExitCode } from "../../lib/errors.ts";
import type { RemoteTiming } from "../../lib/pipeline/remotes.ts";
import { runStage, type StageEnd } from "../../lib/pipeline/run-stage.ts";
import type { Output } from "../../lib/report/terminal/output.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import type { SandboxOptions } from "../../sandbox/types.ts";

/** For a whole run, in milliseconds: it waits for Zendesk's jobs, which are asked about every half second. */
export const RUN_TIMEOUT = 120_000;

/** The day the tests' worlds are made for; the clock is the machine's, as young organizations are about real time (Y3). */
export const TODAY = "2026-11-23";

/** The waits of a thousand times faster remotes: as many requests, in the same order, and no time lost between them. */
export const QUICK: RemoteTiming = {
  now: () => Date.now() * 1000,
  sleep: (milliseconds) => Bun.sleep(milliseconds / 1000),
  timeoutMs: 5000,
};

/** A sandbox with a data directory, and zdsync as a person runs it; ends itself with `await using`. */
export interface TestWorld extends AsyncDisposable {
  sandbox: RunningSandbox;
  dataDir: string;
  /** The settings of whatever is started next. */
  env: Record<string, string | undefined>;
  /** Everything printed so far, both streams. */
  printed(): string;
  run(given?: Record<string, string>): Promise<{ exit: ExitCode; summary: RunJson }>;
  preview(given?: Record<string, string>): Promise<{ exit: ExitCode; summary: RunJson }>;
  stage(name: StageName, given?: Record<string, string>): Promise<StageEnd>;
  /** `zdsync undo --json` of a results file, by its name in the data directory or its path. */
  undo(results: string, given?: Record<string, string>): Promise<{ exit: ExitCode; summary: Record<string, unknown> }>;
  artifact<T = Record<string, unknown>>(name: string): Promise<T[]>;
  text(name: string): Promise<string>;
}

/** Limits beside those that the world's configuration has. */
export function withLimits(limits: Record<string, unknown>): (config: string) => string {
  return (text) => {
    const config = (parse(text) ?? {}) as { limits?: Record<string, unknown> };
    return stringify({ ...config, limits: { ...config.limits, ...limits } });
  };
}

/** Starts a world; `config` is appended to or replaces the world's own configuration; where it answers null there is no file. */
export async function startWorld(
  options: SandboxOptions & {
    config?: (text: string) => string | null;
    env?: (env: Record<string, string>) => Record<string, string | undefined>;
    plansFile?: string;
    timing?: RemoteTiming;
    /** As a job of a pipeline: its dry run keeps what it would have done. */
    keepsDryRun?: boolean;
  } = {},
): Promise<TestWorld> {
  const {
    config = (text: string) => text,
    env: adapt = (same) => same,
    plansFile = join(import.meta.dir, "../../plans.yml"),
    timing = QUICK,
    keepsDryRun = false,
    ...sandboxOptions
  } = options;
  const sandbox = await startSandbox({ today: TODAY, timeFactor: 1000, ...sandboxOptions });
  const folder = await mkdtemp(join(tmpdir(), "zdsync-test-"));
  const configFile = join(folder, "zdsync.config.yml");
  const configText = config(sandbox.world.config);
  if (configText !== null) await writeFile(configFile, configText);
  const dataDir = join(folder, "data");
  const env: Record<string, string | undefined> = {
    ...adapt(sandbox.env),
    ...(configText === null ? {} : { ZDSYNC_CONFIG: configFile }),
    PLANS_FILE: plansFile,
  };
  const lines: string[] = [];
  let lastOut = "";
  const output: Output = {
    out: (text) => {
      lastOut = text;
      lines.push(text);
    },
    err: (text) => void lines.push(text),
    live: false,
  };
  const shell = { env, output, clock: currentDate, timing, keepsDryRun };
  const command = async (extent: "run" | "preview", given: Record<string, string>) => {
    lastOut = "{}";
    const exit = await runCommand(extent, { "data-dir": dataDir, ...given }, { ...shell, json: true });
    return { exit, summary: JSON.parse(lastOut) as RunJson };
  };
  return {
    sandbox,
    dataDir,
    env,
    printed: () => lines.join("\n"),
    run: (given = {}) => command("run", given),
    preview: (given = {}) => command("preview", given),
    stage: async (name, given = {}) => runStage(await loadStage(name), { "data-dir": dataDir, ...given }, shell),
    async undo(results, given = {}) {
      lastOut = "{}";
      const options = { "data-dir": dataDir, results: resolve(dataDir, results), yes: "true", ...given };
      const exit = await undoCommand(options, { ...shell, json: true });
      return { exit, summary: JSON.parse(lastOut) };
    },
    artifact: async (name) => JSON.parse(await readFile(join(dataDir, name), "utf8")),
    text: (name) => readFile(join(dataDir, name), "utf8"),
    [Symbol.asyncDispose]: async () => {
      await sandbox.stop();
      try {
        await searchForLeaks(sandbox, folder, lines.join("\n"));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** S9, at the end of every test that starts a world: no secret anywhere, no customer's name or address in what was printed. */
async function searchForLeaks(sandbox: RunningSandbox, folder: string, printed: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.flatMap((file) => (file.isFile() ? [readFile(join(file.parentPath, file.name), "utf8")] : [])),
  );
  const found = sandbox.secrets.filter((secret) => [printed, ...texts].some((text) => text.includes(secret)));
  const customers = (["global", "us-government"] as const).flatMap((instance) => {
    const { organizations, users } = sandbox.zendesk(instance);
    return [...organizations.map(({ name }) => String(name)), ...users.map(({ email }) => String(email ?? ""))];
  });
  const named = customers.filter((text) => text.length > 8 && printed.includes(text));
  if (found.length > 0 || named.length > 0)
    throw new Error(
      `zdsync gave away ${found.length} secrets, and printed ${named.length} names or addresses: ${named.slice(0, 3).join(", ")}`,
    );
}

/** Counts of a run's comparisons by name: what was planned, and what became of it. */
export function comparisons(summary: RunJson) {
  return Object.fromEntries(
    summary.reports.flatMap(({ comparison }) =>
      comparison ? [[comparison.name, { planned: comparison.planned, results: comparison.results }]] : [],
    ),
  );
}

/** Each remote's state without what differs from one run to the next by nature: ids of new records, times. */
export function stateOf(sandbox: RunningSandbox) {
  return (["global", "us-government"] as const).map((instance) => {
    const { organizations, users, memberships } = sandbox.zendesk(instance);
    const externalIds = new Map(
      organizations.map((organization) => [organization.id, String(organization.external_id ?? organization.name)]),
    );
    const addresses = new Map(users.map((user) => [user.id, String(user.email ?? user.name)]));
    return {
      organizations: organizations
        .map(({ name, external_id, organization_fields, tags }) => ({ name, external_id, organization_fields, tags }))
        .sort(byName),
      users: users
        .map(({ name, email, role, suspended, user_fields, organization_id }) => ({
          name: `${email} ${name}`,
          role,
          suspended,
          user_fields,
          in: externalIds.get(organization_id) ?? null,
        }))
        .sort(byName),
      memberships: memberships
        .map(({ user_id, organization_id }) => ({
          name: `${addresses.get(user_id)} in ${externalIds.get(organization_id)}`,
        }))
        .sort(byName),
    };
  });
}

function byName(one: { name: unknown }, other: { name: unknown }): number {
  return String(one.name) < String(other.name) ? -1 : 1;
}
