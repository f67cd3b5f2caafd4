import type { ReadingStage } from "../../lib/pipeline/stage.ts";
import { CONTACT_MEMORY } from "../../lib/storage/artifacts/memories.ts";
import { inputs } from "./inputs.ts";

/** Stage 2: Zendesk organizations of one instance → `zendesk_global.json` or `zendesk_usgov.json`. */
export const stage: ReadingStage<typeof inputs> = {
  name: "gather-orgs",
  summary: "Gathers every organization of one Zendesk instance",
  inputs,
  reads: [
    "salesforce_accounts.manifest.json (for the run id, where it is there)",
    "global_accounts.json, else salesforce_accounts.json (in global, where they are there: which addresses new organizations want)",
  ],
  // Whom global's accounts want is none of us-government's business.
  notRead: { "us-government": ["salesforce_accounts.json"] },
  makes: ["zendesk_<i>.json", "zendesk_global_addresses.json", "gather-orgs_<i>_notes.json"],
  memory: { name: "contacts", files: [CONTACT_MEMORY], use: "reads" },
  examples: [
    "zdsync gather-orgs --instance global",
    "zdsync gather-orgs --instance us-government --data-dir /var/lib/zdsync",
  ],
  writes: false,
  needs: ({ instance }) => ({ zendesk: [instance] }),
  async run({ instance }, context) {
    const { gatherContactsOf, gatherInstance } = await import("./gather-instance.ts");
    return gatherContactsOf(await gatherInstance(instance, context), context);
  },
};

if (import.meta.main) await (await import("../../lib/pipeline/run-action.ts")).runAction(stage);
