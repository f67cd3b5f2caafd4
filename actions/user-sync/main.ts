import type { WritingStage } from "../../lib/pipeline/stage.ts";
import { inputs } from "./inputs.ts";

/** Stage 8: contacts of us-government accounts → Zendesk users. */
export const stage: WritingStage<typeof inputs> = {
  name: "user-sync",
  summary: "Compares the users of us-government with Salesforce's contacts and applies the differences",
  inputs,
  reads: [
    "zendesk_usgov.manifest.json (for the run id)",
    "usgov_creates.json (in a dry run)",
    "usgov_changeset.manifest.json (in a dry run)",
  ],
  makes: [
    "usgov_users.json",
    "usgov_user_contacts.json",
    "usgov_user_creates.json",
    "usgov_user_updates.json",
    "usgov_user_not_in_sync.json",
    "usgov_user_changeset.manifest.json",
    "usgov_user_notes.json",
    "usgov_user_results.json",
  ],
  examples: ["zdsync user-sync --dry-run", "zdsync user-sync --allow marks=30"],
  writes: true,
  needs: () => ({ zendesk: ["us-government"], salesforce: true }),
  async run(inputs, context) {
    const { planEarlierCreates } = await import("./planned-creates.ts");
    const { syncUserArtifacts } = await import("./user-sync.ts");
    await planEarlierCreates(context);
    return syncUserArtifacts(inputs, context);
  },
};

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
