import { minusDays } from "../domain/dates.ts";
import { INSTANCES } from "../domain/instance.ts";
import type { ReasonCode } from "../domain/reason.ts";
import type {
  AccountExplanation,
  ExplainedOverride,
  InstanceExplanation,
  SupportExplanation,
  TypeExplanation,
} from "./account-explanation.ts";
import { isSame, line, personAnswer, reasonLine } from "./answer-people.ts";
import { didText, nextText, upcomingText } from "./change-texts.ts";
import type { Line, Tone } from "./document.ts";
import { explain } from "./reason-text.ts";
import { listed, quoted } from "./texts.ts";

/** How far ahead somebody wants to hear, in an answer, that an organization will not be wanted any more. */
const NEAR_DAYS = 90;

/** The answer in three lines at most: what is the case, why, and what happens next or is to be done. Pure. */
export function answerLines(explanation: AccountExplanation): Line[] {
  const [person] = explanation.people;
  if (person) return personAnswer(person, explanation);
  const speaking = explanation.instances.filter(hasSomethingToSay);
  const [only] = speaking;
  const head = headline(explanation);
  const note = attention(explanation, speaking);
  if (speaking.length === 0) return [head, ...stopLines(explanation, note)];
  if (only && speaking.length === 1) {
    const rest = [...then(only, explanation), ...note, ...upcomingNote(explanation, only)];
    return [head, line(cause(only, explanation), toneOf(only)), ...(rest.length > 0 ? [line(rest.join(" "))] : [])];
  }
  return [
    head,
    ...speaking.map((one, index) =>
      line(
        [`${one.instance}: ${cause(one, explanation)}`, ...then(one, explanation), ...(index === 1 ? note : [])].join(
          " ",
        ),
        toneOf(one),
      ),
    ),
  ];
}

/** What is decided of the account, instance by instance, without what was done or is to be done about it. Pure. */
export function decisionLines(explanation: AccountExplanation): Line[] {
  const speaking = explanation.instances.filter(hasSomethingToSay);
  const told = speaking.length > 0 ? speaking : explanation.instances.slice(0, 1);
  return told.map((one) => line(`${one.instance}: ${stateText(one)}. ${cause(one, explanation)}`));
}

/** An instance is told of where the account has something there, had, or should have. */
function hasSomethingToSay({ unwanted, organizations, did, next }: InstanceExplanation): boolean {
  return unwanted === null || organizations.length + did.length + next.length > 0;
}

function headline({ subject, names, instances, run, day }: AccountExplanation): Line {
  const who = names[0] ?? "No name known";
  const id = subject.salesforce_id ?? `organization ${subject.organizations.map((one) => one.id).join(", ")}`;
  const states = INSTANCES.flatMap((instance) => {
    const one = instances.find((found) => found.instance === instance);
    const earlier = run.earlier?.[instance];
    return one ? [`${instance}${earlier ? ` (as of run ${earlier.run_id})` : ""}: ${stateText(one)}`] : [];
  });
  return {
    depth: 0,
    spans: [
      { text: who, tone: "strong" },
      { text: ` (${id}): ${states.join(" · ")}.` },
      ...(day === run.today ? [] : [{ text: ` On ${day}.`, tone: "muted" as const }]),
    ],
  };
}

/** `premium until 2027-03-23, 20 seats, organization 12`. */
function stateText({ support, organizations, keeper, unwanted, held_up }: InstanceExplanation): string {
  const level =
    keeper === "partner" && unwanted === null
      ? "partner"
      : support && unwanted === null
        ? [
            support.support_level,
            `${support.expiration_from ? "set to end " : support.support_level === "expired" ? "last end " : "until "}${support.expiration_date}`,
            ...(support.seats > 0 ? [`${support.seats} ${support.seats === 1 ? "seat" : "seats"}`] : []),
          ].join(", ")
        : "nothing";
  const ids = organizations.map((one) => `${one.id}${one.marked ? " (marked for deletion)" : ""}`);
  if (ids.length === 0 && held_up?.reason?.code === "run.files_missing") return `${level}, organization unknown`;
  if (ids.length === 0) return level === "nothing" ? "nothing" : `${level}, no organization`;
  return `${level}, ${ids.length === 1 ? "organization" : "organizations"} ${ids.join(", ")}`;
}

/** Nowhere anything: the gate that stopped it first is the answer. */
function stopLines({ instances, findings }: AccountExplanation, note: readonly string[]): Line[] {
  const stops = instances.flatMap(({ unwanted }) => unwanted?.reason ?? []);
  const [why] = stops.length > 0 ? stops : findings;
  if (!why) return [line("This run knows nothing of it.")];
  const { what, remedy } = explain(why);
  return [line(what, "bad"), line([remedy, ...note].join(" "))];
}

/** Why it is as it is in an instance, in a sentence or two. */
function cause(one: InstanceExplanation, explanation: AccountExplanation): string {
  if (one.unwanted?.reason) return explain(one.unwanted.reason).what;
  if (one.keeper === "partner")
    return "It is a partner: partner-sync keeps its organization, and gives no support level and no contacts.";
  if (one.no_support) return explain(one.no_support).what;
  if (!one.support) return "Nothing is known of its support here.";
  return `${supportCause(one.support, explanation.overrides)}${placement(one, explanation)}`;
}

function supportCause(support: SupportExplanation, overrides: readonly ExplainedOverride[]): string {
  const { support_level: level, won_by, types } = support;
  const own = (one: TypeExplanation) => one.charges.length > 0 || one.override !== null;
  const from = won_by.length > 0 ? won_by : types.filter(own);
  const first = from.find(own) ?? from[0];
  const what = first ? typeCause(first, overrides) : `from ${listed(types.map(({ type }) => type))}`;
  const set = types.filter((one) => one.override !== null && one !== first);
  const others = [
    ...types.flatMap(({ type, implied_by }) => (implied_by === null ? [] : [`${implied_by} brings ${type}`])),
    ...set.map(({ type, override }) => `the override at ${override} sets ${type}`),
    ...(support.expiration_from ? [`the override at ${support.expiration_from} sets the expiration date`] : []),
  ];
  return `Support level ${[`${level}, ${what}`, ...others].join("; ")}.`;
}

/** Where a type comes from: the override that sets it goes before the charges that give it, too. */
function typeCause(
  { type, charges, override, implied_by }: TypeExplanation,
  overrides: readonly ExplainedOverride[],
): string {
  const entry = overrides.find(({ where }) => where === override);
  if (override !== null && charges.length === 0) {
    const until = entry?.ends_on ? `, until ${entry.ends_on}` : ", without end";
    return `from the override at ${override} (${type}${until})`;
  }
  const [charge] = charges;
  if (!charge) return `from ${type}${implied_by === null ? "" : `, which ${implied_by} brings`}`;
  const { charge_name, place, end_date, in_grace } = charge;
  const when = in_grace ? `; it ended on ${end_date} and is in its 15 days of grace` : `, until ${end_date}`;
  return `from the charge ${quoted(charge_name)}${place === null ? "" : ` (${place})`}${when}`;
}

/** E4: only what is not plain needs a word. */
function placement({ instance }: InstanceExplanation, { subscriptions, account }: AccountExplanation): string {
  if (instance === "global") return "";
  const here = subscriptions.filter((one) => one.instance === instance);
  const senders = here.flatMap(({ charges, sent_by }) => charges.filter(({ id }) => sent_by.includes(id)));
  const names = [...new Set(senders.map(({ charge_name }) => charge_name.trim()))];
  const expired = senders.length > 0 && senders.every(({ outcome }) => outcome === "expired");
  const exception = account?.exception ? ", with Support_Instance__c federal-support" : "";
  return ` It counts here because of the ${expired ? "expired " : ""}${names.length === 1 ? "charge" : "charges"} ${listed(names.map(quoted))}${exception}.`;
}

/** What the run did, what kept it from that, what comes next, and what to do. */
function then(one: InstanceExplanation, { run }: Pick<AccountExplanation, "run">): string[] {
  const { held_up, next, findings, no_support, unwanted, did } = one;
  const cause = unwanted?.reason ?? no_support;
  const hold = held_up?.gate === "differs" || isDone(one) ? null : (held_up?.reason ?? null);
  const told = did.map((one) => didText(one));
  const isTold = did.some(({ outcome, reason }) => outcome !== "applied" && isSame(reason, hold));
  const held = hold && !isTold && !isSame(hold, cause) ? [reasonLine(hold)] : [];
  const conflicts = findings.filter(({ code }) => TOLD_FINDINGS.includes(code)).map(reasonLine);
  const coming = hold === null ? next.map((change) => nextText(change, run)) : [];
  const said = [...told, ...held, ...conflicts, ...coming];
  const calm = said.length === 0 && unwanted === null && one.organizations.length > 0;
  return [
    ...said,
    ...(calm ? ["Everything in Zendesk is as it should be."] : []),
    ...contactsLeft(one),
    ...(cause && (hold === null || isSame(hold, cause)) ? [explain(cause).remedy] : []),
  ];
}

/** The run marked it, and now it is marked: nobody has to be told twice. */
function isDone({ held_up, did }: InstanceExplanation): boolean {
  return (
    held_up?.reason?.code === "mark.already" &&
    did.some(({ effect, outcome }) => effect === "mark" && outcome === "applied")
  );
}

/** Contacts of a new organization that were not added: the most common way to have an organization and nobody in it. */
function contactsLeft({ contacts, instance, organizations }: InstanceExplanation): string[] {
  if (instance !== "global" || organizations.length === 0) return [];
  const left = contacts.filter(
    ({ state, reason }) => state === "left" && reason?.code !== "contact.organization_not_new",
  );
  const [first] = left;
  if (!first?.reason) return [];
  const more =
    left.length > 1 ? ` So it is with ${left.length - 1} more of its addresses, for this or another reason.` : "";
  return [`A contact was not added: ${explain(first.reason).what}${more}`];
}

const TOLD_FINDINGS: readonly ReasonCode[] = ["rename.name_contested", "rename.name_taken", "organization.unreadable"];

/** What somebody should know although it did not decide the support level: unknown and stray charges, overrides that do not apply. */
function attention({ findings, merged_into }: AccountExplanation, speaking: readonly InstanceExplanation[]): string[] {
  const said = new Set(
    speaking.flatMap(({ no_support, unwanted, held_up }) =>
      [no_support, unwanted?.reason, held_up?.reason].map((one) => JSON.stringify(one ?? null)),
    ),
  );
  const told = findings.filter((one) => /^(?:charge|override)\./.test(one.code) && !said.has(JSON.stringify(one)));
  return [
    ...(merged_into !== null && speaking.length === 0 ? [`It was merged into ${merged_into}.`] : []),
    ...told.slice(0, 2).map((one) => reasonLine(one)),
  ];
}

function upcomingNote({ upcoming, day }: AccountExplanation, { instance }: InstanceExplanation): string[] {
  const next = upcoming.find((one) => one.instance === instance);
  const isFar = next?.because.too_old === true && next.day > minusDays(day, -NEAR_DAYS);
  return next && !isFar ? [upcomingText(next)] : [];
}

function toneOf({ unwanted, no_support, held_up }: InstanceExplanation): Tone | undefined {
  if (unwanted || no_support) return "bad";
  return held_up && held_up.gate !== "differs" ? "warning" : undefined;
}
