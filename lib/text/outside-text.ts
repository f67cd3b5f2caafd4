/** Characters that terminals obey, and marks that change the direction of reading; line ends and tabs excepted. */
const CONTROL_CHARACTERS = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Blanks of every kind, and what nobody can see; the joiners apart, which Persian, Indic scripts and emoji need. */
const WHITESPACE_OR_INVISIBLE = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s])+/gu;

/**
 * A text from outside (a name, a charge, what a remote said) as a part of one line: line ends, control characters, direction marks and
 * what cannot be seen become single blanks; halves of characters become U+FFFD. Whoever puts such a text into a sentence calls this.
 */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(WHITESPACE_OR_INVISIBLE, " ").trim();
}

/**
 * Whatever is printed, as its last step, so that nothing in it is obeyed: U+FFFD stands for control characters and direction marks, and
 * breaks commands of CI runners. GitHub's obeys lines that begin with `::`, and `##[…]` anywhere; Azure's `##vso[…]`. GitLab's section marks
 * need control characters. zdsync itself prints none of these.
 */
export function stripControl(text: string): string {
  return text
    .replace(CONTROL_CHARACTERS, "\ufffd")
    .replace(/^([^\S\n]*):(?=:)/gm, "$1\ufffd:")
    .replace(/##(?=\w*\[)/g, "#\ufffd#");
}

/** The colours that zdsync itself uses, and their end. */
const COLOURS = new RegExp(`(${String.fromCharCode(27)}\\[(?:0|1|2|31|32|33)m)`);

/** As `inert`, and lets zdsync's own colours through. Text from outside must have gone through `oneLine` before: then it holds none. */
export function stripControlExceptColours(text: string): string {
  return text
    .split(COLOURS)
    .map((part) => (COLOURS.test(part) ? part : stripControl(part)))
    .join("");
}
