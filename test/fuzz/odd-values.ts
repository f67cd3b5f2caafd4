import type { Random } from "./random.ts";

/**
 * Begins every value that stands for a customer's data; no message may hold it. With an apostrophe: a lone word where a key is
 * expected is shown as a misspelt key, which is worth more than the case that it is somebody's name.
 */
export const CANARY = "Kanarien’vogel";

/** A customer's name, address or number, each another one. */
export function canary(random: Random): string {
  const number = random.upTo(100_000);
  return random.pick([
    `${CANARY} ${number} GmbH`,
    `${CANARY.toLowerCase()}.${number}@customer.example`,
    `${CANARY} & "Sons" <${number}>`,
    `${CANARY}: ${number}, #1`,
  ]);
}

const TEXTS = [
  "",
  " ",
  "null",
  "~",
  "true",
  "yes",
  "0",
  "-0",
  "1e999",
  "0x1F",
  "2026-02-30",
  "2026-11-23",
  "0014M00001kAbCdQAK",
  "0014M00001kAbCd",
  "' OR Name != '",
  "\\",
  '"',
  "\u0000",
  "\u001b[31m",
  "\u202eexe.txt",
  "\ufeff",
  "\u200b",
  "\ud800",
  "\u{1f980}",
  "<!channel>",
  "../../etc/passwd",
  "%s%n",
  "$(x)",
  "a\nb",
  "a\tb",
  "- x",
  "*alias",
  "&anchor",
  "!!js/function x",
  "<<",
  "{}",
  "[",
  "x".repeat(5000),
];

const NUMBERS = [0, -0, 1, -1, 0.5, 1.5, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), 1e21, 1e308, 5e-324];

export const ODD_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "",
  "0",
  "null",
  "a b",
  "\u0000",
  "\u202e",
  "<<",
  "id",
  "name",
  "salesforce_id",
];

/** A value that readers may stumble over: boundary numbers, odd texts, other types, a customer's data. */
export function oddValue(random: Random): unknown {
  switch (random.upTo(8)) {
    case 0:
      return canary(random);
    case 1:
    case 2:
      return random.pick(TEXTS);
    case 3:
    case 4:
      return random.pick(NUMBERS);
    case 5:
      return random.pick([null, true, false]);
    case 6:
      return random.pick([[], {}, [[]], [null], { a: 1 }]);
    default:
      return nested(random, 1 + random.upTo(random.chance(0.1) ? 200 : 6));
  }
}

function nested(random: Random, levels: number): unknown {
  let value: unknown = canary(random);
  for (let level = 0; level < levels; level++)
    value = random.chance(0.5) ? [value] : { [random.pick(["a", "b"])]: value };
  return value;
}
