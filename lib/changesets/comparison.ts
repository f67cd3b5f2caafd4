import type { ArtifactName } from "../artifacts/schemas.ts";
import type { Comparison } from "../domain/comparisons.ts";
import type { InstanceName } from "../domain/instance.ts";

export { COMPARISONS, type Comparison } from "../domain/comparisons.ts";

/** What people call a comparison, what its records are, and where it writes. */
export const COMPARISON: Record<Comparison, { title: string; records: string; instance: InstanceName }> = {
  global: { title: "Customers, global", records: "organizations of customers in global", instance: "global" },
  usgov: {
    title: "Customers, us-government",
    records: "organizations of customers in us-government",
    instance: "us-government",
  },
  partner: { title: "Partners, global", records: "organizations of partners in global", instance: "global" },
  usgov_user: { title: "Users, us-government", records: "users of us-government", instance: "us-government" },
};

type Named<Kind extends string> = Extract<ArtifactName, `${Comparison}_${Kind}.json`>;

/** File names of a comparison's change files. */
export function changeFiles<C extends Comparison>(comparison: C) {
  return {
    creates: `${comparison}_creates.json` as Extract<Named<"creates">, `${C}_creates.json`>,
    updates: `${comparison}_updates.json` as Extract<Named<"updates">, `${C}_updates.json`>,
    marks: `${comparison}_not_in_sync.json` as Extract<Named<"not_in_sync">, `${C}_not_in_sync.json`>,
  };
}

/** The contacts that a comparison plans (C10); null where it has none: only customers of global have them in the changeset. */
export function contactsFile(comparison: Comparison): "global_contacts.json" | null {
  return comparison === "global" ? "global_contacts.json" : null;
}
