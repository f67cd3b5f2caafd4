import type { Invariant, RunSeen } from "../story/seen.ts";

/** Several runs at once. */
export const CONCURRENT: Invariant[] = [
  {
    name: "one run at a time",
    expects: "of two runs at once in one data directory one is refused for the other's lock",
    check: ({ runs }) =>
      runs.flatMap((run, index) =>
        runs
          .slice(index + 1)
          .filter((other) => other.dataDir === run.dataDir && overlap(run, other) && began(run) && began(other))
          .map((other) => `${run.command} and ${other.command} ended with ${run.exit} and ${other.exit}`),
      ),
  },
];

function overlap(one: RunSeen, other: RunSeen): boolean {
  return one.began < other.ended && other.began < one.ended;
}

/** Whether it got the lock, by what it says of its end; nothing can be said of one that was stopped or had no disk. */
function began({ exit, json, undisturbed }: RunSeen): boolean {
  if (exit === 0 || exit === 3) return true;
  const refusals = (json?.refusals ?? []) as { code: string }[];
  return exit === 4 && undisturbed && !refusals.some(({ code }) => code.startsWith("lock."));
}
