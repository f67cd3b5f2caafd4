import { basename } from "node:path";
import { Glob } from "bun";

/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  name: string;
  rest: string;
}

/** The instructions of a Dockerfile, in order; comments and blank lines are none. */
export function parseDockerfile(text: string): Instruction[] {
  return text
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .map((line) => {
      const [, name = "", rest = ""] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? [];
      return { name: name.toUpperCase(), rest };
    });
}

/**
 * What a target is made by: the instructions of its own stage, after those of the stage that it begins from (`FROM a AS b`; the argument
 * `PROGRAM` is `program` where nobody gives another).
 */
export function target(instructions: readonly Instruction[], name: string): Instruction[] {
  const begins = instructions.findIndex((one) => one.name === "FROM" && new RegExp(` AS ${name}$`, "i").test(one.rest));
  if (begins < 0) throw new Error(`the Dockerfile has no target ${name}`);
  const after = instructions.findIndex((one, index) => index > begins && one.name === "FROM");
  const own = instructions.slice(begins, after < 0 ? undefined : after);
  const [base = ""] = (own[0]?.rest ?? "").split(" ");
  return [...(base === `\${BUN_IMAGE}` ? [] : target(instructions, base === `\${PROGRAM}` ? "program" : base)), ...own];
}

/** The files of a context that an image gets, and where. */
export function copiedFiles(instructions: readonly Instruction[], context: string) {
  return copies(instructions).flatMap(({ mode, source, target }) =>
    [...new Glob(source).scanSync(context)].map((file) => ({
      mode,
      source: file,
      target: target.endsWith("/") ? `${target}${basename(file)}` : target,
    })),
  );
}

/** What `COPY --chmod=MODE SOURCE… TARGET` puts where. */
export function copies(instructions: readonly Instruction[]): { mode: number; source: string; target: string }[] {
  return instructions.flatMap(({ name, rest }) => {
    if (name !== "COPY") return [];
    const words = rest.split(/\s+/);
    const mode = words.find((word) => word.startsWith("--chmod="))?.slice("--chmod=".length) ?? "0644";
    const [target = "", ...sources] = words.filter((word) => !word.startsWith("--")).reverse();
    return sources.map((source) => ({ mode: Number.parseInt(mode, 8), source, target }));
  });
}
