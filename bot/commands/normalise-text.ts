/** Characters that show as nothing, or turn the direction of what follows: soft hyphen, zero-width ones, marks, isolates. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
/** Phones make one dash of two; where it begins a word it was meant to be a flag's. Names in quotes stay as they are. */
const QUOTED_OR_DASH = /"[^"]*"|(?<![^ ])[-—–−]*[—–−][-—–−]*(?=[\p{L}\p{N}])/gu;

/**
 * What was typed, without what phones and copying do to it: blanks of all kinds and control characters become single blanks,
 * curly quotes straight ones, a dash before a word `--`; what cannot be seen is dropped. Twice is the same as once. Pure.
 */
export function normaliseText(text: string): string {
  return text
    .toWellFormed()
    .replace(INVISIBLE, "")
    .replace(/[\s\p{Cc}\p{Z}]+/gu, " ")
    .trim()
    .replace(/[“”„‟]/g, '"')
    .replace(/[‘’‚‛]/g, "'")
    .replace(QUOTED_OR_DASH, (found) => (found.startsWith('"') ? found : "--"));
}
