/** Where a program writes; what it writes never holds one of its secrets. */
export interface Output {
  /** For machines and results. */
  out(text: string): void;
  /** For people: progress, warnings, errors. */
  err(text: string): void;
  /** Whether `err` is a terminal that can be redrawn. */
  readonly live: boolean;
}

/** The process's own output; every secret is blotted out, and so is what terminals obey, whatever message it got into. */
export function processOutput(secrets: readonly string[], quiet: boolean): Output {
  const redact = redactor(secrets);
  const clean = (text: string) => inert(redact(text));
  return {
    out: (text) => void process.stdout.write(`${clean(text)}\n`),
    err: (text) => void process.stderr.write(`${clean(text)}\n`),
    live: !quiet && process.stderr.isTTY === true && !process.env.CI && process.env.TERM !== "dumb",
  };
}

/** Replaces every occurrence of a secret, also where it stands in JSON. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
  // The longest first: of one that begins like another, the rest would be left over.
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text);
}

/** Text without control characters (line ends and tabs apart) and marks that turn the direction of reading: U+FFFD stands for each. */
export function inert(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
}
