import type { InstanceName } from "./instance.ts";

/** The four comparisons that are measured and written, each on its own (S2). */
export const COMPARISONS = ["global", "usgov", "partner", "usgov_user"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** For each comparison: its title for people, a description of its records, and the instance it writes to. */
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

/** File names of a comparison's change files. */
export function changeFiles<C extends Comparison>(comparison: C) {
  return {
    creates: `${comparison}_creates.json` as const,
    updates: `${comparison}_updates.json` as const,
    marks: `${comparison}_not_in_sync.json` as const,
  };
}

/** The contacts that a comparison plans (C10); null where it has none: only customers of global have them in the changeset. */
export function contactsFile(comparison: Comparison): "global_contacts.json" | null {
  return comparison === "global" ? "global_contacts.json" : null;
}
