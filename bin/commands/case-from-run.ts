import type { Day } from "../../lib/domain/dates.ts";
import { processAccounts } from "../../lib/domain/process.ts";
import { toId18 } from "../../lib/domain/salesforce-id.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { caseText } from "../../lib/rule-tests/case-text.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { parseRules, readKeptRules } from "../../lib/storage/kept-rules.ts";

/**
 * A case made from an account of the last run, by the rules that the run kept. Throws `ConfigurationError` where the id is none, the
 * run did not gather it, or kept no rules.
 */
export async function caseFromRun(id: string, dataDir: string, fallbackToday: Day): Promise<string> {
  const wrong = (what: string) => new ConfigurationError([{ where: "--from", what }]);
  const salesforceId = toId18(id);
  if (salesforceId === null) throw wrong("must be a Salesforce id with 15 or 18 characters");
  const store = new ArtifactStore(dataDir);
  const artifact = await store.read("salesforce_accounts.json");
  const account = artifact.records.find((one) => toId18(one.salesforce_id) === salesforceId);
  if (!account) throw wrong(`the run in ${dataDir} did not gather account ${salesforceId}`);
  const texts = await readKeptRules(dataDir);
  if (texts === null) throw wrong(`the run in ${dataDir} kept no rules; run zdsync preview once, then try again`);
  const partners = await store.readIfThere("partner_accounts.json");
  const isPartner = (partners?.records ?? []).some((one) => toId18(one.salesforce_id) === salesforceId);
  const rules = parseRules(texts);
  const today = artifact.manifest?.today ?? fallbackToday;
  const overrides = rules.overrides.filter((one) => one.salesforce_id === salesforceId);
  const { desired } = processAccounts({
    accounts: [account],
    partnerIds: new Set(isPartner ? [salesforceId] : []),
    plans: rules.plans,
    overrides,
    today,
  });
  return caseText({ ...account, salesforce_id: salesforceId }, { today, isPartner, overrides, desired });
}
