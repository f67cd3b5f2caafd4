import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { HourSeen, Invariant } from "../story/seen.ts";
import { desiredIn } from "./desired.ts";
import { configOf, isUndone, organizationWrites } from "./writes.ts";

/** Organizations that stay as they are: of accounts that moved or were merged (C9), and where nobody can say whose they are (C7). */
export const KEPT: Invariant[] = [
  {
    name: "nothing that moved or was merged is marked",
    expects: "no organization is marked whose account has moved to the other instance, or was merged into another",
    check: (hour) =>
      isUndone(hour)
        ? []
        : organizationWrites(hour.runs).flatMap(({ before, after, instance, id }) => {
            const isMarked = before && before.fields.mark_for_deletion !== true && after?.fields.mark_for_deletion;
            const account = to18(String(before?.fields.salesforce_id ?? ""));
            return isMarked === true && isKept(hour, instance, account)
              ? [`${instance} organization ${id} of ${account}`]
              : [];
          }),
  },
  {
    name: "conflicts are left alone",
    expects: "no organization is changed that shares its account with another one of its instance (C7)",
    check: (hour) => (isUndone(hour) ? [] : changedTwins(hour)),
  },
];

function changedTwins({ runs, before: world }: HourSeen): string[] {
  if (runs.some(({ journal }) => journal.some(({ by }) => by === "person"))) return [];
  const account = (fields: Record<string, unknown>) => to18(String(fields.salesforce_id ?? ""));
  return organizationWrites(runs).flatMap(({ before, instance, id }) => {
    const own = before ? account(before.fields) : "";
    const twins = world.zendesk[instance].organizations.filter((one) => account(one.organization_fields) === own);
    return own !== "" && twins.length > 1 && twins.some((one) => one.id === id)
      ? [`${instance} organization ${id} of ${own}`]
      : [];
  });
}

/** Whether it was so in every world that the hour's runs saw. */
function isKept(hour: HourSeen, instance: InstanceName, account: string): boolean {
  const canMove = configOf(hour).moved_organizations !== "mark";
  return hour.runs.every(({ worlds, today }) =>
    worlds.every((world) => isMerged(world, account) || (canMove && hasMoved(world, today, instance, account))),
  );
}

function isMerged({ deletedAccounts = [] }: World, account: string): boolean {
  return deletedAccounts.some(({ Id, MasterRecordId }) => MasterRecordId && Id === account);
}

function hasMoved(world: World, today: string, instance: InstanceName, account: string): boolean {
  const { global, "us-government": government } = desiredIn(world, today);
  const [here, there] = instance === "global" ? [global, government] : [government, global];
  return there.has(account) && !here.has(account);
}
