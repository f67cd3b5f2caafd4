import type { InstanceName } from "../types.ts";
import { SUBSCRIPTION_TYPES } from "./charge-names.ts";
import type { AppliedOverride } from "./expected.ts";
import { readYaml } from "./read-yaml.ts";

interface Entry {
  salesforce_id: string;
  instance?: InstanceName;
  subscriptions?: Record<string, boolean>;
  expiration_date?: string;
  ends_on?: string;
}

/** The overrides of the world's file that apply today (E8): valid, not given twice, not ended. */
export function applicableOverrides(file: string, today: string): AppliedOverride[] {
  const entries = readYaml(file) as Entry[];
  const groups = Map.groupBy(entries, ({ salesforce_id, instance = "global" }) => `${salesforce_id} ${instance}`);
  return [...groups.values()].flatMap(([entry, ...more]) => {
    if (!entry || more.length > 0 || !isValid(entry) || (entry.ends_on ?? today) < today) return [];
    return {
      salesforce_id: entry.salesforce_id,
      instance: entry.instance ?? "global",
      subscriptions: entry.subscriptions ?? {},
      expiration_date: entry.expiration_date ?? null,
    };
  });
}

function isValid({ subscriptions = {} }: Entry): boolean {
  return Object.keys(subscriptions).every((type) => type in SUBSCRIPTION_TYPES);
}
