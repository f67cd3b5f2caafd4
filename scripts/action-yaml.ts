import { stringify } from "yaml";
import { describeInputs, inputVariable } from "../lib/stage/parse-inputs.ts";
import type { Stage } from "../lib/stage/stage.ts";

const HEAD = "# Generated from inputs.ts and main.ts by `bun run generate`; do not edit.\n";

/** A stage as a reusable composite action. No input is pasted into a shell: all of them go through the environment. */
export function actionYaml(stage: Stage): string {
  const inputs = describeInputs(stage.inputs);
  const action = {
    name: `zdsync ${stage.name}`,
    description: stage.summary,
    inputs: Object.fromEntries(
      inputs.map(({ name, description, required, default: byDefault, options }) => [
        name,
        {
          description: options ? `${description} (${options.join(", ")})` : description,
          required,
          ...(byDefault === undefined ? {} : { default: byDefault }),
        },
      ]),
    ),
    outputs: {
      "run-id": { description: "The run this stage worked on", value: `\${{ steps.stage.outputs.run-id }}` },
      digest: {
        description: "Digest of the changeset, where the stage made or applied one",
        value: `\${{ steps.stage.outputs.digest }}`,
      },
    },
    runs: {
      using: "composite",
      steps: [
        {
          id: "stage",
          shell: "bash",
          run: 'bun "$GITHUB_ACTION_PATH/main.ts"',
          env: Object.fromEntries(inputs.map(({ name }) => [inputVariable(name), `\${{ inputs.${name} }}`])),
        },
      ],
    },
  };
  return HEAD + stringify(action, { lineWidth: 0 });
}
