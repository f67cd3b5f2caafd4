import { explain } from "../reasons/reason-text.ts";
import type { AccountExplanation, InstanceExplanation } from "./account-explanation.ts";
import { causeOf, causeText, holdOf, placementText } from "./answer-cause.ts";
import { attention, contactsLeft, events, isCalm, notes, upcomingNote } from "./answer-events.ts";
import { decidedState, headline } from "./answer-headline.ts";
import { isSame, line, peopleAnswer, personAnswer } from "./answer-people.ts";
import type { Line, Tone } from "./document.ts";
import { fitSentences, needed, type Sentence, wherePossible } from "./fit-sentences.ts";

/**
 * The answer in three lines at most: what Zendesk holds, why and what to do about it, and what happened and comes next. Each is to fit in
 * two lines of a terminal: what does not is in the proof. Pure.
 */
export function answerLines(explanation: AccountExplanation): Line[] {
  const [person, ...others] = explanation.people;
  if (person) return others.length > 0 ? peopleAnswer(explanation) : personAnswer(person, explanation);
  const speaking = explanation.instances.filter(hasSomethingToSay);
  const [only] = speaking;
  const head = headline(explanation);
  const note = attention(explanation, speaking);
  const undo = undoSentences(explanation);
  if (speaking.length === 0) return [head, ...stopLines(explanation, note)];
  if (only && speaking.length === 1) {
    const placed = placementText(only, explanation);
    const reasons = reasonsWhy(only, explanation);
    const withPlace = fitSentences([...reasons, wherePossible(placed)]);
    const why = line(withPlace, toneOf(only));
    const calm = isCalm(only) && note.length === 0 && undo.length === 0;
    const rest = fitSentences([
      ...(withPlace.includes(placed) ? [] : [needed(placed)]),
      ...undo,
      ...events(only, explanation),
      ...(calm ? [wherePossible("Everything in Zendesk is as it should be.")] : []),
      ...contactsLeft(only).map(needed),
      ...notes(note),
      ...upcomingNote(explanation, only),
    ]);
    const then = rest === "" ? [] : [line(rest)];
    return undo.length > 0 ? [head, ...then, why] : [head, why, ...then];
  }
  return [
    head,
    ...speaking.map((one, index) => {
      const placed = needed(placementText(one, explanation));
      const sentences = [
        ...reasonsWhy(one, explanation),
        placed,
        ...events(one, explanation),
        ...notes(contactsLeft(one)),
      ];
      const shared = index === 0 ? undo : notes(note);
      return line(`${one.instance}: ${fitSentences([...sentences, ...shared])}`, toneOf(one));
    }),
  ];
}

/** Decisions about the account, instance by instance, without what was done or is still to be done. Pure. */
export function decisionLines(explanation: AccountExplanation): Line[] {
  if (explanation.people.length > 0) return answerLines(explanation);
  const speaking = explanation.instances.filter(hasSomethingToSay);
  const told = speaking.length > 0 ? speaking : explanation.instances.slice(0, 1);
  return told.map((one) =>
    line(
      `${one.instance}: ${decidedState(one, explanation.day)}. ${causeText(one, explanation)} ${placementText(one, explanation)}`.trim(),
    ),
  );
}

/** An instance is told of where the account has something there, had, or should have. */
function hasSomethingToSay({ unwanted, organizations, did, next }: InstanceExplanation): boolean {
  return unwanted === null || organizations.length + did.length + next.length > 0;
}

/** Nowhere anything: the gate that stopped it first is the answer. */
function stopLines({ instances, findings }: AccountExplanation, note: readonly string[]): Line[] {
  const stops = instances.flatMap(({ unwanted }) => unwanted?.reason ?? []);
  const [why] = stops.length > 0 ? stops : findings;
  if (!why) return [line("This run has no record of it.")];
  const { what, remedy } = explain(why);
  const others = fitSentences(notes(note));
  return [line(`${what} ${remedy}`, "bad"), ...(others === "" ? [] : [line(others)])];
}

/** The cause with its own remedy; where something in the account itself holds the change up, that has the remedy. */
function reasonsWhy(one: InstanceExplanation, explanation: AccountExplanation): Sentence[] {
  const what = needed(causeText(one, explanation));
  const why = causeOf(one);
  if (!why) return [what];
  const hold = holdOf(one);
  const isOverruled =
    hold !== null && !hold.isOfRun && !hold.why.code.startsWith("mark.already") && !isSame(hold.why, why);
  return [what, ...(isOverruled ? [] : [needed(explain(why).remedy)])];
}

/** Sentence on what an undo reverted: Zendesk holds that state, and the next run makes the changes again. */
function undoSentences({ undo }: AccountExplanation): Sentence[] {
  if (!undo) return [];
  return [needed(`Since then undo ${undo.run_id} (${undo.at.slice(0, 10)}) reverted what a run had done to it.`)];
}

function toneOf(one: InstanceExplanation): Tone | undefined {
  if (one.unwanted || one.no_support || one.lowered) return "bad";
  return holdOf(one) ? "warning" : undefined;
}
