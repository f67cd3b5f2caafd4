import type { WritingStage } from "../../lib/pipeline/stage.ts";
import { inputs } from "./inputs.ts";

/** Stage 7: partners → Zendesk global. */
export const stage: WritingStage<typeof inputs> = {
  name: "partner-sync",
  summary: "Compares partners with their organizations in global and applies the differences",
  inputs,
  reads: [
    "partner_accounts.json",
    "zendesk_global.json",
    "customer_ids.json",
    "merged_accounts.json",
    "global_creates.json",
    "global_updates.json",
    "global_changeset.manifest.json",
  ],
  makes: [
    "partner_creates.json",
    "partner_updates.json",
    "partner_not_in_sync.json",
    "partner_changeset.manifest.json",
    "partner_notes.json",
    "partner_results.json",
  ],
  examples: ["zdsync partner-sync --dry-run", "zdsync partner-sync --allow updates=60"],
  writes: true,
  needs: () => ({ zendesk: ["global"] }),
  run: async (inputs, context) => (await import("./partner-sync.ts")).syncPartners(inputs, context),
};

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
