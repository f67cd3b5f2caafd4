import { idsIn, readCustomerIds, readMergedAccounts, readPartnerIds } from "../../lib/artifacts/account-ids.ts";
import { leftAloneIn, originOf } from "../../lib/artifacts/origin.ts";
import { type ContactsSources, dueContacts, readKnownAddresses } from "../../lib/changesets/contacts-plan.ts";
import { mergesOf, protectionsOf } from "../../lib/changesets/protections.ts";
import type { JudgingInputs } from "../../lib/changesets/terms.ts";
import { writeComparison } from "../../lib/changesets/write-comparison.ts";
import { byRule } from "../../lib/domain/changeset.ts";
import { compareCustomers } from "../../lib/domain/compare-customers.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { partnerIdsByOrganization } from "../../lib/domain/organization-scope.ts";
import { contactsAdded } from "../../lib/domain/people-added.ts";
import { countByCode, type StageContext, type StageReport } from "../../lib/stage/stage.ts";

/** Compares the customers of one instance and writes the change files, judged by the limits (C1–C8, S2). */
export async function compareInstance(
  instance: InstanceName,
  inputs: JudgingInputs,
  context: StageContext,
): Promise<StageReport> {
  const { store, config, clock } = context;
  const prefix = FILE_PREFIX[instance];
  const desired = await store.read(`${prefix}_accounts.json`);
  const organizations = await store.read(`zendesk_${prefix}.json`);
  const customers = await readCustomerIds(store);
  const partners = await readPartnerIds(store);
  const merged = await readMergedAccounts(store, context.warn);
  const addresses = instance === "global" ? await readKnownAddresses(store, organizations) : null;
  const artifacts = [desired, organizations, customers, ...(partners ? [partners] : []), ...(merged ? [merged] : [])];
  const origin = originOf([...artifacts, ...(addresses ? [addresses] : [])], { ...context, now: clock() });
  const changeset = compareCustomers({
    instance,
    desired: desired.records,
    organizations: organizations.records,
    partnerIds: partners ? idsIn(partners) : partnerIdsByOrganization(organizations.records),
    accountIds: idsIn(customers),
    merges: mergesOf(merged, inputs),
    ...protectionsOf(config, leftAloneIn(artifacts)),
  });
  const { contacts, people, notes } =
    instance === "global"
      ? contactsOf({ creates: changeset.creates, organizations, desired, addresses, config, now: clock() })
      : NO_CONTACTS;
  const all = [...changeset.notes, ...notes].sort(byRule);
  const comparison = await writeComparison(
    context,
    prefix,
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
