import type { Account } from "../../lib/domain/account.ts";
import { byRule } from "../../lib/domain/changeset.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { eachNoteOnce, notesByInstance } from "../../lib/domain/notes-by-instance.ts";
import { partnerIdsByOrganization } from "../../lib/domain/organization-scope.ts";
import { Processing } from "../../lib/domain/process.ts";
import { type UnknownCharge, unknownChargesIn } from "../../lib/domain/process-notes.ts";
import { countByCode, type StageContext, type StageReport } from "../../lib/pipeline/stage.ts";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";
import { parsePlans } from "../../lib/settings/files/plans.ts";
import { type AccountIds, idsIn } from "../../lib/storage/artifacts/account-ids.ts";
import type { Maker } from "../../lib/storage/artifacts/manifest.ts";
import { originOf, quarantinedIn } from "../../lib/storage/artifacts/origin.ts";
import { EARLIER_PROCESS_NOTES, processNotesName } from "../../lib/storage/artifacts/process-notes.ts";
import type { ArtifactFile } from "../../lib/storage/artifacts/store.ts";
import { keepInHistory } from "../../lib/storage/history.ts";
import { keepRules, ruleInputs } from "../../lib/storage/kept-rules.ts";

/**
 * Works out what every account is entitled to in each of the instances (entitlements.md). Of one instance it makes and reads nothing
 * that is the other's; who is a customer at all, and a partner, it says by id.
 */
export async function processArtifacts(
  instances: readonly InstanceName[],
  context: StageContext,
): Promise<StageReport> {
  const { store, remotes, clock, warn } = context;
  const [only] = instances;
  const partners = await store.readIfThere("partner_accounts.json");
  const plansFile = await remotes.plansText();
  const plans = parsePlans(plansFile.text, plansFile.name);
  const overridesFile = await remotes.overridesText();
  const overrides = overridesFile
    ? parseOverrides(overridesFile.text, overridesFile.name)
    : { overrides: [], notes: [] };
  const rules = { plans: plansFile.text, overrides: overridesFile?.text ?? null, config: context.config };
  const partnerIds = partners
    ? new Set(partners.records.map((partner) => partner.salesforce_id))
    : await partnersByOrganization(instances, context);
  // The day of the run stands in the manifest; nothing is written before the accounts' digest has matched it.
  const today = (await store.readManifest("salesforce_accounts.json"))?.today ?? partners?.manifest?.today;
  const input = { partnerIds, plans, overrides: overrides.overrides, today: today ?? context.today };
  const { taker, artifact: accounts } = await store.readInto("salesforce_accounts.json", () => new Accounts(input));
  const gathered = originOf([accounts, ...(partners ? [partners] : [])], { ...context, now: clock() });
  const origin = { ...gathered, inputs: [...gathered.inputs, ...ruleInputs(rules)] };
  const processed = taker.processing.end();
  const invalid = notesByInstance(overrides.notes);
  const notesOf = (instance: InstanceName) => [...invalid[instance], ...processed.notesOf[instance]].sort(byRule);
  const notes = eachNoteOnce(instances.flatMap(notesOf));
  const unknownCharges = unknownChargesIn(notes);
  const files = instances.map(processNotesName);
  if (unknownCharges.length > 0) warn(unknownChargesWarning(unknownCharges));

  const unread = quarantinedIn([accounts]);
  const quarantined = {
    accounts: [...new Set([...unread.accounts, ...processed.quarantined])].sort(),
    unidentified: unread.unidentified,
  };
  const maker = { stage: "process", origin, madeAt: clock() };
  // It would tell of the other instance, and of an earlier run.
  await store.remove(EARLIER_PROCESS_NOTES);
  for (const instance of instances) {
    await store.write(processNotesName(instance), notesOf(instance), maker);
    await store.write(`${FILE_PREFIX[instance]}_accounts.json`, processed.desired[instance], maker, quarantined);
    const moved = processed.moved[instance].map((salesforce_id) => ({ salesforce_id }));
    await store.write(`${FILE_PREFIX[instance]}_moved.json`, moved, maker);
  }
  await writeAccountIds({ accounts, ids: taker.ids }, partners, maker, context);
  await keepRules(store.directory, rules, instances);
  await keepInHistory(store.directory, origin.run_id, files);
  return {
    stage: "process",
    run_id: origin.run_id,
    today: origin.today,
    ...(instances.length === 1 && only ? { instance: only } : {}),
    counts: Object.fromEntries(
      instances.map((instance) => [`${instance} accounts`, processed.desired[instance].length]),
    ),
    notes: countByCode(notes),
    unknown_charges: unknownCharges,
  };
}

/** Takes accounts as they are read: each is decided about, and but for its id not held. */
class Accounts {
  readonly ids = new Set<string>();
  readonly processing: Processing;

  constructor(input: ConstructorParameters<typeof Processing>[0]) {
    this.processing = new Processing(input);
  }

  add(account: Account): void {
    this.ids.add(account.salesforce_id);
    this.processing.add(account);
  }
}

/** Ids are all that later stages need of accounts which are not theirs (C1, P3). */
async function writeAccountIds(
  { accounts, ids }: { accounts: ArtifactFile; ids: ReadonlySet<string> },
  partners: AccountIds | null,
  maker: Maker,
  { store }: StageContext,
): Promise<void> {
  const records = (all: ReadonlySet<string>) => [...all].sort().map((salesforce_id) => ({ salesforce_id }));
  await store.write("customer_ids.json", records(ids), maker, quarantinedIn([accounts]));
  if (partners) await store.write("partner_ids.json", records(idsIn(partners)), maker, quarantinedIn([partners]));
  else await store.remove("partner_ids.json");
}

/**
 * The most common way to lose support by mistake (E2): said in every run until somebody maps the names. The report has them, each with
 * its accounts and what was probably meant. Fits a terminal of 80 columns with its prefix.
 */
export function unknownChargesWarning(unknown: readonly UnknownCharge[]): string {
  const { size: hurt } = new Set(unknown.flatMap(({ hurt_accounts }) => hurt_accounts));
  const harm = hurt === 0 ? "" : `, ${hurt} ${hurt === 1 ? "account loses support" : "accounts lose support"}`;
  return `${unknown.length} unknown charge ${unknown.length === 1 ? "name" : "names"}${harm}: see report.`;
}

/** Fallback if `partner_accounts.json` is missing: a partner is an account whose organization has a partner `account_type` (A3). */
async function partnersByOrganization(
  instances: readonly InstanceName[],
  { store, warn }: StageContext,
): Promise<Set<string>> {
  warn("partner_accounts.json is missing: partners are recognized by their organizations instead.");
  const ids = new Set<string>();
  for (const instance of instances) {
    const organizations = await store.readIfThere(`zendesk_${FILE_PREFIX[instance]}.json`);
    for (const id of partnerIdsByOrganization(organizations?.records ?? [])) ids.add(id);
  }
  return ids;
}
