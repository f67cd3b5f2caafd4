import { customersOf, expectedChanges, type WorldConfig } from "../../../sandbox/seed/expected-changes.ts";
import { expectedContacts } from "../../../sandbox/seed/expected-contacts.ts";
import { readYaml } from "../../../sandbox/seed/read-yaml.ts";
import { to18 } from "../../../sandbox/seed/salesforce-ids.ts";
import type { InstanceName, World } from "../../../sandbox/types.ts";

/** Something about a world that is not as it follows from Salesforce: what a run would have to do there. */
export interface Difference {
  comparison: "global" | "usgov" | "partner" | "usgov_user" | "contact";
  effect: "create" | "update" | "mark";
  instance: InstanceName;
  /** 18 characters; null where it is about no account. */
  salesforce_id: string | null;
  /** Of the organization or user in Zendesk; null where there is none yet. */
  id: number | null;
  /** Small letters; of users and contacts. */
  email: string | null;
}

/** All that is not as it should be, by the sandbox's own reading of the rules. `now`: for the age of new organizations (Y3). */
export function differencesIn(world: World, now: Date, instances: readonly InstanceName[]): Difference[] {
  const config = readYaml(world.config) as WorldConfig;
  const changes = expectedChanges(world);
  const accounts = accountsById(world);
  const ofOrganizations = (["global", "us-government", "partners"] as const).flatMap((name) => {
    const instance = name === "us-government" ? name : "global";
    const comparison = name === "partners" ? "partner" : name === "global" ? "global" : "usgov";
    const { creates, updates, rewrites, marks } = changes[name];
    const existing = (effect: "update" | "mark", ids: number[]) =>
      ids.map(
        (id): Difference => ({
          ...{ comparison, effect, instance, id, email: null },
          salesforce_id: accounts.get(`${instance} ${id}`) ?? null,
        }),
      );
    return [
      ...creates.map(
        (salesforce_id): Difference => ({
          ...{ comparison, effect: "create", instance, salesforce_id, id: null, email: null },
        }),
      ),
      ...existing("update", [...updates, ...rewrites]),
      ...existing("mark", marks),
    ];
  });
  const contacts = expectedContacts(world, now, config.max_contacts_per_organization);
  return [
    ...ofOrganizations,
    ...usersIn(world, changes.users),
    ...contacts.map(
      ({ salesforce_id, email }): Difference => ({
        ...{ comparison: "contact", effect: "create", instance: "global", salesforce_id, id: null, email },
      }),
    ),
  ].filter(({ instance }) => instances.includes(instance));
}

function usersIn(world: World, { creates, updates, marks }: ReturnType<typeof expectedChanges>["users"]): Difference[] {
  const users = new Map(world.zendesk["us-government"].users.map((user) => [user.id, user]));
  const common = { comparison: "usgov_user", instance: "us-government", salesforce_id: null } as const;
  const existing = (effect: "update" | "mark", ids: number[]) =>
    ids.map((id): Difference => ({ ...common, effect, id, email: users.get(id)?.email?.toLowerCase() ?? null }));
  return [
    ...creates.map((email): Difference => ({ ...common, effect: "create", id: null, email })),
    ...existing("update", updates),
    ...existing("mark", marks),
  ];
}

/** The account of each organization, by instance and id. */
function accountsById(world: World): Map<string, string> {
  const found = new Map<string, string>();
  for (const instance of ["global", "us-government"] as const)
    for (const { id, organization_fields } of world.zendesk[instance].organizations)
      found.set(`${instance} ${id}`, to18(String(organization_fields.salesforce_id ?? "")));
  return found;
}

/** A difference in words, by ids. */
export function told({ comparison, effect, salesforce_id, id, email }: Difference, world?: World): string {
  const ids = [salesforce_id, id, email].filter((one) => one !== null && one !== "").join(" ");
  const known = world && customersOf(world).some(({ account }) => account.Id === salesforce_id);
  return `${comparison}: ${effect} ${ids}${world && salesforce_id && !known ? " (no such account)" : ""}`;
}
