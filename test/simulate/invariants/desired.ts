import type { ExpectedOrganization } from "../../../sandbox/seed/expected.ts";
import { customersOf, desiredOf, partnersOf, type WorldConfig } from "../../../sandbox/seed/expected-changes.ts";
import { readYaml } from "../../../sandbox/seed/read-yaml.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";
import type { HourSeen } from "../story/seen.ts";

type ByAccount = Record<InstanceName, ReadonlyMap<string, ExpectedOrganization>>;

const known = new WeakMap<World, Map<string, ByAccount>>();

/** What an account's organization should have been in an instance, in every world that the hour's runs saw and wanted one in. */
export function desiredInWorlds({ runs }: HourSeen, instance: InstanceName, account: string): ExpectedOrganization[] {
  return runs.flatMap(({ worlds, today }) =>
    worlds.flatMap((world) => desiredIn(world, today)[instance].get(account) ?? []),
  );
}

/** Everything that should be, partners among it, by account. */
export function desiredIn(world: World, today: string): ByAccount {
  const ofDay = known.get(world) ?? new Map<string, ByAccount>();
  known.set(world, ofDay);
  const found = ofDay.get(today) ?? workedOut({ ...world, today });
  ofDay.set(today, found);
  return found;
}

function workedOut(world: World): ByAccount {
  const customers = customersOf(world);
  const partners = partnersOf(customers, readYaml(world.config) as WorldConfig);
  const desired = desiredOf(world, customers, new Set(partners.map(({ salesforce_id }) => salesforce_id)));
  const byAccount = (list: ExpectedOrganization[]) => new Map(list.map((one) => [one.salesforce_id, one]));
  return {
    global: byAccount([...desired.global, ...partners]),
    "us-government": byAccount(desired["us-government"]),
  };
}
