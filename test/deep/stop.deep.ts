import { expect, test } from "bun:test";
import pLimit from "p-limit";
import { ONE_JOB, pointsOf, undisturbed } from "../safety/crash.ts";
import { bySignal, stopAt } from "../safety/stop.ts";

const AT_ONCE = 4;
const HOUR = 3_600_000;

test(
  "S7: SIGTERM to a real process, at every third write: exit 5, all accounted for, and the next run comes to the undisturbed state",
  async () => {
    const reference = await undisturbed(ONE_JOB);
    const limit = pLimit(AT_ONCE);
    // A real signal at every third write; `bun run stories` stops runs anywhere.
    const points = pointsOf(reference).filter(({ phase }, index) => phase === "before" && index % 9 === 0);
    const runs = await Promise.all(
      points.map((point) => limit(async () => ({ point, ...(await stopAt(point, bySignal("SIGTERM"))) }))),
    );
    const wrong = runs.filter(
      ({ exit, complaints, next }) =>
        exit !== 5 || complaints.length > 0 || next.exit !== 0 || !Bun.deepEquals(next.outcome, reference.outcome),
    );
    console.log(`figures: SIGTERM at each of ${runs.length} writes, ${wrong.length} wrong`);
    expect(wrong.map(({ point, exit, complaints, next }) => ({ point, exit, complaints, next: next.exit }))).toEqual(
      [],
    );
  },
  HOUR,
);
