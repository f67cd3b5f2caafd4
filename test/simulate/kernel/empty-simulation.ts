import type { World } from "../../../sandbox/types.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";

/** A world in which nobody is a customer of anything. */
const EMPTY: World = {
  today: "2026-11-27",
  salesforce: {
    Account: [],
    Contact: [],
    Zuora__Subscription__c: [],
    Zuora__SubscriptionProductCharge__c: [],
    User: [],
  },
  zendesk: { global: { organizations: [], users: [] }, "us-government": { organizations: [], users: [] } },
  overrides: "[]\n",
  config: "",
  oddities: [],
};

const simulations: Simulation[] = [];

/** Ends all that were made; for `afterEach`. */
export function endSimulations(): void {
  for (const simulation of simulations.splice(0)) simulation.end();
}

/** A simulation for tests of the kernel's parts, with one computer. */
export async function emptySimulation(seed = 1, options: Partial<SimulationOptions> = {}) {
  const simulation = await createSimulation({ seed, startAt: Date.UTC(2026, 10, 27), world: EMPTY, ...options });
  simulations.push(simulation);
  return { simulation, computer: simulation.computer("alpha") };
}
