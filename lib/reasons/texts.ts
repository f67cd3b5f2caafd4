import type * as v from "valibot";

/** Place in which a reason is read: the remedy is worded for it. */
export type Place = "terminal" | "gitlab" | "slack";

/** Text of a reason: what happened and to what, and what to do. Each one sentence or more, without line breaks. */
export interface Explanation {
  what: string;
  remedy: string;
}

/** The texts of one code: a short title for headings, and the sentences, made of the parameters. */
export interface Text<Params> {
  title: string;
  say(params: Params, place: Place): [what: string, remedy: string];
}

/** A text for every code of a part of the catalogue: a code without one does not compile. */
export type Texts<Reasons extends Readonly<Record<string, v.GenericSchema>>> = {
  [Code in keyof Reasons]: Text<v.InferOutput<Reasons[Code]>>;
};

export const NOTHING_TO_DO = "Nothing to do.";

/** As many ids as a sentence names. */
const NAMED = 10;

/** `organization 12`, `organizations 12, 13`; beyond ten, how many more there are. */
export function records(noun: string, ids: readonly (number | string)[], count = ids.length): string {
  return `${noun}${count === 1 ? "" : "s"} ${listed(ids, count)}`;
}

/** `12, 13 and 4 more`. */
export function listed(items: readonly (number | string)[], count = items.length): string {
  const shown = items.slice(0, NAMED);
  const more = count - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** `1 charge`, `2 charges`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Text from outside in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A sentence of an error as part of a longer one: on one line, without its full stop. */
export function clause(message: string): string {
  return message.trim().replace(/\.$/, "");
}
