/** Where a program writes; what it writes never holds one of its secrets. */
export interface Output {
  /** For machines and results. */
  out(text: string): void;
  /** For people: progress, warnings, errors. */
  err(text: string): void;
  /** Whether `err` is a terminal that can be redrawn. */
  readonly live: boolean;
}

/** The process's own output; every secret is blotted out, whatever message it got into. */
export function processOutput(secrets: readonly string[], quiet: boolean): Output {
  const clean = redactor(secrets);
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
