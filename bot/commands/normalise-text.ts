/** Characters that show as nothing, or turn the direction of what follows: soft hyphen, zero-width ones, marks, isolates. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
/**
 * Phones make one dash of two, documents other ones; where it begins a word it was meant to be a flag's. Names in quotes stay as they
 * are. U+2010 to U+2015, the minus sign, and the small and full-width forms.
 */
const QUOTED_OR_DASH =
  /"[^"]*"|(?<![^ ])[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]*[\u2010-\u2015\u2212\ufe58\ufe63\uff0d][-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]*(?=[\p{L}\p{N}])/gu;

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

/** A word of ours with whatever hyphen it was copied: `us‑government`. Not for names. Pure. */
export function withPlainHyphens(word: string): string {
  return word.replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, "-");
}
