import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { type RunJson, runCommand } from "../../bin/commands/run.ts";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { ExitCode } from "../../lib/errors.ts";
import type { RemoteTiming } from "../../lib/pipeline/remotes.ts";
import { type Result, ResultSchema } from "../../lib/storage/artifacts/results.ts";
import { Random } from "../../sandbox/seed/random.ts";
import type { Fault, LoggedRequest, RequestHook } from "../../sandbox/types.ts";
import { TODAY } from "../pipeline/world.ts";
import { outcomeOf } from "./child-run.ts";
import { smallWorld } from "./small-world.ts";

/** How many times faster than real time zdsync waits here. */
const FACTOR = 50;
/** Of all requests that fail. */
const PART = 0.2;

const ANYWHERE: readonly Fault["kind"][] = [
  "429",
  "429-date",
  "429-bare",
  "500",
  "502-html",
  "503-html",
  "reset",
  "stall",
  "lost-answer",
  "truncate",
];
const OF_BULK_WRITES: readonly Fault["kind"][] = ["failed-rows", "job-failed", "job-killed", "too-many-jobs"];

/** What a person is left with after a run, and what the remotes are. */
export interface RunUnderTest {
  exit: ExitCode;
  summary: RunJson;
  /** Each results file of the run, by comparison. */
  results: Record<string, Result[]>;
  /** The same, as the history keeps it for looking back and undoing. */
  kept: Record<string, Result[]>;
  outcome: ReturnType<typeof outcomeOf>;
}

/** A world worked on in this process, so that its waits can be compressed. */
export interface QuickWorld extends AsyncDisposable {
  sandbox: Awaited<ReturnType<typeof startSandbox>>;
  run(given?: Record<string, string>): Promise<RunUnderTest>;
  /** From now on every request is shown to this. */
  hook(hook: RequestHook): void;
  printed(): string;
}

/** Starts the small world. Each run begins with an empty data directory. */
export async function startQuickWorld(customers = 0): Promise<QuickWorld> {
  const current: { hook: RequestHook } = { hook: () => undefined };
  const sandbox = await startSandbox({
    today: TODAY,
    timeFactor: 1000,
    zendesk: { global: { bulkUserImport: true } },
    world: smallWorld(customers),
    onRequest: (request, phase) => current.hook(request, phase),
  });
  const folder = await mkdtemp(join(tmpdir(), "zdsync-storm-"));
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, sandbox.world.config);
  const env = { ...sandbox.env, ZDSYNC_CONFIG: config, PLANS_FILE: join(import.meta.dir, "../../plans.yml") };
  const lines: string[] = [];
  let runs = 0;
  return {
    sandbox,
    printed: () => lines.join("\n"),
    hook: (hook) => {
      current.hook = hook;
    },
    async run(given = {}) {
      const dataDir = join(folder, `data-${++runs}`);
      let out = "{}";
      const output = {
        out: (text: string) => {
          out = text;
        },
        err: (text: string) => void lines.push(text),
        live: false as const,
      };
      const shell = { env, output, clock: () => new Date(), timing: compressed(), json: true };
      const exit = await runCommand("run", { "data-dir": dataDir, ...given }, shell);
      const summary = JSON.parse(out) as RunJson;
      const kept = await resultsIn(join(dataDir, "history", summary.run_id));
      return { exit, summary, results: await resultsIn(dataDir), kept, outcome: outcomeOf(sandbox) };
    },
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function compressed(): RemoteTiming {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * FACTOR,
    sleep: (milliseconds) => Bun.sleep(milliseconds / FACTOR),
    timeoutMs: 500,
  };
}

/** The results files in a data directory, by comparison. */
export async function resultsIn(dataDir: string): Promise<Record<string, Result[]>> {
  const names = (await readdir(dataDir).catch(() => [])).filter((name) => name.endsWith("_results.json"));
  return Object.fromEntries(
    await Promise.all(
      names.map(
        async (name): Promise<[string, Result[]]> => [
          name.replace("_results.json", ""),
          v.parse(v.array(ResultSchema), JSON.parse(await readFile(join(dataDir, name), "utf8"))),
        ],
      ),
    ),
  );
}

/** One request in five fails, in one of all the ways there are; the same seed throws the same dice. */
export function stormOf(seed: number, told: Map<string, number> = new Map()): RequestHook {
  const random = new Random(seed);
  return (request, phase) => {
    if (phase !== "before" || !random.chance(PART)) return undefined;
    const kind = random.pick(kindsFor(request, random));
    told.set(kind, (told.get(kind) ?? 0) + 1);
    return {
      kind,
      ...(random.chance(0.5) ? { retryAfter: 1 } : {}),
      ...(kind === "failed-rows" ? { rows: [random.integer(0, 1), random.integer(1, 4)] } : {}),
    };
  };
}

function kindsFor({ service, method, path }: Omit<LoggedRequest, "status">, random: Random): readonly Fault["kind"][] {
  if (!service.startsWith("zendesk-")) return ANYWHERE;
  if (path.includes("/job_statuses")) return [...ANYWHERE, "409", "404"];
  if (method !== "GET" && path.includes("_many") && random.chance(0.5)) return OF_BULK_WRITES;
  return [...ANYWHERE, "409"];
}

/**
 * Comparisons whose records are not all accounted for (S6): planned, and what the results say of them. One that was never begun,
 * because its instance failed before, has no results.
 */
export function miscounted({ summary, results }: Pick<RunUnderTest, "summary" | "results">): string[] {
  return summary.reports.flatMap(({ comparison }) => {
    if (!comparison) return [];
    const { name, planned } = comparison;
    const rows = results[name];
    if (!rows) return summary.failures.length > 0 ? [] : [`${name}: no results`];
    return (["create", "update", "mark"] as const).flatMap((effect) => {
      const told = rows.filter((row) => row.effect === effect).length;
      const wanted = planned[`${effect}s`];
      return told === wanted ? [] : [`${name}: ${wanted} ${effect}s planned, ${told} accounted for`];
    });
  });
}

/** Records that are not as they should be, and that no failed result names. */
export function wrongAndUnnamed(run: RunUnderTest, right: ReturnType<typeof outcomeOf>): string[] {
  const failed = Object.values(run.results)
    .flat()
    .filter(({ outcome }) => outcome === "failed");
  const named = new Set(
    failed.flatMap(({ effect, salesforce_id, after }) => [
      ...(effect === "contact" ? [] : [salesforce_id]),
      typeof after.email === "string" ? after.email.toLowerCase() : null,
    ]),
  );
  return differing(run.outcome.state, right.state)
    .filter((keys) => !keys.some((key) => named.has(key)))
    .map((keys) => keys.join(" in "));
}

/** What differs between two states: each record as the keys under which a result may name it. */
function differing(is: RunUnderTest["outcome"]["state"], right: RunUnderTest["outcome"]["state"]): string[][] {
  return is.flatMap((instance, index) => {
    const other = right[index];
    if (!other) throw new Error("the states are of different instances");
    return [
      ...unequal(instance.organizations, other.organizations).map(({ external_id, organization_fields: fields }) => [
        String((fields as Record<string, unknown>).salesforce_id ?? external_id),
      ]),
      ...unequal(instance.users, other.users).map(({ name }) => [
        String(name).split(" ")[0] ?? "",
        // In either state: one who was not associated is wrong because the organization could not be created.
        ...[...instance.users, ...other.users].flatMap((user) =>
          user.name === name && user.in !== null ? [user.in] : [],
        ),
      ]),
      ...unequal(instance.memberships, other.memberships).map(({ name }) => name.split(" in ")),
    ];
  });
}

/** Records of either list that the other one does not have in the same form. */
function unequal<T>(one: readonly T[], other: readonly T[]): T[] {
  const texts = (list: readonly T[]) => new Set(list.map((record) => JSON.stringify(record)));
  const [left, right] = [texts(one), texts(other)];
  return [
    ...one.filter((record) => !right.has(JSON.stringify(record))),
    ...other.filter((record) => !left.has(JSON.stringify(record))),
  ];
}
