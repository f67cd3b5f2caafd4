import type { Day } from "../domain/dates.ts";
import { INSTANCES } from "../domain/instance.ts";
import { type Processed, processAccounts } from "../domain/process.ts";
import type { Reason } from "../domain/reason.ts";
import type { AccountExplanation } from "./account-explanation.ts";
import type { AccountEvidence } from "./evidence.ts";
import { explainCharge, explainOverrides, explainSubscriptions } from "./explain-charges.ts";
import { explainInstance } from "./explain-instance.ts";
import { upcomingChanges } from "./upcoming-changes.ts";

/** Day and extent of the explanation of one account. */
export interface ExplainOptions {
  /** Another day than the run's: what would be decided then, of the same records. */
  when?: Day;
  /** Works out what changes by itself, which takes as long as all the rest; default true. */
  upcoming?: boolean;
}

/**
 * Works one account out again from what a run kept, with the same rules as the stages, and says of every value what it follows from,
 * and of everything absent what stopped it. Pure; the same evidence gives the same explanation.
 */
export function explainAccount(
  evidence: AccountEvidence,
  { when, upcoming = true }: ExplainOptions = {},
): AccountExplanation {
  const { subject, run, accounts, partner, merged, rules } = evidence;
  const day = when ?? run.today;
  const processed = processOn(evidence, day);
  const decision = subject.salesforce_id === null ? undefined : processed.decisions.get(subject.salesforce_id);
  const findings = findingsOf(evidence, processed);
  const decided = { decision, desired: processed.desired, moved: processed.moved, findings, day };
  const instances = INSTANCES.flatMap((instance) => {
    const around = evidence.instances[instance];
    return around ? [explainInstance(evidence, instance, around, decided)] : [];
  });
  const { subs: _subs, charges: _charges, ...account } = accounts[0] ?? { subs: [], charges: [] };
  const organizations = instances.flatMap((one) => one.organizations);
  const names = [accounts[0]?.name, partner?.name, ...organizations.map(({ name }) => name)];
  return {
    subject,
    names: [...new Set(names.flatMap((name) => name?.trim() || []))],
    run,
    day,
    account: accounts[0] ? (account as AccountExplanation["account"]) : null,
    is_partner: evidence.isPartner,
    merged_into: merged.find((one) => one.salesforce_id === subject.salesforce_id)?.merged_into ?? null,
    subscriptions: explainSubscriptions(decision?.subscriptions ?? [], rules, day),
    stray_charges: (decision?.strayCharges ?? []).map((one) => explainCharge(one, rules, day)),
    overrides: subject.salesforce_id === null ? [] : explainOverrides(subject.salesforce_id, rules, decision, findings),
    findings: [...findings],
    instances,
    upcoming: upcoming
      ? upcomingChanges(evidence, day, (on) => {
          if (subject.salesforce_id === null) return undefined;
          return on === day ? decision : processOn(evidence, on).decisions.get(subject.salesforce_id);
        })
      : [],
    undo: undoOf(evidence),
    people: instances.flatMap(({ contacts }) => contacts.filter(({ email }) => email === subject.email)),
  };
}

function undoOf({ past }: AccountEvidence): AccountExplanation["undo"] {
  const last = past?.undone.at(-1);
  return last ? { run_id: last.run_id, at: last.at } : null;
}

/** `process` for this account alone. */
function processOn({ accounts, isPartner, rules, subject }: AccountEvidence, today: Day): Processed {
  return processAccounts({
    accounts,
    partnerIds: new Set(isPartner && subject.salesforce_id !== null ? [subject.salesforce_id] : []),
    plans: rules.plans,
    overrides: rules.overrides.filter(({ salesforce_id }) => salesforce_id === subject.salesforce_id),
    today,
  });
}

/** Findings about the account as a whole: those worked out again, and those that only gathering knew. Each once. */
function findingsOf({ notes, rules, subject }: AccountEvidence, processed: Processed): readonly Reason[] {
  const invalid = rules.overrideNotes.filter(({ salesforce_id }) => salesforce_id === subject.salesforce_id);
  const gathered = notes.filter(({ reason: { code } }) => GATHERING.has(code));
  const all = [...gathered, ...invalid, ...processed.notes].map(({ reason }) => reason);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

const GATHERING: ReadonlySet<string> = new Set([
  "account.unreadable",
  "partner.unreadable",
  "account.merge_unreadable",
  "account.merge_circular",
]);
