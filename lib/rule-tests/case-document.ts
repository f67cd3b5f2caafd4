import type { ClassifiedCharge } from "../domain/entitled-instance.ts";
import { INSTANCES } from "../domain/instance.ts";
import type { AccountDecision } from "../domain/process-decision.ts";
import { type ExplanationDocument, type Line, labelled, plain, type Section, type Tone } from "../explain/document.ts";
import { explain } from "../reasons/reason-text.ts";
import type { CaseResult, Mismatch } from "./run-case.ts";

/** Returns the place of a charge name in the plans file (`plans.yml:12`); null if it is not there. */
type PlaceOfCharge = CaseResult["placeOfCharge"];

/** Why a case failed, in the form of an explanation: what was expected and what came, then how it came to that. Pure. */
export function caseDocument({
  ruleCase,
  mismatches,
  notes,
  decision,
  placeOfCharge,
}: CaseResult): ExplanationDocument {
  const [first, ...others] = mismatches;
  return {
    answer: [
      { depth: 0, spans: [{ text: "FAILED", tone: "bad" }, { text: ` ${ruleCase.name} (${ruleCase.where})` }] },
      ...(first ? [mismatchLine(first)] : []),
    ],
    sections: [
      { title: "Also not as expected", lines: others.map(mismatchLine) },
      { title: `Subscriptions and charges on ${ruleCase.today}`, lines: subscriptionLines(decision, placeOfCharge) },
      ...INSTANCES.flatMap((instance) => supportSection(decision, instance)),
      {
        title: "Notes",
        lines: notes
          .map((one) => explain(one))
          .flatMap(({ what, remedy }) => [plain(0, what, "warning"), plain(1, remedy)]),
      },
    ].filter(({ lines }) => lines.length > 0),
  };
}

function mismatchLine({ instance, key, expected, actual, where }: Mismatch): Line {
  return {
    depth: 1,
    label: `${instance} ${key}`,
    spans: [
      { text: `expected ${shown(expected)}, is ` },
      { text: shown(actual), tone: "bad" },
      { text: ` (${where})`, tone: "muted" },
    ],
  };
}

function shown(value: unknown): string {
  return value === null || value === "" ? "empty" : String(value);
}

function subscriptionLines({ subscriptions, strayCharges, skipped }: AccountDecision, placeOf: PlaceOfCharge): Line[] {
  if (skipped !== null) return [plain(0, explain({ code: skipped, params: {} }).what, "warning")];
  return [
    ...subscriptions.flatMap(({ subscription, instance, charges, sentBy }) => [
      plain(0, `${subscription.id}: counts in ${instance}${sentBy.length > 0 ? `, for ${namesOf(sentBy)}` : ""}`),
      ...charges.map((one) => chargeLine(one, placeOf)),
    ]),
    ...strayCharges.map((one) => chargeLine(one, placeOf)),
  ];
}

const OUTCOMES: Record<ClassifiedCharge["outcome"], [string, Tone]> = {
  counts: ["counts", "good"],
  expired: ["expired", "bad"],
  ignored: ["ignored (ignored_charges)", "muted"],
  unknown: ["not in plans.yml: gives no support", "bad"],
  stray: ["of no subscription", "bad"],
};

function chargeLine({ charge, type, outcome }: ClassifiedCharge, placeOf: PlaceOfCharge): Line {
  const [text, tone] = OUTCOMES[outcome];
  const place = placeOf(charge.charge_name);
  const meaning = type ? ` → ${type.name} (${type.level}${place === null ? "" : `, ${place}`})` : "";
  return {
    depth: 1,
    spans: [
      { text: `"${charge.charge_name}" x ${charge.quantity}, ends ${charge.end_date}${meaning}: ` },
      { text, tone },
    ],
  };
}

function namesOf(charges: readonly ClassifiedCharge[]): string {
  return charges.map(({ charge }) => `"${charge.charge_name}"`).join(", ");
}

function supportSection({ entitlements, tooOld }: AccountDecision, instance: (typeof INSTANCES)[number]): Section[] {
  const entitlement = entitlements[instance];
  if (!entitlement) return [];
  const { support_level, level_from, types, seats, expiration_date, override } = entitlement;
  return [
    {
      title: `${instance}: support`,
      lines: [
        ...(tooOld.includes(instance)
          ? [plain(0, "Ended more than three years ago: no organization.", "warning")]
          : []),
        labelled("support_level", `${support_level}${level_from.length > 0 ? `, from ${level_from.join(", ")}` : ""}`),
        labelled("types", [...types].sort().join(", ") || "none"),
        labelled("seats", String(seats)),
        labelled("expiration_date", expiration_date),
        ...(override ? [labelled("override", override.where)] : []),
      ],
    },
  ];
}
