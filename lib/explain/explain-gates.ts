import type { Day } from "../domain/dates.ts";
import type { InstanceName } from "../domain/instance.ts";
import { isMarked } from "../domain/organization-scope.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import { type Reason, type ReasonCode, reason as reasonOf } from "../domain/reason.ts";
import type { GateFinding } from "./account-explanation.ts";
import type { ComparedAgain } from "./compare-again.ts";
import type { AccountEvidence, ComparisonEvidence } from "./evidence.ts";
import type { Gate } from "./gates.ts";

/** Inputs of the gates; `compared` with what Zendesk held before the run wrote, if it wrote. */
export interface GateContext {
  evidence: AccountEvidence;
  instance: InstanceName;
  decision: AccountDecision | undefined;
  /** About the account as a whole. */
  findings: readonly Reason[];
  compared: ComparedAgain;
  noSupport: Reason | null;
  /** Plan and outcome of the run's own comparison. */
  comparison: ComparisonEvidence | undefined;
  /** The day that is explained; what the run came to says nothing of another one. */
  day: Day;
  /** Why nobody knows what Zendesk holds; null where that is known. */
  unknown: Reason | null;
}

type Check = [gate: Gate, stops: () => Reason | null];

/** Goes through gates in order until one stops. Pure. */
function through(checks: readonly Check[]): { gates: GateFinding[]; stopped: GateFinding | null } {
  const gates: GateFinding[] = [];
  for (const [gate, stops] of checks) {
    const why = stops();
    gates.push({ gate, passed: why === null, reason: why });
    if (why !== null) return { gates, stopped: gates.at(-1) ?? null };
  }
  return { gates, stopped: null };
}

/** Checks if the account is to have an organization in the instance, and what prevents that (A1, E1, E4, E13). Pure. */
export function desiredGates(at: GateContext): { gates: GateFinding[]; stopped: GateFinding | null } {
  const { evidence, instance, decision, compared } = at;
  const gathered: Check[] = [
    ["gathered", () => notGathered(at)],
    ["unique", () => (evidence.quarantined ? (unclear(at) ?? reasonOf("account.gathered_twice")) : null)],
  ];
  if (compared.keeper === "partner") return through(gathered);
  return through([
    ...gathered,
    ["customer", () => (evidence.isPartner ? reasonOf("account.is_partner") : null)],
    ["subscribed", () => (decision?.skipped === "account.without_subscription" ? reasonOf(decision.skipped) : null)],
    ["counts_here", () => countsElsewhere(at)],
    [
      "recent",
      () => {
        const end = decision?.entitlements[instance]?.expiration_date ?? "";
        return decision?.tooOld.includes(instance)
          ? reasonOf("account.expired_long_ago", { instance, expiration_date: end })
          : null;
      },
    ],
  ]);
}

function notGathered({ evidence, findings, compared }: GateContext): Reason | null {
  const { accounts, isPartner, merged, subject, run } = evidence;
  if (accounts.length > 0 || isPartner) return null;
  const unreadable = findings.find(({ code }) => UNREADABLE.includes(code));
  if (unreadable) return unreadable;
  const own = merged.find((one) => one.salesforce_id === subject.salesforce_id);
  if (own) return reasonOf("account.merged", { merged_into: own.merged_into });
  const missing = run.missing.filter((file) => file === "salesforce_accounts.json");
  if (missing.length > 0) return reasonOf("run.files_missing", { files: missing });
  const [note] = compared.changes.notes;
  return subject.salesforce_id === null && note ? note.reason : reasonOf("account.not_gathered");
}

const UNREADABLE: readonly ReasonCode[] = [
  "account.unreadable",
  "partner.unreadable",
  "account.merge_unreadable",
  "account.merge_circular",
];

function unclear({ findings }: GateContext): Reason | null {
  return findings.find(({ code }) => UNREADABLE.includes(code) || code === "account.gathered_twice") ?? null;
}

/** E4: which charges sent everything to the other instance, or that none did. */
function countsElsewhere({ decision, instance, evidence }: GateContext): Reason | null {
  if (decision?.entitlements[instance]) return null;
  if (instance === "us-government") return reasonOf("subscription.in_global");
  const senders = decision?.subscriptions.flatMap(({ sentBy }) => sentBy) ?? [];
  const charge_names = [...new Set(senders.map(({ charge }) => charge.charge_name.trim()))];
  return reasonOf("subscription.in_us_government", {
    charge_names,
    exception: evidence.accounts[0]?.exception === true,
  });
}

/** Checks what prevents a create, an update or a mark (C2–C9, S2–S7), or that there is nothing to do. Pure. */
export function changeGates(at: GateContext, wanted: boolean): { gates: GateFinding[]; stopped: GateFinding | null } {
  const { compared, noSupport, unknown } = at;
  const notes = compared.changes.notes.map((note) => note.reason);
  const found = (codes: readonly ReasonCode[]) => notes.find(({ code }) => codes.includes(code)) ?? null;
  const exists = compared.own.length > 0;
  const before: Check[] = [["identified", () => unknown ?? found(UNIDENTIFIED)]];
  if (wanted && !exists)
    before.push(
      ["supported", () => noSupport],
      ["creatable", () => found(["create.excluded", "create.external_id_taken"])],
      ["name_free", () => found(["create.name_contested"])],
    );
  if (wanted && exists)
    before.push(["name_free", () => (pendingIn(compared) === 0 ? found(["rename.name_contested"]) : null)]);
  if (!wanted)
    before.push([
      "markable",
      () => found(KEPT_FROM_MARKING) ?? (compared.own.some(isMarked) ? reasonOf("mark.already") : null),
    ]);
  return through([...before, ...writingChecks(at)]);
}

/** Why an organization cannot be told to be the account's (C7). */
const UNIDENTIFIED: readonly ReasonCode[] = [
  "organization.account_unclear",
  "organization.shares_account",
  "organization.account_id_invalid",
  "organization.account_id_missing",
  "organization.without_account",
  "organization.of_partner",
  "create.account_unclear",
];

const KEPT_FROM_MARKING: readonly ReasonCode[] = [
  "mark.of_protected",
  "mark.of_moved_account",
  "mark.of_merged_account",
  "mark.protected",
  "mark.ignore_deletion",
  "mark.migrating",
  "mark.withheld",
  "mark.account_moved",
  "mark.account_merged",
  "mark.merge_forgotten",
];

/** Checks how far the run itself got with the pending changes. */
function writingChecks(at: GateContext): Check[] {
  const { compared, comparison, evidence } = at;
  const { own } = compared;
  const pending = pendingIn(compared);
  const isOfRun = at.day === evidence.run.today && evidence.run.source !== "live";
  const results = isOfRun ? (comparison?.results.filter(({ effect }) => effect !== "contact") ?? []) : [];
  const failed = results.find(({ outcome }) => outcome !== "applied");
  const refusals = comparison?.refused ?? [];
  const ofCode = (codes: readonly ReasonCode[]) => refusals.find(({ code }) => codes.includes(code)) ?? null;
  const plannedByRun = wasPlanned(
    comparison,
    own.map(({ id }) => id),
  );
  const checks: Check[] = [["differs", () => (pending === 0 && !failed ? reasonOf("organization.already_so") : null)]];
  // Nobody has tried yet what is new by now: another day, other rules, a look at the remotes.
  if (!isOfRun || (!plannedByRun && results.length === 0)) return checks;
  const unconfirmed = ofCode(["count.unconfirmed", "run.held_back"]);
  const unreviewed = ofCode(["digest.unexpected", "digest.run_unexpected"]);
  const other = refusals.find((one) => one !== unconfirmed && one !== unreviewed && one.code !== "limit.exceeded");
  return [
    ...checks,
    ["limits", () => ofCode(["limit.exceeded"])],
    // Nobody knows of a run that went through whether these flags were given: they are told only where they stopped it.
    ...(unconfirmed ? [["confirmed", () => unconfirmed] satisfies Check] : []),
    ...(unreviewed ? [["reviewed", () => unreviewed] satisfies Check] : []),
    ...(other ? [["allowed", () => other] satisfies Check] : []),
    ["not_a_preview", () => (evidence.run.dry_run === true ? reasonOf("run.wrote_nothing") : null)],
    ["reached", () => (results.length === 0 ? notReached(at) : null)],
    ["written", () => failed?.reason ?? null],
  ];
}

/** Stages run alone have no record of a run: where one left no results, nobody has written anything yet. */
function notReached({ comparison, evidence }: GateContext): Reason {
  const isCompared = evidence.run.dry_run === null && comparison?.wrote !== true;
  return reasonOf(isCompared ? "run.not_synced" : "run.not_reached");
}

function pendingIn({ changes: { creates, updates, marks } }: ComparedAgain): number {
  return creates.length + updates.length + marks.length;
}

function wasPlanned(comparison: ComparisonEvidence | undefined, own: readonly number[]): boolean {
  if (!comparison?.planned) return false;
  const { creates, updates, marks } = comparison.planned;
  return creates > 0 || [...updates, ...marks].some((id) => own.includes(id));
}
