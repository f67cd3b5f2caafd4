import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { isWrite, startChildWorld } from "./child-run.ts";
import { ONE_JOB, type Undisturbed, undisturbed } from "./crash.ts";
import { smallWorld } from "./small-world.ts";
import { byDeadline, bySignal, DEADLINES, NEVER_THERE, type StoppedRun, type StopRequestSeen, stopAt } from "./stop.ts";

setDefaultTimeout(RUN_TIMEOUT);

describe("S7: asked to stop, a run finishes what is in flight, accounts for the rest, and ends with 5", () => {
  let reference: Undisturbed;
  beforeAll(async () => {
    reference = await undisturbed(ONE_JOB);
  });

  const holds = async (point: Parameters<typeof stopAt>[0], asked: StopRequestSeen) =>
    holdsOf(await stopAt(point, asked));
  const holdsOf = (stopped: StoppedRun) => {
    expect({ exit: stopped.exit, complaints: stopped.complaints }).toEqual({ exit: 5, complaints: [] });
    const rows = Object.values(stopped.results).flat();
    expect(rows.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    const reasons = new Set(
      rows
        .filter(({ effect, outcome }) => effect !== "contact" && outcome === "skipped")
        .map(({ reason }) => reason?.code),
    );
    expect([...reasons]).toEqual(["run.stopped"]);
    expect(stopped.next).toEqual({ exit: 0, outcome: reference.outcome });
    return stopped;
  };

  test.concurrent("SIGTERM at the creates: their contacts are finished, no update is begun", async () => {
    const { later, results } = await holds({ service: "zendesk-global", write: 1 }, bySignal("SIGTERM"));
    expect(later.filter((write) => /update_many|chat/.test(write))).toEqual([]);
    expect(results.global?.filter(({ effect }) => effect === "contact").length).toBeGreaterThan(0);
  });

  test.concurrent("SIGTERM at the creates of us-government: its users are accounted for too", async () => {
    const { results } = await holds({ service: "zendesk-us-government", write: 1 }, bySignal("SIGTERM"));
    expect(results.usgov_user?.map(({ outcome }) => outcome)).toEqual(Array(6).fill("skipped"));
  });

  test.concurrent("SIGINT at the updates", async () => {
    await holds({ service: "zendesk-global", write: 5 }, bySignal("SIGINT"));
  });

  test.concurrent("SIGTERM at a notice: the others stay due", async () => {
    await holds({ service: "slack", write: 1 }, bySignal("SIGTERM"));
  });

  test.concurrent("the deadline at the first write", async () => {
    const point = { service: "zendesk-global", write: 1 } as const;
    for (const seconds of DEADLINES) {
      const stopped = await stopAt(point, byDeadline(seconds));
      if (seconds !== DEADLINES.at(-1) && stopped.complaints.includes(NEVER_THERE)) continue;
      return holdsOf(stopped);
    }
  });
});

test("S7: a second signal ends the run at once, with a write still in flight", async () => {
  let asked = 0;
  const act = Promise.withResolvers<void>();
  await using world = await startChildWorld({
    world: smallWorld(),
    onRequest: async (request, phase) => {
      if (phase !== "before" || !isWrite(request) || asked++ > 0) return undefined;
      child.kill("SIGTERM");
      await child.said("SIGTERM: finishing");
      child.kill("SIGTERM");
      await child.ended;
      act.resolve();
      return "drop";
    },
  });
  const child = world.start("data");
  await act.promise;
  expect(await child.ended).toBe(130);
  expect(child.printed()).toContain("SIGTERM again: stopped immediately.");
});
