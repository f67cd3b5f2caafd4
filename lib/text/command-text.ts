import { programName } from "./program-name.ts";
import { shellWord } from "./shell-word.ts";

type Given = Readonly<Record<string, string | undefined>>;

/** Inputs of which each word has a flag of its own. */
const REPEATED: ReadonlySet<string> = new Set(["allow", "expect"]);
/** Flags given to a preview that must not be repeated when it is applied. */
const OF_THE_PREVIEW: ReadonlySet<string> = new Set(["dry-run", "expect", "run-id"]);

/**
 * A command as a person types it: `zdsync run --instance global --allow marks=120`.
 *
 * @param argument the input that is a word without a flag, as `LoadedCommand.argument` says
 */
export function commandText(name: string, given: Given, argument?: string): string {
  const word = argument === undefined ? undefined : given[argument];
  const flags = Object.entries(given).flatMap(([input, value]) => {
    if (value === undefined || value === "" || value === "false" || input === argument) return [];
    if (value === "true") return [`--${input}`];
    const values = REPEATED.has(input) ? value.split(/\s+/) : [value];
    return values.map((one) => `--${input} ${shellWord(one)}`);
  });
  return [programName(), name, ...(word ? [shellWord(word)] : []), ...flags].join(" ");
}

/** The command that writes exactly what a preview showed, or nothing: with its own flags, and the digest over all of its comparisons. */
export function applyCommand(given: Given, digest: string): string {
  const kept = Object.entries(given).filter(([input]) => !OF_THE_PREVIEW.has(input));
  return commandText("run", { ...Object.fromEntries(kept), expect: digest });
}
