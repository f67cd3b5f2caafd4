import { INSTANCES } from "../../lib/domain/instance.ts";
import type { ReadingStage } from "../../lib/pipeline/stage.ts";
import { inputs } from "./inputs.ts";

/** Stage 3: accounts → what each organization should be, in each instance. */
export const stage: ReadingStage<typeof inputs> = {
  name: "process",
  summary: "Determines which account belongs to which instance, and what support it gets there",
  inputs,
  reads: ["salesforce_accounts.json", "partner_accounts.json", "plans.yml", "overrides.yml (from GitLab or a file)"],
  makes: ["<i>_accounts.json", "<i>_moved.json", "customer_ids.json", "partner_ids.json", "process_<i>_notes.json"],
  // Partners are global's (C1); merged accounts are ids only, and which instance they belonged to nobody knows.
  handsOn: [
    { file: "partner_accounts.json", instances: ["global"] },
    { file: "merged_accounts.json", instances: INSTANCES },
  ],
  examples: [
    "zdsync process",
    "zdsync process --instance us-government",
    "PLANS_FILE=plans-2027.yml zdsync process --today 2027-01-01",
  ],
  writes: false,
  needs: () => ({ overrides: true, plans: true }),
  run: async ({ instance }, context) =>
    (await import("./process.ts")).processArtifacts(instance === "both" ? INSTANCES : [instance], context),
};

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
