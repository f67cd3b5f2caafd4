import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { PlantedBug } from "./planted/bug.ts";
import { PLANTED } from "./planted/planted.ts";

/**
 * `bun run planted [NAME …]`: plants each deliberate bug (or those whose names contain a given text) in a copy of the repository, and
 * plays stories there until one fails. Exit 1 where one is not found.
 *
 * Each is sought first in the story where it was found last.
 *
 *   --seeds 200   stories at most for each bug
 *   --from 1      the first seed
 *   --only 3,14   these seeds instead
 *   --remembered  each bug only in the story where it was found last
 */
const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    only: { type: "string" },
    remembered: { type: "boolean", default: false },
    /** For a process of its own, in a copy: plays until a story fails, and tells that in one line of JSON. */
    seek: { type: "boolean", default: false },
  },
});
const SEEDS = values.only
  ? values.only.split(",").map(Number)
  : Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.from) + index);
const ROOT = join(import.meta.dir, "../..");

/** The first story that failed: what did not hold in it; none where all went well. */
interface FoundBug {
  seed: number;
  invariants: string[];
  found: string[];
}

process.exitCode = values.seek ? await seek() : await plantAll();

async function seek(): Promise<number> {
  const { INVARIANTS } = await import("./invariants/invariants.ts");
  const { planStory } = await import("./story/plan-story.ts");
  const { playStory } = await import("./story/play-story.ts");
  for (const seed of SEEDS) {
    const wrong = await playStory(planStory(seed), INVARIANTS).then(
      (end) => end.wrong,
      (error: unknown) => [{ invariant: "the story could be played", found: [String(error)] }],
    );
    if (wrong.length === 0) continue;
    const invariants = wrong.map(({ invariant }) => invariant);
    console.log(JSON.stringify({ seed, invariants, found: wrong.flatMap(({ found }) => found) } satisfies FoundBug));
    return 1;
  }
  return 0;
}

async function plantAll(): Promise<number> {
  const bugs = PLANTED.filter(({ name }) => names.length === 0 || names.some((one) => name.includes(one)));
  if (bugs.length === 0) throw new RangeError(`No planted bug is called ${names.join(" or ")}.`);
  const [untouched, copy] = [copyOfTree(), copyOfTree()];
  let missed = 0;
  try {
    for (const bug of bugs) {
      const began = performance.now();
      const found = await foundIn(copy, untouched, bug);
      const seconds = Math.round((performance.now() - began) / 1000);
      if (!found) missed++;
      console.log(
        found ? `${bug.name}: seed ${found.seed}, ${told(bug, found)}, ${seconds} s` : notFound(bug, seconds),
      );
    }
  } finally {
    for (const folder of [untouched, copy]) rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${bugs.length - missed} of ${bugs.length} found`);
  return missed > 0 ? 1 : 0;
}

/** The first story that fails with the bug, and not without it. */
async function foundIn(copy: string, untouched: string, bug: PlantedBug): Promise<FoundBug | null> {
  const { file, find, replace, seed } = bug;
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  try {
    for (let seeds = orderOf(seed); seeds.length > 0; ) {
      const found = await firstFailing(copy, seeds);
      if (!found || (await firstFailing(untouched, [found.seed])) === null) return found;
      console.error(`seed ${found.seed} fails without any bug, too: ${found.invariants.join(", ")}`);
      seeds = seeds.slice(seeds.indexOf(found.seed) + 1);
    }
    return null;
  } finally {
    writeFileSync(path, text);
  }
}

function orderOf(remembered: number | undefined): number[] {
  if (values.remembered) return remembered === undefined ? [] : [remembered];
  return [...SEEDS.filter((seed) => seed === remembered), ...SEEDS.filter((seed) => seed !== remembered)];
}

async function firstFailing(folder: string, seeds: readonly number[]): Promise<FoundBug | null> {
  const child = Bun.spawn([process.execPath, "test/simulate/plant.ts", "--seek", "--only", seeds.join(",")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = (await child.stdout.text()).trim();
  const exit = await child.exited;
  if (line === "" && exit !== 0)
    throw new Error(`stories from seed ${seeds[0]} on in ${folder} ended with ${exit} without a result`);
  return line === "" ? null : (JSON.parse(line) as FoundBug);
}

function told({ expects }: PlantedBug, { invariants, found }: FoundBug): string {
  const by = invariants.map((name) => (expects.includes(name) ? name : `${name} (not expected)`));
  return `${by.join(" and ")} [${found[0]?.slice(0, 200)}]`;
}

function notFound({ name, expects }: PlantedBug, seconds: number): string {
  const where = values.remembered ? "in the story where it was found last" : `in ${SEEDS.length} seeds`;
  return `${name}: NOT FOUND by ${expects.join(" or ")} ${where}, ${seconds} s`;
}

/** The files of the working tree that Git knows or would take, with the packages of this one. */
function copyOfTree(): string {
  const folder = mkdtempSync(join(tmpdir(), "zdsync-planted-"));
  const listed = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT });
  for (const file of new Set(listed.stdout.toString().split("\0").filter(Boolean))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), readFileSync(join(ROOT, file)));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}
