import { stringify } from "yaml";
import { describeInputs, inputVariable } from "../lib/pipeline/parse-inputs.ts";
import type { Stage } from "../lib/pipeline/stage.ts";
import packageJson from "../package.json";

const HEAD = "# Generated from inputs.ts and main.ts by `bun run generate`; do not edit.\n";

/** Bun and the dependencies come first: a runner has neither, and an action's clone has no `node_modules`. */
const SET_UP = {
  shell: "bash",
  run: 'bash "$GITHUB_ACTION_PATH/../../scripts/set-up-action.sh"',
  env: { BUN_VERSION: packageJson.engines.bun },
};

/** Outputs of a stage for the steps after it. */
const OF_A_STAGE = {
  "run-id": { description: "The run this stage worked on", value: `\${{ steps.stage.outputs.run-id }}` },
  digest: {
    description: "Digest of the changeset, where the stage made or applied one",
    value: `\${{ steps.stage.outputs.digest }}`,
  },
};

/**
 * A stage as a reusable composite action, `uses: OWNER/REPOSITORY/actions/<stage>@REF`, in a workspace that may be empty. No input
 * is pasted into a shell: all of them go through the environment.
 */
export function actionYaml({
  name: command,
  summary,
  inputs: declared,
  outputs = OF_A_STAGE,
  credentials = {},
}: Pick<Stage, "name" | "summary" | "inputs"> & {
  outputs?: Record<string, { description: string; value: string }>;
  /** Inputs that are variables of the environment, as they are no words of a command line: by the variable's name. */
  credentials?: Record<string, { input: string; description: string; default: string }>;
}): string {
  const inputs = describeInputs(declared);
  const action = {
    name: `zdsync ${command}`,
    description: summary,
    inputs: Object.fromEntries([
      ...inputs.map(({ name, description, required, default: byDefault, options }) => [
        name,
        {
          description: options ? `${description} (${options.join(", ")})` : description,
          required,
          ...(byDefault === undefined ? {} : { default: byDefault }),
        },
      ]),
      ...Object.values(credentials).map(({ input, ...rest }) => [input, { required: false, ...rest }]),
    ]),
    outputs,
    runs: {
      using: "composite",
      steps: [
        SET_UP,
        {
          id: "stage",
          shell: "bash",
          run: `sh "$GITHUB_ACTION_PATH/../../scripts/zdsync.sh" ${command}`,
          env: Object.fromEntries([
            ...inputs.map(({ name }) => [inputVariable(name), `\${{ inputs.${name} }}`]),
            ...Object.entries(credentials).map(([variable, { input }]) => [variable, `\${{ inputs.${input} }}`]),
          ]),
        },
      ],
    },
  };
  return HEAD + stringify(action, { lineWidth: 0 });
}
