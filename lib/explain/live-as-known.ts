import { ConfigurationError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { type FoundSubject, findInRun } from "./find-subject.ts";
import { type LiveOrder, readLive } from "./live-material.ts";
import { openLatestRun } from "./run-material.ts";

type Live = NonNullable<Awaited<ReturnType<typeof readLive>>>;

/**
 * Reads live whom the remotes cannot look up by what was asked (a part of a name, a sold-to address, a user's id) and the last run of the
 * data directory knows. Throws as the remotes do.
 */
export async function readLiveAsKnown(
  order: LiveOrder,
  context: Parameters<typeof readLive>[1] & { store: ArtifactStore },
  env: Environment,
): Promise<Live | Exclude<FoundSubject, { is: "one" }>> {
  const found = await foundInLastRun(order.asked, context.store, env);
  if (found.is !== "one") return found;
  const { salesforce_id, organizations, email } = found.subject;
  const id = salesforce_id ?? organizations[0]?.id;
  const live = id === undefined ? null : await readLive({ ...order, asked: String(id) }, context);
  return live ? { ...live, subject: { ...live.subject, email } } : { is: "none", nearest: [] };
}

async function foundInLastRun(asked: string, store: ArtifactStore, env: Environment): Promise<FoundSubject> {
  try {
    return await findInRun(asked, (await openLatestRun(store, env)).files);
  } catch (error) {
    if (error instanceof ConfigurationError) return { is: "none", nearest: [] };
    throw error;
  }
}
