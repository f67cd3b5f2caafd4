import { describe, expect, test } from "bun:test";
import { edges } from "../../../lib/edges/edges.ts";
import { emptySimulation } from "./empty-simulation.ts";
import type { NetworkFault, NetworkPlan } from "./simulation.ts";

const URL = "https://salesforce.sandbox.test/services/data";

/** What a request came to: its status and text, or the code of its error. */
async function ask(method = "GET"): Promise<string> {
  try {
    const response = await edges().fetch(URL, { method });
    return `${response.status} ${(await response.text()).length > 200 ? "whole" : "short"}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** What each of some requests came to under a plan, and what the sandbox saw of them. */
async function asked(plan: NetworkPlan, requests = 1, seed = 1) {
  const { simulation, computer } = await emptySimulation(seed);
  simulation.setNetwork(plan);
  const answers: string[] = [];
  const end = await computer.run(async () => {
    await Promise.all(Array.from({ length: requests }, async (_, number) => answers.push(`${number} ${await ask()}`)));
    return 0;
  });
  return { answers, end, simulation, requests: end.requests };
}

describe("a request meets", () => {
  const cases: [NetworkFault, string, number][] = [
    [{ kind: "lost-before" }, "ECONNREFUSED", 0],
    [{ kind: "lost-answer" }, "ECONNRESET", 1],
    [{ kind: "reset" }, "ECONNRESET", 1],
    [{ kind: "wrong-content" }, "200 short", 0],
    [{ kind: "429", retryAfter: 3 }, "429 short", 1],
    [{ kind: "500" }, "500 short", 1],
    [{ kind: "slow", milliseconds: 20_000 }, "200 whole", 1],
  ];
  for (const [fault, answer, seen] of cases)
    test(`${fault.kind}: ${answer}, and the remote saw ${seen}`, async () => {
      const { answers, requests, simulation, end } = await asked({ faults: [{ ...fault, request: 1 }] });
      expect(answers).toEqual([`0 ${answer}`]);
      expect(requests).toHaveLength(seen);
      expect(simulation.playedFaults).toEqual([{ ...fault, request: 1 }]);
      expect(end.ended - end.began > 20_000).toBe(fault.kind === "slow");
    });
});

test("answers to concurrent requests come in an order that the seed decides", async () => {
  const orders = await Promise.all([1, 1, 2, 3].map(async (seed) => (await asked({}, 8, seed)).answers.join(", ")));
  expect(orders[0]).toBe(orders[1] ?? "");
  expect(new Set(orders).size).toBe(3);
});

test("faults that were drawn can be played again one by one", async () => {
  const drawn = await asked({ faultRate: 0.4, kinds: ["500", "lost-before", "reset", "429"] }, 20);
  const faults = drawn.simulation.playedFaults;
  expect(faults.length).toBeGreaterThan(3);
  const again = await asked({ faults }, 20);
  expect(again.answers).toEqual(drawn.answers);
  expect(again.simulation.trace.digest()).toBe(drawn.simulation.trace.digest());
});

test("a rate is about the requests that it is meant for", async () => {
  const plan = {
    faultRate: 1,
    kinds: ["500" as const],
    hits: ({ service }: { service: string }) => service === "slack",
  };
  expect((await asked(plan)).answers).toEqual(["0 200 whole"]);
});
