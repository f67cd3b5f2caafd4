import { minusDays } from "../domain/dates.ts";
import type { ReasonCode } from "../domain/reason.ts";
import { explain } from "../reasons/reason-text.ts";
import type {
  AccountExplanation,
  DidExplanation,
  InstanceExplanation,
  LossExplanation,
} from "./account-explanation.ts";
import { causeOf, holdOf, isHarmed } from "./answer-cause.ts";
import { isSame, reasonLine } from "./answer-people.ts";
import { changesText, didText, nextText, upcomingText } from "./change-texts.ts";
import { needed, type Sentence, wherePossible } from "./fit-sentences.ts";

/** Days ahead within which an answer mentions that an organization will no longer be wanted. */
const NEAR_DAYS = 90;
/** Days ahead within which an answer always mentions what changes by itself. */
const SOON_DAYS = 15;
/** Fields that a sentence of an answer names; the proof has all. */
const NAMED = 2;
/** Findings that concern what is written although nothing stops it. */
const SHOWN_FINDINGS: readonly ReasonCode[] = ["rename.name_contested", "rename.name_taken", "organization.unreadable"];
/** Marked, and told with a remedy of its own. */
const MARKED: readonly ReasonCode[] = [
  "mark.already",
  "mark.of_protected",
  "mark.of_moved_account",
  "mark.of_merged_account",
];

/** Sentences on what the run did, what earlier runs took away, what held up more, and what comes next; with what to do. Pure. */
export function events(one: InstanceExplanation, explanation: AccountExplanation): Sentence[] {
  const isOtherDay = explanation.day !== explanation.run.today;
  if (isOtherDay) return comingOf(one, explanation).map(needed);
  // What was done and then undone is not how it is now.
  const happened = explanation.undo ? markedEvents(one) : [...markedEvents(one), ...didEvents(one), ...lostEvents(one)];
  const held = heldEvents(one);
  const coming = comingOf(one, explanation).map(needed);
  const conflicts = one.findings.filter(({ code }) => SHOWN_FINDINGS.includes(code)).map(reasonLine);
  return [...happened, ...held, ...conflicts.map(needed), ...coming];
}

/** True if nothing happened, is held up, or is to come. Pure. */
export function isCalm(one: InstanceExplanation): boolean {
  return one.did.length + one.losses.length + one.next.length === 0 && holdOf(one) === null && !isHarmed(one);
}

/** The warning stands as long as the organization is marked, with how to keep it. */
function markedEvents(one: InstanceExplanation): Sentence[] {
  if (one.unwanted === null || !one.organizations.some(({ marked }) => marked)) return [];
  const hold = holdOf(one)?.why;
  if (hold && hold.code !== "mark.already" && MARKED.includes(hold.code)) return [needed(reasonLine(hold))];
  const { what, remedy } = explain({ code: "mark.already", params: {} });
  const marking = one.did.find(isMark);
  const earlier = one.losses.find(({ changes }) => changes.some(({ field }) => field === "mark_for_deletion"));
  const since = marking
    ? `${didText(marking, { named: NAMED }).replace(/\.$/, "")}: it may be deleted.`
    : earlier
      ? `Marked for deletion on ${dayOf(earlier)} (run ${earlier.run_id}): it may be deleted.`
      : what;
  return [needed(since), needed(remedy)];
}

function isMark({ effect, outcome }: DidExplanation): boolean {
  return effect === "mark" && outcome === "applied";
}

function didEvents(one: InstanceExplanation): Sentence[] {
  const isMarkTold = one.unwanted !== null && one.organizations.some(({ marked }) => marked);
  const harmed = isHarmed(one);
  const told = one.did.filter((did) => !(isMarkTold && isMark(did)));
  return told.map((did) => needed(didText(did, { named: NAMED, withRemedy: !harmed || did.outcome === "applied" })));
}

function lostEvents({ losses, did }: InstanceExplanation): Sentence[] {
  const told = losses.filter(({ changes }) => !changes.some(({ field }) => field === "mark_for_deletion"));
  const isToldAlready = did.some(({ outcome, effect }) => outcome === "applied" && effect === "update");
  return isToldAlready ? [] : told.map((one) => needed(lossText(one)));
}

/** `Since 2026-11-27 (run first): support_level ultimate → expired.` */
function lossText(loss: LossExplanation): string {
  return `Since ${dayOf(loss)} (run ${loss.run_id}): ${changesText(loss.changes, NAMED)}.`;
}

function dayOf({ at }: LossExplanation): string {
  return at.slice(0, 10);
}

/** Says what held up the change. If the customer is harmed, without a remedy: that comes with the cause. */
function heldEvents(one: InstanceExplanation): Sentence[] {
  const hold = holdOf(one);
  if (!hold || isSame(hold.why, causeOf(one)) || MARKED.includes(hold.why.code)) return [];
  const isTold = one.did.some(({ outcome, reason }) => outcome !== "applied" && isSame(reason, hold.why));
  if (isTold) return [];
  return [needed(hold.isOfRun && isHarmed(one) ? explain(hold.why).what : reasonLine(hold.why))];
}

/** Changes still to be made: mentioned if nothing stops them, and always if they take something away. */
function comingOf(one: InstanceExplanation, explanation: AccountExplanation): string[] {
  const hold = holdOf(one);
  if (hold && !(hold.isOfRun && isHarmed(one))) return [];
  const isRefused = ["limits", "confirmed", "reviewed", "allowed"].includes(one.held_up?.gate ?? "");
  return one.next.map((change) => nextText(change, explanation, { named: NAMED, isRefused }));
}

/** Contacts of a new organization that were not added: the most common way to have an organization and nobody in it. Pure. */
export function contactsLeft({ contacts, instance, organizations }: InstanceExplanation): string[] {
  if (instance !== "global" || organizations.length === 0) return [];
  const left = contacts.filter(
    ({ state, reason }) => state === "left" && reason?.code !== "contact.organization_not_new",
  );
  const [first] = left;
  if (!first?.reason) return [];
  const more =
    left.length > 1 ? ` The same applies to ${left.length - 1} more of its addresses, for this or another reason.` : "";
  return [`A contact was not added: ${explain(first.reason).what}${more}`];
}

/** Findings worth knowing that did not decide the support level: unknown and stray charges, overrides that do not apply. Pure. */
export function attention(
  { findings, merged_into }: AccountExplanation,
  speaking: readonly InstanceExplanation[],
): string[] {
  const reasons = speaking.flatMap((one) => [causeOf(one), one.held_up?.reason ?? null]);
  const said = new Set(reasons.map((one) => JSON.stringify(one)));
  const places = new Set(reasons.flatMap((one) => (one && "where" in one.params ? [one.params.where] : [])));
  const told = findings.filter(
    (one) =>
      /^(?:charge|override)\./.test(one.code) &&
      !said.has(JSON.stringify(one)) &&
      !("where" in one.params && places.has(one.params.where)),
  );
  return [
    ...(merged_into !== null && speaking.length === 0 ? [`It was merged into ${merged_into}.`] : []),
    ...told.slice(0, 2).map((one) => reasonLine(one)),
  ];
}

/** The next change that happens by itself, required if it is near; empty if the day is not the run's own. Pure. */
export function upcomingNote(
  { upcoming, day, run }: AccountExplanation,
  { instance }: InstanceExplanation,
): Sentence[] {
  if (day !== run.today) return [];
  const next = upcoming.find((one) => one.instance === instance);
  if (!next) return [];
  const isWithin = (days: number) => next.day <= minusDays(day, -days);
  if (next.because.too_old && !isWithin(NEAR_DAYS)) return [];
  const text = upcomingText(next);
  return [isWithin(SOON_DAYS) ? needed(text) : wherePossible(text)];
}

/** Sentences that the proof has, too. Pure. */
export function notes(texts: readonly string[]): Sentence[] {
  return texts.map(wherePossible);
}
