import { expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { runPipelines } from "../../sandbox/gitlab/pipeline-child.ts";
import type { DeclaredInput } from "../../sandbox/gitlab/pipeline-inputs.ts";
import type { SandboxOptions } from "../../sandbox/types.ts";
import { smallWorld } from "../safety/small-world.ts";
import { WholeWorld } from "./bot-world.ts";

const ROOT = join(import.meta.dir, "../..");
const JOBS = ["gather-accounts", "process", "compare-global", "sync-global", "partner-sync", "summary"];

/** The whole bot, whose runs are pipelines of the sandbox's GitLab, each of which really runs zdsync. */
export interface GitlabWorld extends AsyncDisposable {
  world: WholeWorld;
  /** Begins to deliver GitLab's webhook to the bot. */
  deliver(): void;
}

export async function startGitlabWorld(
  options: Pick<SandboxOptions, "accounts" | "world"> = { world: smallWorld() },
): Promise<GitlabWorld> {
  const world = await WholeWorld.start({ ...options, env: ({ gitlabEnv }) => gitlabEnv });
  const { sandbox, folder, env } = world;
  const [header] = parseAllDocuments(await readFile(join(ROOT, ".gitlab/ci/pipeline.yml"), "utf8"));
  const { spec } = (header?.toJS() ?? {}) as { spec: { inputs: Record<string, DeclaredInput> } };
  sandbox.pipelines.define({ inputs: spec.inputs, jobs: () => JOBS.map((name) => ({ name: `zdsync-${name}` })) });
  const ends = [
    runPipelines(sandbox.pipelines, {
      argv: [process.execPath, join(ROOT, "bin/zdsync.ts")],
      env,
      cwd: folder,
      folder: join(folder, "jobs"),
    }),
  ];
  await world.serve();
  return {
    world,
    deliver: () => {
      const secret = env.GITLAB_WEBHOOK_SECRET ?? "";
      ends.push(sandbox.pipelines.subscribe({ url: `${world.url}/gitlab/events`, secret }));
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends.toReversed()) await end();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Keeps the run from writing to global until it is let go on. */
export function holdWrites(world: WholeWorld): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  world.hook = async ({ service, method, path }, phase) => {
    if (phase === "before" && service === "zendesk-global" && method !== "GET" && !path.startsWith("/oauth/"))
      await promise;
    return undefined;
  };
  return resolve;
}

/** What the thread of a run in GitLab holds at its end: every job that ended, once, and the end at last. */
export function expectWholeThread(world: WholeWorld, number: number): void {
  const parents = world.channel().filter(({ shows }) => shows.includes("started a run of"));
  expect(parents).toHaveLength(1);
  expect(parents[0]?.shows).toContain(`|pipeline ${number}>`);
  const thread = world.channel().filter(({ thread }) => thread === parents[0]?.ts);
  const lines = thread.flatMap(({ shows }) => shows.split("\n")).filter((line) => /^[✓✗–] /.test(line));
  expect(lines.filter((line, place) => lines.indexOf(line) !== place)).toEqual([]);
  expect(lines.filter((line) => line.startsWith("✓ sync global") || line.startsWith("✓ gather-accounts"))).toHaveLength(
    2,
  );
  expect(thread.filter(({ shows }) => shows.includes("Done, nothing failed"))).toEqual(thread.slice(-1));
}
