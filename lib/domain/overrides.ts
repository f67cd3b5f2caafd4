import type { Day } from "./dates.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";
import { nearestCharge } from "./nearest-charge.ts";
import type { ConcerningNote } from "./notes-by-instance.ts";
import { type Plans, SUB_FIELDS } from "./plans.ts";
import { type Reason, reason } from "./reason.ts";

/** A decision of people about one account in one instance, on top of what Salesforce says (E8). */
export interface Override {
  /** 18 characters. */
  salesforce_id: string;
  /** May name people or customers: for `explain` and reports, never for logs or notes. */
  reason: string;
  instance: InstanceName;
  /** Subscription types or `sub_*` fields to set. */
  subscriptions: ReadonlyMap<string, boolean>;
  expiration_date: Day | null;
  /** Its last day; null is never. */
  ends_on: Day | null;
  /** File and line, for messages. */
  where: string;
}

/** The overrides that apply, for each instance by `salesforce_id`. */
export type ApplicableOverrides = Record<InstanceName, ReadonlyMap<string, Override>>;

/**
 * Which overrides apply today, and a note for each other one: it names an unknown type, has ended, stands twice for one
 * account and instance (then neither applies), or is for an account that was not gathered.
 *
 * @param accountIds ids of every gathered account, 18 characters
 */
export function applicableOverrides(
  overrides: readonly Override[],
  context: { plans: Plans; accountIds: ReadonlySet<string>; today: Day },
): { applicable: ApplicableOverrides; notes: ConcerningNote[] } {
  const applicable: Record<InstanceName, Map<string, Override>> = { global: new Map(), "us-government": new Map() };
  const notes: ConcerningNote[] = [];
  const known = new Set([...context.plans.types.keys(), ...SUB_FIELDS]);
  const valid = overrides.filter((override) => {
    const why = unknownType(override, known) ?? ended(override, context.today);
    if (why !== null) notes.push(overrideNote(override, why));
    return why === null;
  });
  for (const sameTarget of groupByTarget(valid)) {
    const [override] = sameTarget;
    if (sameTarget.length > 1) notes.push(...sameTarget.map((one) => doubled(one, sameTarget)));
    else if (!context.accountIds.has(override.salesforce_id)) {
      notes.push(overrideNote(override, reason("override.account_not_gathered", { where: override.where })));
    } else applicable[override.instance].set(override.salesforce_id, override);
  }
  return { applicable, notes };
}

/** Notes for the overrides whose account has no object in their instance (E8: they never create one). */
export function withoutEffect(
  applicable: ApplicableOverrides,
  hasObject: (instance: InstanceName, salesforceId: string) => boolean,
): ConcerningNote[] {
  return INSTANCES.flatMap((instance) =>
    [...applicable[instance].values()]
      .filter((override) => !hasObject(instance, override.salesforce_id))
      .map((override) =>
        overrideNote(override, reason("override.without_effect", { where: override.where, instance })),
      ),
  );
}

/** A note about one override; `why` must not hold anything of its `reason`. */
function overrideNote({ salesforce_id, instance }: Override, why: Reason): ConcerningNote {
  return { note: { rule: "E8", salesforce_id, id: null, reason: why }, instances: [instance] };
}

function unknownType({ subscriptions, where }: Override, known: ReadonlySet<string>): Reason | null {
  const types = [...subscriptions.keys()].filter((type) => !known.has(type));
  if (types.length === 0) return null;
  const near = nearestCharge(known);
  const nearest = [...new Set(types.flatMap((type) => near(type) ?? []))];
  return reason("override.unknown_type", { where, types, nearest });
}

function ended({ ends_on, where }: Override, today: Day): Reason | null {
  return ends_on !== null && ends_on < today ? reason("override.ended", { where, ends_on }) : null;
}

function doubled(override: Override, all: readonly Override[]): ConcerningNote {
  const places = all.map((one) => one.where);
  return overrideNote(override, reason("override.repeated", { where: override.where, places }));
}

function groupByTarget(overrides: readonly Override[]): [Override, ...Override[]][] {
  const groups = new Map<string, [Override, ...Override[]]>();
  for (const override of overrides) {
    const target = `${override.instance} ${override.salesforce_id}`;
    const group = groups.get(target);
    if (group) group.push(override);
    else groups.set(target, [override]);
  }
  return [...groups.values()];
}
