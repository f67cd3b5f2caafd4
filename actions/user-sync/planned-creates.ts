import type { WritingContext } from "../../lib/pipeline/stage.ts";
import { plannedCreates } from "../../lib/sync/planned-creates.ts";

/**
 * In a dry run, stage by stage, nobody has created what compare wants to be created: their contacts would be missing from the counts
 * that a person confirms. So they are planned first, where the change files are of this run. A real run does nothing here.
 */
export async function planEarlierCreates(context: WritingContext): Promise<void> {
  await context.remotes.planCreates("us-government", async () => {
    const { store, runId, runIsGiven } = context;
    const organizations = runIsGiven ? null : await store.readManifest("zendesk_usgov.json");
    const changes = await store.readChangesetManifest("usgov");
    return changes?.run_id === (organizations?.run_id ?? runId) ? plannedCreates(store) : [];
  });
}
