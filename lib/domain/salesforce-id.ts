const SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const FIFTEEN_OR_EIGHTEEN = /^[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?$/;

/**
 * The 18-character form of a Salesforce id (G5), or null where the text is no Salesforce id.
 *
 * The last three characters say which of the first fifteen are capitals, so an 18-character id that lost its case on the way
 * (Zendesk's external_id ignores case) is restored from them.
 */
export function toId18(text: string): string | null {
  const id = text.trim();
  if (!FIFTEEN_OR_EIGHTEEN.test(id)) return null;
  const suffix = suffixOf(id);
  if (id.length === 15) return id + suffix;
  return id.endsWith(suffix) ? id : restoreCase(id.slice(0, 15), id.slice(15).toUpperCase());
}

/** The first 15 characters, as agents know the account (organization field `sfdc_short_id`). */
export function toShortId(id18: string): string {
  return id18.slice(0, 15);
}

const [CAPITAL_A, CAPITAL_Z] = [0x41, 0x5a];

/** Of the first 15 characters. Looked at by their codes: every id of a run passes here, many of them often. */
function suffixOf(id: string): string {
  let suffix = "";
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let position = 0; position < 5; position++) {
      const code = id.charCodeAt(block + position);
      if (code >= CAPITAL_A && code <= CAPITAL_Z) bits |= 1 << position;
    }
    suffix += SUFFIX_ALPHABET.charAt(bits);
  }
  return suffix;
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
