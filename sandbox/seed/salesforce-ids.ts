const CHECK_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ROOM = 62 ** 5;
/** Without a common divisor with 62: walking in these steps meets every id once before it repeats. */
const STEP = 387_420_489;

/** The key prefixes of the objects in this world. */
export const PREFIX = { account: "001", contact: "003", user: "005", subscription: "a0S", charge: "a0C" } as const;

/** The 18-character form of a 15-character id: three check characters say which of its letters are capitals. */
export function to18(id: string): string {
  if (id.length !== 15) return id;
  let suffix = "";
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let position = 0; position < 5; position++) {
      const code = id.charCodeAt(block + position);
      if (code >= 65 && code <= 90) bits |= 1 << position;
    }
    suffix += CHECK_CHARACTERS.charAt(bits);
  }
  return id + suffix;
}

/** Makes Salesforce ids, unique for each prefix, in no visible order. */
export class SalesforceIds {
  readonly #start: number;
  readonly #made = new Map<string, number>();

  constructor(start: number) {
    this.#start = start;
  }

  next(object: keyof typeof PREFIX): string {
    const made = this.#made.get(object) ?? 0;
    this.#made.set(object, made + 1);
    let rest = (this.#start + made * STEP) % ROOM;
    let body = "";
    for (let digit = 0; digit < 5; digit++) {
      body = BASE62.charAt(rest % 62) + body;
      rest = Math.floor(rest / 62);
    }
    return to18(`${PREFIX[object]}4M00000${body}`);
  }
}
