import type { Reason } from "../domain/reason.ts";
import { explain } from "../reasons/reason-text.ts";
import type { AccountExplanation, PersonExplanation } from "./account-explanation.ts";
import { didText } from "./change-texts.ts";
import type { Line, Span, Tone } from "./document.ts";

/** The answer about one person, who was asked for by address. Pure. */
export function personAnswer(person: PersonExplanation, explanation: AccountExplanation): Line[] {
  const { undo } = explanation;
  const undone = undo ? [line(`Since then undo ${undo.run_id} reverted what a run had done to it.`)] : [];
  return [personLine(person, explanation), ...undone, ...personReason(person).slice(0, 2 - undone.length)];
}

/** Of several, such as all those that an organization has no room for, only the first are named. */
const MAX_NAMED = 3;

/** The answer about several people of one account, of whom the same is true. Pure. */
export function peopleAnswer(explanation: AccountExplanation): Line[] {
  const { people } = explanation;
  const [first] = people;
  if (!first) return [];
  const named = people.slice(0, MAX_NAMED).map(({ email }) => email || NO_ADDRESS);
  const more = people.length > named.length ? ` and ${people.length - named.length} more` : "";
  const [text, tone] = PEOPLE_STATES[first.state];
  const who = `${people.length} people of ${accountText(explanation)}, ${first.instance}, `;
  return [
    { depth: 0, spans: [{ text: who }, { text, tone }, { text: `: ${named.join(", ")}${more}.` }] },
    ...personReason(first).slice(0, 2),
  ];
}

const PEOPLE_STATES: Record<PersonExplanation["state"], [text: string, tone: Tone]> = {
  there: ["are in the organization", "good"],
  planned: ["will be changed", "warning"],
  marked: ["are marked for deletion", "bad"],
  left: ["were skipped", "warning"],
};

const NO_ADDRESS = "a user without an address";

const PERSON_STATES: Record<PersonExplanation["state"], [text: string, tone: Tone]> = {
  there: ["is in the organization", "good"],
  planned: ["will be changed", "warning"],
  marked: ["is marked for deletion", "bad"],
  left: ["was skipped", "warning"],
};

function personLine(
  { email, state, organization_id, instance }: PersonExplanation,
  explanation: AccountExplanation,
): Line {
  const [text, tone] = PERSON_STATES[state];
  const where = organization_id === null ? "no organization" : `organization ${organization_id}`;
  return {
    depth: 0,
    spans: [
      { text: email || NO_ADDRESS, tone: "strong" },
      { text: ` of ${accountText(explanation)}, ${instance}, ${where}: ` },
      { text, tone },
      { text: "." },
    ],
  };
}

function accountText({ names, subject }: AccountExplanation): string {
  return `${names[0] ?? "account"} (${subject.salesforce_id ?? "no account"})`;
}

function personReason({ reason, did }: PersonExplanation): Line[] {
  const told = did.filter((one) => !isSame(one.reason, reason) || reason === null);
  const lines = [...(reason ? [line(reasonLine(reason))] : []), ...told.map((one) => line(didText(one)))];
  return lines.slice(0, 2);
}

/** A reason with what to do about it, as a part of an answer. */
export function reasonLine(why: Reason | null): string {
  if (why === null) return "";
  const { what, remedy } = explain(why);
  return `${what} ${remedy}`;
}

/** True if two reasons are equal, code and parameters; null and undefined are equal. Pure. */
export function isSame(one: Reason | null, other: Reason | null | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other ?? null);
}

/** A line of an answer. */
export function line(text: string, tone?: Tone): Line {
  const span: Span = tone === undefined ? { text } : { text, tone };
  return { depth: 0, spans: [span] };
}
