import { basename, relative } from "node:path";

/** What a person types to start this program; commands that are told to be typed begin with it. */
let name = "zdsync";

/** What starts this program: `zdsync`, or in a checkout `bun bin/zdsync.ts`. */
export function programName(): string {
  return name;
}

/** Told once, when the program starts. */
export function startedAs(startedName: string): void {
  name = startedName;
}

/**
 * The name by which a program was started. Bun's `argv` has the script's real path also where a link on the `PATH` was typed; the shell's
 * `_` has what was typed. Pure.
 *
 * @param argv as `process.argv`: the runtime, the script, …
 * @param typed the environment's `_`
 */
export function nameOfProgram(argv: readonly string[], typed: string | undefined, directory: string): string {
  const script = argv[1] ?? "";
  if (basename(script) !== "zdsync.ts" || basename(typed ?? "") === "zdsync") return "zdsync";
  const path = relative(directory, script);
  return `bun ${path.startsWith("..") ? script : path}`;
}
