import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { InstanceName, SeedOrganization } from "../../../sandbox/types.ts";
import type { HourSeen, RunSeen } from "../story/seen.ts";

const WEEK = 7 * 24 * 3_600_000;

/**
 * Ids of the organizations whose people count for no limit, because a first fill created them (docs/decisions/0016): those of the last
 * seven days, where without them there were fewer than `minimum` at some moment of the work.
 */
export function madeByFirstFill(
  { after }: Pick<HourSeen, "after">,
  runs: readonly Pick<RunSeen, "began" | "worlds">[],
  instance: InstanceName,
  minimum: number,
): ReadonlySet<number> {
  const isFirstFill = runs.some(({ began, worlds }) =>
    worlds.some(({ zendesk }) => {
      const ofAccounts = zendesk[instance].organizations.filter((one) => accountOf(one) !== "");
      return ofAccounts.filter((one) => !isNew(one, began)).length < minimum;
    }),
  );
  if (!isFirstFill) return new Set();
  return new Set(
    runs.flatMap(({ began, worlds }) =>
      [after, ...worlds].flatMap(({ zendesk }) =>
        zendesk[instance].organizations.filter((one) => isNew(one, began)).map(({ id }) => id),
      ),
    ),
  );
}

/** Whether zdsync made the organization for its account, in the week before. */
function isNew(organization: SeedOrganization, nowMs: number): boolean {
  const account = accountOf(organization);
  const isOurs = account !== "" && to18(organization.external_id ?? "") === account;
  return isOurs && Date.parse(organization.created_at) >= nowMs - WEEK;
}

function accountOf({ organization_fields: fields }: SeedOrganization): string {
  return to18(String(fields.salesforce_id ?? "").trim());
}
