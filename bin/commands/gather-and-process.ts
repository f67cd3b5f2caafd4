import { stage as gatherAccounts } from "../../actions/gather-accounts/main.ts";
import { gatherContactsOf, gatherInstance } from "../../actions/gather-orgs/gather-instance.ts";
import { processArtifacts } from "../../actions/process/process.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { RunRemotes } from "../../lib/pipeline/cached-remotes.ts";
import type { StageReport, WritingContext } from "../../lib/pipeline/stage.ts";
import type { RunObserver } from "../../lib/storage/runs/run-recorder.ts";
import { watched } from "./watched-stage.ts";

/** Context shared by all stages of a run: a writing context with the remotes of the run. */
export type RunContext = WritingContext & { remotes: RunRemotes };

/**
 * Reads all that a run reads before it compares, at once as far as nothing waits for something else, and works out what accounts are entitled to as soon as
 * they are there, beside lists that take longer. Never throws.
 *
 * @returns what came of the accounts and then of each instance, and of processing
 */
export async function gatherAndProcess(
  instances: readonly InstanceName[],
  context: RunContext,
  observer: RunObserver,
): Promise<{ gathered: PromiseSettledResult<StageReport>[]; processed: PromiseSettledResult<StageReport> }> {
  for (const instance of instances) context.remotes.listAhead(instance);
  context.remotes.overridesAhead();
  const gathering = watched(observer, "gather-accounts", null, () => gatherAccounts.run(shared(context), context));
  // What the accounts are entitled to needs no organization.
  const processing = gathering.then(() =>
    watched(observer, "process", null, () => processArtifacts(instances, context)),
  );
  const [processed, ...gathered] = await Promise.allSettled([
    processing,
    gathering,
    ...instances.map((instance) =>
      watched(observer, "gather-orgs", instance, () => gatherConcurrently(gathering, instance, context)),
    ),
  ]);
  return { gathered, processed };
}

/** Organizations are listed beside the accounts; which contacts they want is known only after both (C10). */
async function gatherConcurrently(
  accounts: Promise<unknown>,
  instance: InstanceName,
  context: RunContext,
): Promise<StageReport> {
  const listed = await gatherInstance(instance, context);
  if (instance === "us-government") context.remotes.contactsAhead(listed.accountIds);
  await accounts.catch((error: unknown) => {
    // Nobody is asked for contacts any more: it is the accounts that were waited for.
    if (context.stop.reason !== null) throw error;
  });
  return gatherContactsOf(listed, context, { isProcessed: false });
}

/** Inputs that the context has settled already; the stages only look at their own. */
function shared(context: WritingContext) {
  return { "data-dir": context.store.directory, today: context.today, "run-id": context.runId };
}
