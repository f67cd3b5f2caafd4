/** Maximum length of a line of an answer, in characters: two lines of a terminal with eighty columns. */
export const MAX_COLUMNS = 160;

/** A sentence of an answer; one that is not needed is left to the proof where there is no room for it. */
export interface Sentence {
  text: string;
  isNeeded: boolean;
}

/** A sentence that is told however long the line becomes. */
export function needed(text: string): Sentence {
  return { text, isNeeded: true };
}

/** A sentence that the proof has, too. */
export function wherePossible(text: string): Sentence {
  return { text, isNeeded: false };
}

/** The sentences of a line in their order: all that are needed, and as many others, the first ones first, as there is room for. Pure. */
export function fitSentences(sentences: readonly Sentence[], columns: number = MAX_COLUMNS): string {
  const some = sentences.filter(({ text }) => text !== "");
  let width = some.reduce((sum, { text, isNeeded }) => sum + (isNeeded ? text.length + 1 : 0), -1);
  const told = some.filter(({ text, isNeeded }) => {
    if (isNeeded) return true;
    if (width + 1 + text.length > columns) return false;
    width += 1 + text.length;
    return true;
  });
  return told.map(({ text }) => text).join(" ");
}
