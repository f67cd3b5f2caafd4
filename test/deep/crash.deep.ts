import { expect, test } from "bun:test";
import pLimit from "p-limit";
import {
  type Continuation,
  type CrashOptions,
  crashAt,
  pointsOf,
  SLOW_JOBS,
  TWO_JOBS,
  undisturbed,
} from "../safety/crash.ts";

/** Worlds at once: their processes mostly wait for jobs. */
const AT_ONCE = 4;
const HOUR = 3_600_000;
const CONTINUATIONS: readonly Continuation[] = ["same data directory", "empty data directory"];

/** Kills at every point that is wanted; answers what came out different, and how many points there were. */
async function matrix(
  options: CrashOptions,
  wanted: (point: ReturnType<typeof pointsOf>[number]) => boolean,
): Promise<{ wrong: unknown[]; tried: number; neverKilled: string[] }> {
  const reference = await undisturbed(options);
  const limit = pLimit(AT_ONCE);
  const crashes = await Promise.all(
    pointsOf(reference)
      .filter(wanted)
      .flatMap((point) => CONTINUATIONS.map((then) => ({ point, then })))
      .map(({ point, then }) =>
        limit(async () => ({
          name: `${point.phase} ${point.what} (${point.service} ${point.write}), then ${then}`,
          ...(await crashAt(point, then, options)),
        })),
      ),
  );
  const wrong = crashes.filter(
    ({ followed, leftOver, outcome }) =>
      followed.exit !== 0 || leftOver.length > 0 || !Bun.deepEquals(outcome, reference.outcome),
  );
  const neverKilled = crashes.flatMap(({ killed, name }) => (killed ? [] : [name]));
  return {
    wrong: wrong.map(({ name, followed, leftOver }) => ({ name, followed, leftOver })),
    tried: crashes.length,
    neverKilled,
  };
}

test(
  "S5: a real process killed at any write, after it is committed: the next run comes to the undisturbed state",
  async () => {
    // Before a write and after its answer, and between, are `bun run stories`'s, where a kill costs nothing.
    const { wrong, tried, neverKilled } = await matrix(TWO_JOBS, ({ phase }) => phase === "committed");
    console.log(`figures: crash matrix: ${tried} kills (${tried / 2} writes, 2 continuations), ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(15 * 2);
    expect(neverKilled).toEqual([]);
  },
  HOUR,
);

test(
  "S5: killed while its jobs are still at work in Zendesk when the next run comes by",
  async () => {
    const { wrong, tried } = await matrix(
      SLOW_JOBS,
      ({ phase, what }) => phase === "committed" && what.includes("_many"),
    );
    console.log(`figures: crash matrix with slow jobs: ${tried} kills, ${wrong.length} wrong`);
    expect(wrong).toEqual([]);
  },
  HOUR,
);
