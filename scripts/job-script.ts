import type { InputDescription } from "../lib/pipeline/parse-inputs.ts";
import { inputVariable } from "../lib/pipeline/parse-inputs.ts";

/** Path of the program in the image (Dockerfile): absolute, as a variable `PATH` may come from another job. */
export const PROGRAM = "/usr/local/bin/zdsync";

/**
 * Variables that stand in for inputs where none is given (interface.md): in a job they would be from anywhere. `ZDSYNC_TODAY` stays: a
 * project may set it, the first job gets nothing from others, and a later one refuses any day but that of the run (G3). So does
 * `ZDSYNC_RATE_SHARE`, which changes nothing but the pace.
 */
const NOBODY_ELSES = { ZDSYNC_DATA_DIR: "", ZDSYNC_RUN_ID: "" };

/**
 * The one command of a job. Inputs are pasted into it, in single quotes, and never declared as `variables:`: those give way to what
 * any earlier job publishes as a dotenv report. Nothing that an input's pattern lets through ends a quotation (test/gitlab/lint.ts).
 *
 * @param settings variables of the job besides its inputs; text that GitLab fills in, or words of ours
 */
export function jobScript(
  command: string,
  inputs: readonly InputDescription[],
  settings: Readonly<Record<string, string>> = {},
): string {
  const given = inputs.map(({ name }) => [inputVariable(name), `$[[ inputs.${name} ]]`] as const);
  const variables = [...Object.entries({ ...NOBODY_ELSES, ...settings }), ...given].map(
    ([name, value]) => `${name}='${value}'`,
  );
  return [...variables, `${PROGRAM} ${command}`].join(" \\\n");
}
