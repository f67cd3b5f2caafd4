import { edges } from "../../edges/edges.ts";

/** Whoever may sit at the terminal. */
export interface Person {
  /** True if somebody can read and answer: both standard streams are a terminal, and no CI runs this. */
  isThere: boolean;
  /** Asks for a yes or no; whatever is no clear yes (Ctrl-C and the end of input, too) is a no. Only where somebody is there. */
  confirms(question: string): Promise<boolean>;
}

/** Nobody is there: in CI, under cron, in a pipe. */
export const NO_PERSON: Person = { isThere: false, confirms: async () => false };

/** The person at this process's terminal. */
export function personAtTerminal(env: Readonly<Record<string, string | undefined>>): Person {
  const isThere = edges().process.stdout.isTerminal && process.stdin.isTTY === true && !env.CI;
  return isThere ? { isThere, confirms } : NO_PERSON;
}

async function confirms(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  let answered = false;
  lines.question(`${question} [y/N] `, (answer) => {
    answered = true;
    resolve(/^\s*y(?:es)?\s*$/i.test(answer));
    lines.close();
  });
  lines.once("SIGINT", () => lines.close());
  lines.once("close", () => {
    // The cursor still stands behind the question, where no line was ended.
    if (!answered) process.stderr.write("\n");
    resolve(false);
  });
  return promise;
}
