/**
 * What nobody can see and what turns the direction of reading: control and format characters, line and paragraph separators. The
 * joiners apart, which Persian, Indic scripts and emoji need; variation selectors are no format characters.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside. What cannot be seen is shown by its code, and nothing in it turns the text around it. */
export function VisibleText({ text }: { text: string }) {
  const pieces = piecesOf(text);
  return (
    <bdi>
      {pieces.map(({ at, text, unseen }) =>
        unseen ? (
          <span key={at} class="unseen">
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </bdi>
  );
}

/** The same for places that take no elements: options, titles, labels. */
export function visibleText(text: string): string {
  return piecesOf(text)
    .map(({ text, unseen }) => (unseen ? `[${text}]` : text))
    .join("");
}

function piecesOf(text: string): { at: number; text: string; unseen: boolean }[] {
  const pieces: { at: number; text: string; unseen: boolean }[] = [];
  let from = 0;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (index > from) pieces.push({ at: from, text: text.slice(from, index), unseen: false });
    pieces.push({ at: index, text: codeOf(character), unseen: true });
    from = index + character.length;
  }
  if (from < text.length) pieces.push({ at: from, text: text.slice(from), unseen: false });
  return pieces;
}

/** `U+202E`. */
function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
