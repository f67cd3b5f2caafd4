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
  {
    name: "no lock is left to nobody",
    expects: "a run that has its data directory to itself is not refused for the lock of one that is dead",
    check: ({ runs }) =>
      runs.flatMap((run, index) => {
        const isAlone = !run.beside && runs.every((other, at) => at === index || !overlap(run, other));
        return isAlone && isRefusedForLock(run) ? [`${run.command}: ${run.dataDir} is said to be in use`] : [];
      }),
  },
];

function isRefusedForLock({ json }: RunSeen): boolean {
  return ((json?.refusals ?? []) as { code: string }[]).some(({ code }) => code.startsWith("lock."));
}

function overlap(one: RunSeen, other: RunSeen): boolean {
  return one.began < other.ended && other.began < one.ended;
}

/** Whether it got the lock, by what it says of its end; nothing can be said of one that was stopped or had no disk. */
function began(run: RunSeen): boolean {
  const { exit, undisturbed } = run;
  if (exit === 0 || exit === 3) return true;
  return exit === 4 && undisturbed && !isRefusedForLock(run);
}
