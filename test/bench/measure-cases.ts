import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgramOptions, ProgramResult } from "./program-run.ts";
import type { RemoteFigures } from "./remote-figures.ts";
import type { RemotesOptions, WorldCounts } from "./remotes.ts";
import { FIRST_HOUR, HOUR_MS, type Situation } from "./situations.ts";

export type ProgramName = ProgramOptions["program"];

/** Some situations that follow each other in one world. */
export interface Series extends RemotesOptions {
  program: ProgramName;
  situations: readonly Situation[];
  /** Default true; see `ProgramOptions`. */
  workTakesTime?: boolean;
}

/** One run of one program, measured. */
export interface Measured {
  situation: Situation;
  accounts: number;
  bulkUsers: boolean;
  program: ProgramName;
  /** What there was before it. */
  world: WorldCounts;
  run: ProgramResult;
  remotes: RemoteFigures;
}

/** Time for Zendesk's jobs to end before the next hour. */
const SETTLING_MS = 600_000;

/** Plays a series, each run in a process of its own. A settled world has had an hour before, as every hour has. */
export async function measureSeries(series: Series, tell: (one: Measured) => void = () => {}): Promise<Measured[]> {
  const { program, situations, workTakesTime = true, ...options } = series;
  const folder = await mkdtemp(join(tmpdir(), "zdsync-bench-"));
  const remotes = await startRemotes(options);
  try {
    const env = await settingsFor(remotes, folder);
    const measured: Measured[] = [];
    let startAt = FIRST_HOUR;
    const hour = async (): Promise<Pick<Measured, "world" | "run" | "remotes">> => {
      const world = await remotes.ask<WorldCounts>("/counts");
      const run = await runProgram({
        program,
        workTakesTime,
        port: remotes.port,
        startAt,
        env,
        dataDir: join(folder, "data"),
        result: join(folder, "result.json"),
      });
      const figures = await remotes.ask<RemoteFigures>(`/figures?ended=${run.endedAt}`);
      startAt = Math.ceil((run.endedAt + SETTLING_MS) / HOUR_MS) * HOUR_MS;
      if (run.exit !== 0) throw new Error(`${program} ended with ${run.exit}: ${run.said}`);
      return { world, run, remotes: figures };
    };
    if (options.zendesk === "settled") await hour();
    for (const situation of situations) {
      if (situation === "normal" || situation === "everything") await remotes.ask(`/${situation}`);
      const { accounts, bulkUsers } = options;
      const one = { situation, accounts, bulkUsers, program, ...(await hour()) };
      measured.push(one);
      tell(one);
    }
    return measured;
  } finally {
    await remotes.end();
    await rm(folder, { recursive: true, force: true });
  }
}

async function settingsFor(remotes: RunningRemotes, folder: string): Promise<Record<string, string>> {
  const { env, config } = await remotes.ask<{ env: Record<string, string>; config: string }>("/settings");
  const [configFile, plans] = [join(folder, "zdsync.config.yml"), join(folder, "plans.yml")];
  await mkdir(join(folder, "data"), { mode: 0o700 });
  await writeFile(configFile, config);
  await writeFile(plans, await Bun.file(join(import.meta.dir, "../../plans.yml")).text());
  return { ...env, ZDSYNC_CONFIG: configFile, PLANS_FILE: plans };
}

interface RunningRemotes {
  port: number;
  ask<T>(path: string): Promise<T>;
  end(): Promise<void>;
}

async function startRemotes(options: RemotesOptions): Promise<RunningRemotes> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "remotes.ts"), JSON.stringify(options)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const port = Number(new TextDecoder().decode(value));
  if (!port) throw new Error("the remotes of the bench did not start; what they said stands above");
  return {
    port,
    async ask<T>(path: string) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      if (!answer.ok) throw new Error(`the bench's remotes answered ${answer.status}: ${await answer.text()}`);
      const text = await answer.text();
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
    async end() {
      child.stdin.end();
      await child.exited;
    },
  };
}

async function runProgram(options: ProgramOptions): Promise<ProgramResult> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "program-run.ts"), JSON.stringify(options)], {
    env: { PATH: process.env.PATH ?? "" },
    stdout: "inherit",
    stderr: "inherit",
  });
  const exit = await child.exited;
  if (exit !== 0) throw new Error(`${options.program} ended with ${exit}; what it said stands above`);
  return (await Bun.file(options.result).json()) as ProgramResult;
}
