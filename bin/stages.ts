import type { InputsSchema, Stage } from "../lib/pipeline/stage.ts";
import type { StageName } from "../lib/pipeline/stage-graph.ts";

/** The stages in the order of a run; each is loaded when it is asked for, and not before. */
export const STAGES = {
  "gather-accounts": () => import("../actions/gather-accounts/main.ts"),
  "gather-orgs": () => import("../actions/gather-orgs/main.ts"),
  process: () => import("../actions/process/main.ts"),
  compare: () => import("../actions/compare/main.ts"),
  sync: () => import("../actions/sync/main.ts"),
  "partner-sync": () => import("../actions/partner-sync/main.ts"),
  "user-sync": () => import("../actions/user-sync/main.ts"),
} as const satisfies Record<StageName, unknown>;

export type { StageName };

/** Loads a stage by name, whatever its inputs are: they are parsed by its own declaration. */
export async function loadStage(name: StageName): Promise<Stage<InputsSchema>> {
  return (await STAGES[name]()).stage as unknown as Stage<InputsSchema>;
}
