import { leftAloneIn, originOf } from "../../lib/artifacts/origin.ts";
import { byRule } from "../../lib/domain/changeset.ts";
import { FILE_PREFIX, INSTANCES } from "../../lib/domain/instance.ts";
import { partnerIdsByOrganization } from "../../lib/domain/organization-scope.ts";
import { processAccounts } from "../../lib/domain/process.ts";
import type { UnknownCharge } from "../../lib/domain/process-notes.ts";
import { oneLine } from "../../lib/outside-text.ts";
import { keepInHistory } from "../../lib/stage/history.ts";
import { countByRule, type StageContext, type StageReport } from "../../lib/stage/stage.ts";
import { parseOverrides } from "../../lib/yaml-files/overrides.ts";
import { parsePlans } from "../../lib/yaml-files/plans.ts";

/** Works out what every account is entitled to in each instance (entitlements.md). */
export async function processArtifacts(context: StageContext): Promise<StageReport> {
  const { store, remotes, clock, warn } = context;
  const accounts = await store.read("salesforce_accounts.json");
  const partners = await store.readIfThere("partner_accounts.json");
  const plansFile = await remotes.plansText();
  const plans = parsePlans(plansFile.text, plansFile.name);
  const overridesFile = await remotes.overridesText();
  const overrides = overridesFile
    ? parseOverrides(overridesFile.text, overridesFile.name)
    : { overrides: [], notes: [] };
  const inputs = [accounts, ...(partners ? [partners] : [])];
  const origin = originOf(inputs, { ...context, now: clock() });
  const partnerIds = partners
    ? new Set(partners.records.map((partner) => partner.salesforce_id))
    : await partnersByOrganization(context);
  const processed = processAccounts({
    accounts: accounts.records,
    partnerIds,
    plans,
    overrides: overrides.overrides,
    today: origin.today,
  });
  const notes = [...overrides.notes, ...processed.notes].sort(byRule);
  for (const charge of processed.unknownCharges) warn(unknownChargeWarning(charge, plansFile.name));

  const unread = leftAloneIn([accounts]);
  const leftAlone = {
    accounts: [...new Set([...unread.accounts, ...processed.leftAlone])].sort(),
    unidentified: unread.unidentified,
  };
  const maker = { stage: "process", origin, madeAt: clock() };
  await store.write("process_notes.json", notes, maker);
  for (const instance of INSTANCES)
    await store.write(`${FILE_PREFIX[instance]}_accounts.json`, processed.desired[instance], maker, leftAlone);
  await keepInHistory(store.directory, origin.run_id, ["process_notes.json"]);
  return {
    stage: "process",
    run_id: origin.run_id,
    today: origin.today,
    counts: {
      "global accounts": processed.desired.global.length,
      "us-government accounts": processed.desired["us-government"].length,
    },
    notes: countByRule(notes),
    unknown_charges: processed.unknownCharges,
  };
}

/** The most common way to lose support by mistake (E2): said in every run until somebody maps the name. */
function unknownChargeWarning(
  { charge_name: name, accounts, unexpired_accounts: unexpired }: UnknownCharge,
  plans: string,
): string {
  const whom = `${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}, unexpired of ${unexpired.length}`;
  return `${plans} does not know the charge "${oneLine(name)}" of ${whom}: it gives no support. Map or ignore it there; process_notes.json has the accounts.`;
}

/** Where `partner_accounts.json` is missing, a partner is an account whose organization has a partner `account_type` (A3). */
async function partnersByOrganization({ store, warn }: StageContext): Promise<Set<string>> {
  warn("partner_accounts.json is missing: who is a partner is read off the organizations instead.");
  const ids = new Set<string>();
  for (const instance of INSTANCES) {
    const organizations = await store.readIfThere(`zendesk_${FILE_PREFIX[instance]}.json`);
    for (const id of partnerIdsByOrganization(organizations?.records ?? [])) ids.add(id);
  }
  return ids;
}
