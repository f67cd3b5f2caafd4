import type { LimitInputs } from "../../lib/changesets/constraints.ts";
import { type ContactsSources, dueContacts } from "../../lib/changesets/contacts-plan.ts";
import { artifactsOf, customersInput, readCustomersSources } from "../../lib/changesets/customers.ts";
import { writeComparison } from "../../lib/changesets/write-comparison.ts";
import { byRule } from "../../lib/domain/changeset.ts";
import { compareCustomers } from "../../lib/domain/compare-customers.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { contactsAdded } from "../../lib/domain/people-added.ts";
import { countByCode, type StageContext, type StageReport } from "../../lib/pipeline/stage.ts";
import { originOf } from "../../lib/storage/artifacts/origin.ts";
import { configInput } from "../../lib/storage/kept-rules.ts";

/** Compares the customers of one instance and writes the change files, judged by the limits (C1–C8, S2). */
export async function compareInstance(
  instance: InstanceName,
  inputs: LimitInputs,
  context: StageContext,
): Promise<StageReport> {
  const { store, config, clock } = context;
  const sources = await readCustomersSources(instance, store, context.warn);
  const known = originOf(artifactsOf(sources), { ...context, now: clock() });
  const origin = { ...known, inputs: [...known.inputs, configInput(config)] };
  const changeset = compareCustomers(customersInput(sources, config, inputs));
  const { contacts, people, notes } =
    instance === "global" ? contactsOf({ creates: changeset.creates, ...sources, config, now: clock() }) : NO_CONTACTS;
  const all = [...changeset.notes, ...notes].sort(byRule);
  const comparison = await writeComparison(
    context,
    FILE_PREFIX[instance],
    { ...changeset, contacts, people, notes: all },
    { stage: "compare", origin, inputs },
  );
  return {
    stage: "compare",
    instance,
    run_id: origin.run_id,
    today: origin.today,
    counts: {},
    notes: countByCode(all),
    comparison,
  };
}

/** Users of us-government come from user-sync. */
const NO_CONTACTS = { contacts: [], people: 0, notes: [] };

/** The contacts that are planned (C10), and how many of them the limit counts. */
function contactsOf(sources: ContactsSources) {
  const { plan, ofFirstFill } = dueContacts(sources);
  return { contacts: plan.contacts, people: contactsAdded(plan.contacts, ofFirstFill), notes: plan.notes };
}
