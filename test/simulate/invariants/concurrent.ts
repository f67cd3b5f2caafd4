import type { Invariant, RunSeen } from "../story/seen.ts";

/** Several runs at once. */
export const CONCURRENT: Invariant[] = [
  {
    name: "one run at a time",
    expects: "of two runs at once in one data directory one is refused",
    check: ({ runs }) =>
      runs.flatMap((run, index) =>
        runs
          .slice(index + 1)
          .filter((other) => other.dataDir === run.dataDir && overlap(run, other) && worked(run) && worked(other))
          .map((other) => `${run.command} and ${other.command} ended with ${run.exit} and ${other.exit}`),
      ),
  },
];

function overlap(one: RunSeen, other: RunSeen): boolean {
  return one.began < other.ended && other.began < one.ended;
}

/** Whether it came as far as its end: whoever is refused says so, and does nothing. */
function worked({ exit }: RunSeen): boolean {
  return exit === 0 || exit === 3;
}
