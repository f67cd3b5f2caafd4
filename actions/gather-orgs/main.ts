import type { RunOrigin } from "../../lib/artifacts/manifest.ts";
import { checkToday } from "../../lib/artifacts/origin.ts";
import { FILE_PREFIX } from "../../lib/domain/instance.ts";
import { withProgress } from "../../lib/stage/progress.ts";
import { runAction } from "../../lib/stage/run-action.ts";
import { countByCode, type ReadingStage, type StageContext } from "../../lib/stage/stage.ts";
import { proveInstance } from "../../lib/zendesk/prove-instance.ts";
import { gatherOrganizations } from "./gather.ts";
import { inputs } from "./inputs.ts";

/** Stage 2: Zendesk organizations of one instance → `zendesk_global.json` or `zendesk_usgov.json`. */
export const stage: ReadingStage<typeof inputs> = {
  name: "gather-orgs",
  summary: "Gathers every organization of one Zendesk instance",
  inputs,
  reads: ["salesforce_accounts.manifest.json (for the run id, where it is there)"],
  makes: ["zendesk_<i>.json", "gather-orgs_<i>_notes.json"],
  examples: [
    "zdsync gather-orgs --instance global",
    "zdsync gather-orgs --instance us-government --data-dir /var/lib/zdsync",
  ],
  writes: false,
  needs: ({ instance }) => ({ zendesk: [instance] }),
  async run({ instance }, context) {
    const { store, config, progress, stop, clock } = context;
    const file = `zendesk_${FILE_PREFIX[instance]}.json` as const;
    const notesFile = `gather-orgs_${FILE_PREFIX[instance]}_notes.json` as const;
    const origin = await originOfRun(context);
    await store.remove(file, notesFile);
    const reader = await context.remotes.zendeskReader(instance);
    const { organizations, leftAlone, notes } = await withProgress(
      progress,
      `gather-orgs ${instance}`,
      async (line) => {
        await proveInstance(reader, instance === "global" ? config.hosts.global : config.hosts.us_government);
        return gatherOrganizations(reader, line, stop);
      },
      (gathered) => `${gathered.organizations.length.toLocaleString("en-US")} organizations`,
    );
    const maker = { stage: "gather-orgs", origin, madeAt: clock() };
    await store.write(notesFile, notes, maker);
    await store.write(file, organizations, maker, leftAlone);
    return {
      stage: "gather-orgs",
      instance,
      run_id: origin.run_id,
      today: origin.today,
      counts: { organizations: organizations.length },
      notes: countByCode(notes),
    };
  },
};

/** The run that gather-accounts began in this data directory, or one of its own. */
async function originOfRun(context: StageContext): Promise<RunOrigin> {
  const { store, runId, runIsGiven, today, clock } = context;
  const accounts = runIsGiven ? null : await store.readManifest("salesforce_accounts.json");
  if (accounts) checkToday("salesforce_accounts.json", accounts.today, context);
  return {
    run_id: accounts?.run_id ?? runId,
    today: accounts?.today ?? today,
    gathered_at: clock().toISOString(),
    inputs: [],
  };
}

if (import.meta.main) await runAction(stage);
