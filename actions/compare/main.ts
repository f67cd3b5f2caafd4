import type { ReadingStage } from "../../lib/pipeline/stage.ts";
import { inputs } from "./inputs.ts";

/** Stage 4: desired and existing organizations of one instance → change files. */
export const stage: ReadingStage<typeof inputs> = {
  name: "compare",
  summary: "Compares one instance's organizations with their desired state, and checks the changes against the limits",
  inputs,
  reads: [
    "<i>_accounts.json",
    "zendesk_<i>.json",
    "zendesk_global_addresses.json",
    "<i>_moved.json",
    "customer_ids.json",
    "partner_ids.json",
    "merged_accounts.json",
  ],
  makes: [
    "<i>_creates.json",
    "<i>_updates.json",
    "<i>_not_in_sync.json",
    "global_contacts.json",
    "<i>_changeset.manifest.json",
    "<i>_notes.json",
  ],
  examples: ["zdsync compare --instance global", "zdsync compare --instance us-government --allow marks=40"],
  writes: false,
  needs: () => ({}),
  run: async ({ instance, ...inputs }, context) =>
    (await import("./compare.ts")).compareInstance(instance, inputs, context),
};

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
