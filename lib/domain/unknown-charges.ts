import type { Account } from "./account.ts";
import { INSTANCES, type InstanceName } from "./instance.ts";
import { nearestCharge } from "./nearest-charge.ts";
import type { Plans } from "./plans.ts";
import type { AccountDecision } from "./process-decision.ts";
import type { ParamsOf } from "./reason.ts";
import { isDowngrade } from "./support-level.ts";

/** A charge name of one account that `plans.yml` does not know (E2). */
export type UnknownName = ParamsOf<"charge.unknown">;

/** Such a name, and the instances it matters to: where the charge counts now, and where it would if it meant the nearest name. */
export interface UnknownNameOfAccount {
  name: UnknownName;
  instances: InstanceName[];
}

/** Decides about an account as if these were the plans. */
type Decide = (account: Account, plans: Plans) => AccountDecision;

/**
 * Finds the unknown charge names of accounts (E2), what each was probably meant to be, and whether the account has less support now than it
 * would have then. Where no known name is near, an unexpired charge is taken to hurt: nobody can tell.
 */
export class UnknownCharges {
  readonly #nearest: (name: string) => string | null;
  /** The proposal for each name so far, and the plans in which the name means that; null if it would still mean nothing. */
  readonly #proposals = new Map<string, { nearest: string | null; plans: Plans | null }>();

  constructor(
    readonly plans: Plans,
    readonly decide: Decide,
  ) {
    this.#nearest = nearestCharge([...plans.typeOfCharge.keys(), ...plans.ignoredCharges]);
  }

  /** The unknown names of one account, each once. */
  of(account: Account, decision: AccountDecision): UnknownNameOfAccount[] {
    return [...unknownNames(decision)].map(([charge_name, unexpired]) => {
      const { nearest, plans } = this.#proposalFor(charge_name);
      const meant = plans === null ? null : this.decide(account, plans);
      const hurts = unexpired && (nearest === null || (meant !== null && hasLess(decision, meant)));
      const instances = [decision, ...(meant ? [meant] : [])].flatMap((one) => instancesWith(charge_name, one));
      return { name: { charge_name, unexpired, nearest, hurts }, instances };
    });
  }

  #proposalFor(name: string): { nearest: string | null; plans: Plans | null } {
    const known = this.#proposals.get(name);
    if (known) return known;
    const nearest = this.#nearest(name);
    const type = nearest === null ? undefined : this.plans.typeOfCharge.get(nearest);
    const plans = type ? { ...this.plans, typeOfCharge: new Map(this.plans.typeOfCharge).set(name, type) } : null;
    const proposal = { nearest, plans };
    this.#proposals.set(name, proposal);
    return proposal;
  }
}

/** The account's unknown charge names, and whether it has an unexpired charge of that name. */
function unknownNames({ subscriptions }: AccountDecision): Map<string, boolean> {
  const names = new Map<string, boolean>();
  for (const { charge, outcome, unexpired } of subscriptions.flatMap(({ charges }) => charges)) {
    if (outcome !== "unknown") continue;
    const name = charge.charge_name.trim();
    names.set(name, unexpired || names.get(name) === true);
  }
  return names;
}

/** The instances in which charges of that name count. */
function instancesWith(name: string, { subscriptions }: AccountDecision): InstanceName[] {
  return subscriptions.flatMap(({ instance, charges }) =>
    charges.some(({ charge }) => charge.charge_name.trim() === name) ? [instance] : [],
  );
}

/** True if an account now gets less support, in either instance, than it would get then. */
function hasLess(now: AccountDecision, then: AccountDecision): boolean {
  return INSTANCES.some((instance) => {
    const [has, would] = [now.entitlements[instance], then.entitlements[instance]];
    if (!would) return false;
    if (!has) return true;
    return (
      isDowngrade(would.support_level, has.support_level) ||
      [...would.types].some((type) => !has.types.has(type)) ||
      would.seats > has.seats
    );
  });
}
