import type { JournalEntry } from "../../../sandbox/journal.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { HourSeen } from "../story/seen.ts";
import { type Difference, differencesIn } from "./differences.ts";
import { changedKeys } from "./writes.ts";

/**
 * Differences that wait for the next run because the hour's own run freed the name they want: a rename to a taken name is left alone (C7), so
 * that of names that are handed on (A gets B's, B gets C's) each run can do one. Nothing else of the organization may be wrong.
 */
export function waitingForFreedNames(
  hour: Pick<HourSeen, "runs">,
  world: World,
  differences: readonly Difference[],
): Difference[] {
  const freed = namesFreedIn(hour);
  return differences.filter((difference) => {
    const { comparison, effect, instance, salesforce_id } = difference;
    if (!["global", "usgov", "partner"].includes(comparison) || effect === "mark") return false;
    const name = world.salesforce.Account.find(({ Id }) => Id === salesforce_id)?.Name;
    if (typeof name !== "string" || !freed.has(key(instance, name))) return false;
    return effect === "create" || isRightWithName(world, difference, name.trim());
  });
}

/** Names that organizations lost to other names by writes of the hour's runs. */
function namesFreedIn({ runs }: Pick<HourSeen, "runs">): Set<string> {
  return new Set(
    runs.flatMap(({ journal }) =>
      journal.flatMap((entry) => {
        if (entry.kind !== "organization" || entry.by !== "client" || !entry.before || !entry.after) return [];
        const [old, now] = [key(entry.instance, entry.before.name), key(entry.instance, entry.after.name)];
        return old === now ? [] : [old];
      }),
    ),
  );
}

function isRightWithName(world: World, { comparison, instance, id }: Difference, name: string): boolean {
  const zendesk = world.zendesk[instance];
  const organizations = zendesk.organizations.map((one) => (one.id === id ? { ...one, name } : one));
  const renamed = { ...world, zendesk: { ...world.zendesk, [instance]: { ...zendesk, organizations } } };
  const left = differencesIn(renamed, new Date(0), [instance]);
  return !left.some((one) => one.id === id && one.comparison === comparison);
}

/** Whether a write did just what had waited: gave the organization its name, or made it, or put somebody into the one that was made. */
export function doesWhatWaited(
  entry: JournalEntry,
  waiting: readonly Difference[],
  journal: readonly JournalEntry[],
): boolean {
  if (entry.kind === "user") {
    const made = journal.filter(
      (one) => one.kind === "organization" && !one.before && doesWhatWaited(one, waiting, journal),
    );
    const joined = entry.after?.organization_ids.filter((id) => !entry.before?.organization_ids.includes(id)) ?? [];
    return joined.some((id) => made.some((one) => one.instance === entry.instance && one.id === id));
  }
  const { before, after } = entry;
  if (!after) return false;
  const own = waiting.filter(({ instance }) => instance === entry.instance);
  if (!before)
    return own.some(({ effect, salesforce_id }) => effect === "create" && salesforce_id === after.external_id);
  const others = changedKeys({ ...before }, { ...after }).filter((one) => one !== "name" && one !== "updated_at");
  return others.length === 0 && own.some(({ effect, id }) => effect === "update" && id === entry.id);
}

function key(instance: InstanceName, name: string): string {
  return `${instance} ${name.trim().toLowerCase()}`;
}
