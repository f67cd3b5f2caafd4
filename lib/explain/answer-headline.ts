import type { Day } from "../domain/dates.ts";
import { INSTANCES } from "../domain/instance.ts";
import { counted } from "../reasons/texts.ts";
import type {
  AccountExplanation,
  InstanceExplanation,
  OrganizationExplanation,
  SupportExplanation,
} from "./account-explanation.ts";
import type { Line } from "./document.ts";
import { MAX_COLUMNS } from "./fit-sentences.ts";

/**
 * Who it is, and what Zendesk holds of it in each instance: after the run, and after what was undone since. Of another day than the
 * run's, and of simulated rules, what would be decided. Pure.
 */
export function headline(explanation: AccountExplanation): Line {
  const { subject, names, instances, run, day } = explanation;
  const who = names[0] ?? "Unknown name";
  const id = subject.salesforce_id ?? `organization ${subject.organizations.map((one) => one.id).join(", ")}`;
  const isSupposed = day !== run.today || run.source === "simulation";
  const states = INSTANCES.flatMap((instance) => {
    const one = instances.find((found) => found.instance === instance);
    if (!one) return [];
    const earlier = run.earlier?.[instance];
    const state = isSupposed ? decidedState(one, day) : heldState(one, day);
    // One that names the account in salesforce_id only cannot be looked up in Zendesk: that there is none is not said.
    const isUnseen = run.source === "live" && one.organizations.length === 0;
    const text = isUnseen ? `${state} found by external_id or name` : state;
    return [{ label: `${instance}${earlier ? ` (as of run ${earlier.run_id})` : ""}`, text }];
  });
  const told = states.filter(({ text }) => text !== "nothing");
  const rest = (some: typeof states) =>
    ` (${id})${day === run.today ? "" : ` on ${day}`}: ${some.map(({ label, text }) => `${label}: ${text}`).join(" · ")}.`;
  const isLong = who.length + rest(states).length > MAX_COLUMNS && told.length > 0;
  return { depth: 0, spans: [{ text: who, tone: "strong" }, { text: rest(isLong ? told : states) }] };
}

/** `premium, until 2027-03-23, 20 seats, organization 12`: as Zendesk has it. */
function heldState({ organizations, unwanted, held_up, support }: InstanceExplanation, day: Day): string {
  if (organizations.length === 0 && held_up?.reason?.code === "run.files_missing") return "organization unknown";
  if (organizations.length === 0) return unwanted === null ? "no organization" : "nothing";
  const [first] = organizations as [OrganizationExplanation];
  const { support_level, expiration_date, seats, is_partner } = first.holds;
  const until = expiration_date?.slice(0, 10) ?? "";
  // A day that is set by hand says nothing of when a charge ends.
  const end = support?.expiration_from ? "set to end" : "until";
  const level = is_partner
    ? ["partner"]
    : [
        support_level ?? "no support level",
        ...(support_level === "expired" || support_level === null || until === "" ? [] : [`${end} ${until}`]),
        ...(support_level === "expired" && until !== "" && until < day ? [`last end ${until}`] : []),
        ...(seats !== null && seats > 0 && support_level !== "expired" ? [counted(seats, "seat")] : []),
      ];
  return [...level, organizationsText(organizations)].join(", ");
}

/** Says what is decided for an instance, regardless of what Zendesk holds. Pure. */
export function decidedState({ support, organizations, keeper, unwanted }: InstanceExplanation, day: Day): string {
  const level =
    keeper === "partner" && unwanted === null
      ? "partner"
      : support && unwanted === null
        ? [
            support.support_level,
            ...endOf(support, day),
            ...(support.seats > 0 ? [counted(support.seats, "seat")] : []),
          ].join(", ")
        : "nothing";
  if (organizations.length === 0) return level === "nothing" ? "nothing" : `${level}, no organization`;
  return `${level}, ${organizationsText(organizations)}`;
}

/** A day to come that an override sets for a customer without support is no last end. */
function endOf({ support_level, expiration_date, expiration_from }: SupportExplanation, day: Day): string[] {
  if (expiration_from) return [`set to end ${expiration_date}`];
  if (support_level !== "expired") return [`until ${expiration_date}`];
  return expiration_date < day ? [`last end ${expiration_date}`] : [];
}

function organizationsText(organizations: readonly OrganizationExplanation[]): string {
  const ids = organizations.map((one) => `${one.id}${one.marked ? " (marked for deletion)" : ""}`);
  return `${ids.length === 1 ? "organization" : "organizations"} ${ids.join(", ")}`;
}
