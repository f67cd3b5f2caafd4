import type { Difference } from "../domain/changeset.ts";
import { COMPARISON } from "../domain/comparisons.ts";
import type { Day } from "../domain/dates.ts";
import { FILE_PREFIX, type InstanceName } from "../domain/instance.ts";
import { type DesiredOrganization, type Organization, partnerFields, syncedFields } from "../domain/organization.ts";
import type { FieldPlace, FieldValue } from "../domain/organization-field.ts";
import type { Processed } from "../domain/process.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import { type Reason, reason as reasonOf } from "../domain/reason.ts";
import { sameValue } from "../domain/value-equality.ts";
import type { Result } from "../storage/artifacts/results.ts";
import type {
  ChangeExplanation,
  DidExplanation,
  ExplainedField,
  GateFinding,
  InstanceExplanation,
  LossExplanation,
} from "./account-explanation.ts";
import { type ComparedAgain, compareAgain } from "./compare-again.ts";
import { didExplanation } from "./did-explanation.ts";
import type { AccountEvidence, ComparisonEvidence, InstanceEvidence } from "./evidence.ts";
import { explainSupport } from "./explain-charges.ts";
import { changeGates, desiredGates } from "./explain-gates.ts";
import { peopleIn } from "./explain-people.ts";
import { heldAfter, lossesOf, organizationAs } from "./held-now.ts";
import { whyExpired, whyLowered } from "./why-support.ts";

/** Decisions of `process` about the account on the day. */
export interface DecidedAgain {
  decision: AccountDecision | undefined;
  desired: Record<InstanceName, readonly DesiredOrganization[]>;
  moved: Processed["moved"];
  findings: readonly Reason[];
  day: Day;
}

/** Explains one instance: its state and the reasons, worked out again and compared with what Zendesk holds after the run. Pure. */
export function explainInstance(
  evidence: AccountEvidence,
  instance: InstanceName,
  around: InstanceEvidence,
  decided: DecidedAgain,
): InstanceExplanation {
  const { rules } = evidence;
  const { decision, findings, day } = decided;
  const results = around.comparisons.flatMap((one) => (one.comparison === "usgov_user" ? [] : one.results));
  const held = heldAfter(around.organizations, [...results, ...undoneIn(evidence, instance)]);
  const unknown = missingOrganizations(evidence, instance);
  const compared = compareAgain(evidence, instance, around, decided, held.organizations, unknown);
  const entitlement = decision?.entitlements[instance];
  const noSupport = entitlement ? whyExpired(entitlement, findings, rules.overrides) : null;
  const comparison = around.comparisons.find((one) => one.comparison === compared.keeper);
  // Gates stopped the run, or let it through, when nothing was written yet.
  const isOfRun = day === evidence.run.today && evidence.run.source !== "live" && results.length > 0;
  const judged = isOfRun ? compareAgain(evidence, instance, around, decided, around.organizations, unknown) : compared;
  const at = { evidence, instance, decision, findings, compared: judged, noSupport, comparison, unknown, day };
  const wanted = desiredGates(at);
  const isWanted = wanted.stopped === null;
  const nothingThere = !isWanted && unknown === null && compared.own.length === 0 && results.length === 0;
  const change = nothingThere ? { gates: [], stopped: null } : changeGates(at, isWanted);
  const before = new Map(around.organizations.map((one) => [one.id, one]));
  const [first] = compared.own;
  const losses = lossesOf(evidence, instance, compared.own);
  return {
    instance,
    keeper: compared.keeper,
    support: entitlement && compared.keeper !== "partner" ? explainSupport(entitlement, rules, day) : null,
    gates: [...wanted.gates, ...change.gates],
    unwanted: wanted.stopped,
    partner:
      compared.keeper === "partner" && isWanted
        ? reasonOf("account.kept_as_partner", { account_type: evidence.partner?.account_type ?? null })
        : null,
    no_support: compared.keeper === "partner" ? null : noSupport,
    lowered:
      entitlement && isWanted && compared.keeper !== "partner"
        ? whyLowered(entitlement, levelsBefore(first && before.get(first.id), losses), findings, rules.overrides)
        : null,
    losses,
    held_up: change.stopped,
    organizations: compared.own.map((one) => organizationAs(one, held.created.has(one.id))),
    fields: fieldsOf(compared, instance, first, first ? before.get(first.id) : undefined),
    next: changesOf(compared, compared.own),
    did: around.comparisons.flatMap((one) => didOf(one, compared.own)),
    findings: findingsOf(compared, around, [wanted.stopped, change.stopped]),
    contacts: peopleIn(evidence, instance, around, decided, compared),
  };
}

/** Levels that Zendesk held, the latest first. */
function levelsBefore(before: Organization | undefined, losses: readonly LossExplanation[]): (string | null)[] {
  const gathered = before ? organizationAs(before, false).holds.support_level : null;
  const lost = losses.flatMap(({ changes }) => changes.filter(({ field }) => field === "support_level"));
  return [gathered, ...lost.map((one) => (typeof one.before === "string" ? one.before : null))];
}

function undoneIn({ past }: AccountEvidence, instance: InstanceName): Result[] {
  return (past?.undone ?? []).flatMap(({ comparison, result }) =>
    comparison !== "usgov_user" && COMPARISON[comparison].instance === instance ? [result] : [],
  );
}

/** Without Zendesk's organizations nobody can tell what is to be done: none of them is there for a rule, too. */
function missingOrganizations({ run }: AccountEvidence, instance: InstanceName): Reason | null {
  const files = run.missing.filter((name) => name === `zendesk_${FILE_PREFIX[instance]}.json`);
  return files.length > 0 ? reasonOf("run.files_missing", { files }) : null;
}

/** Every field that is compared, as it should be and as it is. */
function fieldsOf(
  { keeper, desired }: ComparedAgain,
  instance: InstanceName,
  held: Organization | undefined,
  before: Organization | undefined,
): ExplainedField[] {
  const places: FieldPlace[] = keeper === "partner" ? partnerFields() : syncedFields(instance);
  return places.flatMap(({ key, type }): ExplainedField[] => {
    const wanted = desired?.organization_fields[key];
    const holds = held ? (held.organization_fields[key] ?? null) : undefined;
    if (wanted === undefined && holds === undefined) return [];
    const earlier = before ? (before.organization_fields[key] ?? null) : undefined;
    return [
      {
        key,
        desired: wanted ?? null,
        held: holds,
        same: wanted === undefined || (holds !== undefined && sameValue(type, holds, wanted)),
        before_run:
          earlier !== undefined && holds !== undefined && !sameValue(type, earlier, holds) ? earlier : undefined,
      },
    ];
  });
}

function changesOf({ changes }: ComparedAgain, own: readonly Organization[]): ChangeExplanation[] {
  const pairs = (before: Difference, change: Difference) => [
    ...(change.name === undefined ? [] : [{ field: "name", before: before.name ?? null, after: change.name }]),
    ...Object.entries(change.organization_fields ?? {}).map(([field, after]) => ({
      field,
      before: before.organization_fields?.[field] ?? null,
      after,
    })),
  ];
  const held = new Map(own.map((one) => [one.id, one]));
  return [
    ...changes.creates.map(({ name, organization_fields }) => ({
      effect: "create" as const,
      id: null,
      changes: pairs({}, { name, organization_fields }),
    })),
    ...changes.updates.map(({ id, before, change }) => ({
      effect: "update" as const,
      id,
      changes: pairs(before, change),
    })),
    ...changes.marks.map(({ id }) => ({
      effect: "mark" as const,
      id,
      changes: [
        {
          field: "mark_for_deletion",
          before: held.get(id)?.organization_fields.mark_for_deletion ?? null,
          after: true as FieldValue,
        },
      ],
    })),
  ];
}

/** Changes the run made to the organizations, and those it planned but did not get to. */
function didOf(evidence: ComparisonEvidence, own: readonly Organization[]): DidExplanation[] {
  const { comparison, planned, results } = evidence;
  if (comparison === "usgov_user") return [];
  const written = results.filter(({ effect }) => effect !== "contact").map((one) => didExplanation(comparison, one));
  if (written.length > 0 || !planned) return written;
  const ids = new Set(own.map(({ id }) => id));
  const left = (effect: "create" | "update" | "mark", id: number | null): DidExplanation => ({
    comparison,
    effect,
    id,
    outcome: "not written",
    reason: evidence.refused[0] ?? null,
    changes: [],
  });
  return [
    ...Array.from({ length: planned.creates }, () => left("create", null)),
    ...planned.updates.filter((id) => ids.has(id)).map((id) => left("update", id)),
    ...planned.marks.filter((id) => ids.has(id)).map((id) => left("mark", id)),
  ];
}

/** Other findings about its organizations, without those that a gate already states. */
function findingsOf(
  { changes, own }: ComparedAgain,
  { notes }: InstanceEvidence,
  gates: readonly (GateFinding | null)[],
): Reason[] {
  const said = new Set(gates.map((one) => JSON.stringify(one?.reason ?? null)));
  const ids = new Set(own.map(({ id }) => id));
  const gathered = notes.filter(({ id, reason }) => reason.code === "organization.unreadable" && ids.has(id ?? 0));
  const all = [...changes.notes, ...gathered].map((note) => note.reason);
  const once = new Map(all.map((one) => [JSON.stringify(one), one]));
  return [...once].flatMap(([key, one]) => (said.has(key) ? [] : [one]));
}
