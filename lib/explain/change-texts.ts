import type { Day } from "../domain/dates.ts";
import { reasonText, whatText } from "../reasons/reason-text.ts";
import { counted, listed, quoted } from "../reasons/texts.ts";
import type { ChangeExplanation, DidExplanation, UpcomingChange } from "./account-explanation.ts";
import type { RunEvidence } from "./evidence.ts";

/** Fields that are named in one sentence; the proof has all. */
const NAMED = 3;

const DONE = { create: ["created", ""], update: ["updated", ""], mark: ["marked", " for deletion"] } as const;
const TO_DO = { create: ["create", ""], update: ["update", ""], mark: ["mark", " for deletion"] } as const;

/** Fields that matter most to the customer come first. */
const FIRST = ["support_level", "mark_for_deletion", "name", "support_hold", "account_type", "expiration_date"];

interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

interface RunMessages {
  who?: string;
  /** Fields that it names. */
  named?: number;
  /** Includes the remedy of its reason. */
  withRemedy?: boolean;
}

/** Says in one sentence what the run did to one record. Pure. */
export function didText(
  did: DidExplanation,
  { who = "The run", named = NAMED, withRemedy = true }: RunMessages = {},
): string {
  const { comparison, effect, id, outcome, reason, changes } = did;
  const why = reason ? ` ${withRemedy ? reasonText(reason) : whatText(reason)}` : "";
  if (effect === "contact")
    return outcome === "applied" ? `${who} added user ${id}.${why}` : `${who} added no user.${why}`;
  const noun = comparison === "usgov_user" ? "user" : "organization";
  const what = id === null ? `${noun === "user" ? "a" : "an"} ${noun}` : `${noun} ${id}`;
  if (outcome === "applied") {
    const [verb, rest] = DONE[effect];
    return `${who} ${verb} ${what}${rest}${effect === "update" ? `: ${changesText(changes, named)}` : ""}.${why}`;
  }
  const [verb, rest] = TO_DO[effect];
  return `${who} ${outcome === "failed" ? "failed to" : "did not"} ${verb} ${what}${rest}.${why}`;
}

/** Says in one sentence what is still to be done, and when. `isRefused`: runs are refused until a person lets one through. Pure. */
export function nextText(
  { effect, id, changes }: ChangeExplanation,
  { run, day }: { run: Pick<RunEvidence, "source" | "today">; day: Day },
  { named = NAMED, isRefused = false }: { named?: number; isRefused?: boolean } = {},
): string {
  const [verb, rest] = TO_DO[effect];
  const what = id === null ? "an organization" : `organization ${id}`;
  const who =
    run.source === "simulation"
      ? "Under the new rules, a run would"
      : day !== run.today
        ? `On ${day} a run would`
        : isRefused
          ? "Once a run is let through, it will"
          : "The next run will";
  return `${who} ${verb} ${what}${rest}${effect === "update" ? `: ${changesText(changes, named)}` : ""}.`;
}

/** `support_level premium → expired, name …, and 3 more`. Pure. */
export function changesText(changes: readonly FieldChange[], named: number = NAMED): string {
  const order = ({ field }: FieldChange) => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);
  const sorted = [...changes].sort((one, other) => order(one) - order(other));
  const shown = sorted
    .slice(0, named)
    .map(({ field, before, after }) => `${field} ${shownValue(before)} → ${shownValue(after)}`);
  const more = sorted.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${counted(more, "more field")}` : ""}`;
}

/** A field's value for people: `none` for what is empty. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `On 2027-01-16 premium ends, and nothing is left: the charge "…" ended on 2026-12-31.` Pure. */
export function upcomingText({ day, before, after, lost_types, gained_types, seats, because }: UpcomingChange): string {
  const what =
    before !== after
      ? `support level ${before ?? "none"} becomes ${after ?? "none (the organization is no longer needed)"}`
      : lost_types.length + gained_types.length > 0
        ? [
            ...(lost_types.length > 0 ? [`it loses ${listed(lost_types)}`] : []),
            ...(gained_types.length > 0 ? [`it gains ${listed(gained_types)}`] : []),
          ].join(" and ")
        : `seats go from ${seats?.before} to ${seats?.after}`;
  const charges = because.charges.map(
    ({ charge_name, end_date }) =>
      `the charge ${quoted(charge_name)} ends on ${end_date}, and its 15 days of grace are over`,
  );
  const why = [
    ...new Set(charges),
    ...because.overrides.map((where) => `the override at ${where} ends`),
    ...(because.too_old ? ["its support will have expired more than three years and one day before"] : []),
  ];
  return `On ${day} ${what}${why.length > 0 ? `: ${why.join("; ")}` : ""}.`;
}
