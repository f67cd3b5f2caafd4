import type { WritingStage } from "../../lib/pipeline/stage.ts";
import { CONTACT_MEMORY } from "../../lib/storage/artifacts/memories.ts";
import { inputs } from "./inputs.ts";

/** Stages 5 and 6: change files of one instance → Zendesk. */
export const stage: WritingStage<typeof inputs> = {
  name: "sync",
  summary: "Applies the change files of one instance to Zendesk; in global also contacts and notices",
  inputs,
  reads: [
    "<i>_creates.json",
    "<i>_updates.json",
    "<i>_not_in_sync.json",
    "global_contacts.json",
    "<i>_changeset.manifest.json",
    "zendesk_<i>.json",
    "zendesk_global_addresses.json",
    "<i>_accounts.json",
    "<i>_moved.json",
    "customer_ids.json",
    "partner_ids.json",
    "merged_accounts.json",
  ],
  makes: ["<i>_results.json"],
  memory: { name: "contacts", files: [CONTACT_MEMORY], use: "writes" },
  examples: [
    "zdsync sync --instance global --dry-run",
    "zdsync sync --instance us-government --max-age 60m --deadline 45m",
    "zdsync sync --instance global --allow marks=120",
  ],
  writes: true,
  needs: ({ instance }) => ({ zendesk: [instance], ...(instance === "global" ? { slack: true as const } : {}) }),
  run: async ({ instance, ...inputs }, context) => (await import("./sync.ts")).syncInstance(instance, inputs, context),
};

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
