import { parseArgs } from "node:util";
import { INVARIANTS } from "./invariants/invariants.ts";
import type { StoryPlan } from "./story/plan.ts";
import { planStory } from "./story/plan-story.ts";
import { playStory, type StoryEnd, type StoryFigures } from "./story/play-story.ts";
import { shrinkStory } from "./story/shrink-story.ts";

/**
 * `bun run stories`: plays stories, each made by its seed (docs/simulation.md). Exit 1 where something was wrong.
 *
 *   --seeds 1000   how many, beginning with --from (default 1)
 *   --seed N       one only; with --trace every line of it, with --shrink a smaller one that fails in the same way
 *   --plan FILE    one as --shrink printed it: `--shrink > FILE`
 *   --minutes M    end after so long, however many were played
 *   --processes P  default 2
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    seed: { type: "string" },
    plan: { type: "string" },
    from: { type: "string", default: "1" },
    minutes: { type: "string" },
    processes: { type: "string", default: "2" },
    trace: { type: "boolean", default: false },
    shrink: { type: "boolean", default: false },
    /** A part of the seeds, for a process of its own: every P-th, one line of JSON for each. */
    part: { type: "string" },
  },
});

/** What is told of one seed. */
interface Told {
  seed: number;
  figures: StoryFigures;
  text: string | null;
}

// A simulation keeps databases in the machine's memory; to leave by `exit` removes them.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
process.exitCode =
  values.part !== undefined
    ? await playPart()
    : values.seed !== undefined || values.plan !== undefined
      ? await playOne()
      : await playAll();

async function playOne(): Promise<number> {
  const plan = values.plan ? ((await Bun.file(values.plan).json()) as StoryPlan) : planStory(Number(values.seed));
  const { seed } = plan;
  const end = await playStory(plan, INVARIANTS, { wholeTrace: values.trace });
  // A smaller story alone goes to the output, so that it can be put into a file.
  const say = values.shrink ? console.error : console.log;
  if (values.trace) say(end.trace.join("\n"));
  say(end.wrong.length > 0 ? failure(end) : `seed ${seed}: nothing wrong`);
  say(`digest of the trace ${end.digest}, ${JSON.stringify(end.figures)}`);
  if (end.wrong.length > 0 && values.shrink) {
    const small = await shrinkStory(end, INVARIANTS, { tell: say });
    say(`The smallest story that fails in the same way (play it again with --plan FILE):\n${failure(small)}`);
    console.log(JSON.stringify(small.plan, null, 1));
  }
  return end.wrong.length > 0 ? 1 : 0;
}

async function playPart(): Promise<number> {
  // Nothing is ever written to it: it ends when the process that wants to know ends, however it does.
  process.stdin.once("end", () => process.exit(1)).resume();
  const processes = Number(values.processes);
  for (let seed = Number(values.from) + Number(values.part); seed < Number(values.from) + Number(values.seeds); ) {
    const told: Told = await playStory(planStory(seed), INVARIANTS).then(
      (end) => ({ seed, figures: end.figures, text: end.wrong.length > 0 ? failure(end) : null }),
      (error: unknown) => ({ seed, figures: NONE, text: `seed ${seed} could not be played: ${stackOf(error)}` }),
    );
    console.log(JSON.stringify(told));
    seed += processes;
  }
  process.stdin.pause();
  process.exit(0);
}

async function playAll(): Promise<number> {
  const [began, processes] = [performance.now(), Number(values.processes)];
  const children = Array.from({ length: processes }, (_, part) =>
    Bun.spawn([process.execPath, import.meta.path, ...flagsOf(part)], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  process.once("exit", () => {
    for (const child of children) child.kill();
  });
  const timer = values.minutes
    ? setTimeout(() => {
        for (const child of children) child.kill();
      }, Number(values.minutes) * 60_000)
    : undefined;
  const all: Told[] = [];
  await Promise.all(
    children.map(async ({ stdout }) => {
      for await (const told of linesOf(stdout)) {
        all.push(told);
        if (told.text !== null) console.log(`\n${told.text}\n`);
        if (all.length % 50 === 0) console.log(`${all.length} seeds, ${wrongOf(all).length} wrong`);
      }
    }),
  );
  clearTimeout(timer);
  console.log(figuresOf(all, (performance.now() - began) / 1000));
  return wrongOf(all).length > 0 || all.length === 0 ? 1 : 0;
}

function flagsOf(part: number): string[] {
  const { seeds, from, processes } = values;
  return [`--part=${part}`, `--seeds=${seeds}`, `--from=${from}`, `--processes=${processes}`];
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Told> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Told;
  }
}

function failure({ plan: { seed }, wrong, trace }: StoryEnd): string {
  return [
    ...wrong.flatMap(({ invariant, expects, hour, found }) => [
      `seed ${seed}, hour ${hour}: ${invariant}`,
      `  expected: ${expects}`,
      ...found.slice(0, 10).map((one) => `  found: ${one}`),
      ...(found.length > 10 ? [`  and ${found.length - 10} more`] : []),
    ]),
    "  the last events:",
    ...trace.slice(-50).map((line) => `    ${line.slice(0, 300)}`),
    `  again: bun run stories --seed ${seed} --trace`,
  ].join("\n");
}

const NONE: StoryFigures = {
  ...{ hours: 0, runs: 0, requests: 0, faults: 0, kills: 0, stops: 0, events: 0, checks: 0, virtualMs: 0, exits: {} },
};

function figuresOf(all: readonly Told[], seconds: number): string {
  const sum = (of: (figures: StoryFigures) => number) => all.reduce((total, { figures }) => total + of(figures), 0);
  const exits = Map.groupBy(
    all.flatMap(({ figures }) => Object.entries(figures.exits)),
    ([exit]) => exit,
  );
  const byExit = [...exits].map(
    ([exit, counts]) => `${exit}: ${counts.reduce((total, [, count]) => total + count, 0)}`,
  );
  return [
    `figures: stories: ${all.length} seeds, ${sum((one) => one.hours)} hours, ${sum((one) => one.runs)} runs (exits ${byExit.sort().join(", ")})`,
    `  ${sum((one) => one.requests)} requests, ${sum((one) => one.faults)} faults, ${sum((one) => one.kills)} kills, ${sum((one) => one.stops)} stops, ${sum((one) => one.events)} events`,
    `  ${(sum((one) => one.virtualMs) / 86_400_000).toFixed(1)} days of virtual time in ${Math.round(seconds)} s, ${sum((one) => one.checks)} checks of ${INVARIANTS.length} invariants`,
    `  ${wrongOf(all).length} wrong${wrongOf(all).length > 0 ? `: seeds ${wrongOf(all).sort().join(", ")}` : ""}`,
  ].join("\n");
}

function wrongOf(all: readonly Told[]): number[] {
  return all.flatMap(({ seed, text }) => (text === null ? [] : [seed]));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 8).join("\n    ") : String(error);
}
