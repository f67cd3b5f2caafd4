const SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const BLOCKS = [0, 1, 2] as const;
const [CAPITAL_A, CAPITAL_Z] = [0x41, 0x5a];

/**
 * The 18-character form of a Salesforce id (G5), or null where the text is no Salesforce id.
 *
 * The last three characters say which of the first fifteen are capitals, so an 18-character id that lost its case on the way
 * (Zendesk's external_id ignores case) is restored from them.
 */
export function toId18(text: string): string | null {
  const id = text.trim();
  if (!hasForm(id)) return null;
  if (id.length === 15) return id + suffixOf(id);
  return hasOwnSuffix(id) ? id : restoreCase(id.slice(0, 15), id.slice(15).toUpperCase());
}

/** The first 15 characters, as agents know the account (organization field `sfdc_short_id`). */
export function toShortId(id18: string): string {
  return id18.slice(0, 15);
}

function suffixOf(id: string): string {
  return BLOCKS.map((block) => SUFFIX_ALPHABET.charAt(capitalsOf(id, block))).join("");
}

/** Fifteen letters and digits, or three more of A–Z and 0–5; without a regular expression, as every id of a run passes here. */
function hasForm(id: string): boolean {
  if (id.length !== 15 && id.length !== 18) return false;
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= (at < 15 ? 0x39 : 0x35);
    // The small letter of a capital has one bit more.
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a && code < 0x80;
    if (!isDigit && !isLetter) return false;
  }
  return true;
}

/** As comparing with `suffixOf`, and makes no text: every id of a run passes here, most of them often. */
function hasOwnSuffix(id: string): boolean {
  for (const block of BLOCKS)
    if (SUFFIX_ALPHABET.charCodeAt(capitalsOf(id, block)) !== id.charCodeAt(15 + block)) return false;
  return true;
}

/** Which characters of a block of five are capitals, as bits. */
function capitalsOf(id: string, block: number): number {
  let bits = 0;
  for (let position = 0; position < 5; position++) {
    const code = id.charCodeAt(block * 5 + position);
    if (code >= CAPITAL_A && code <= CAPITAL_Z) bits |= 1 << position;
  }
  return bits;
}

function restoreCase(head: string, suffix: string): string | null {
  const restored = [...head.toLowerCase()]
    .map((character, index) => {
      const bits = SUFFIX_ALPHABET.indexOf(suffix.charAt(Math.floor(index / 5)));
      return bits & (1 << (index % 5)) ? character.toUpperCase() : character;
    })
    .join("");
  return suffixOf(restored) === suffix ? restored + suffix : null;
}
