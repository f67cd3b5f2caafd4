import { stringify } from "yaml";
import { simulation } from "../bin/commands/simulate-command.ts";
import { inputs } from "../bin/commands/simulate-merge-request-command.ts";
import { describeInputs } from "../lib/pipeline/parse-inputs.ts";
import type { Stage } from "../lib/pipeline/stage.ts";
import { actionYaml } from "./action-yaml.ts";
import { componentInputs, stageInput } from "./component-inputs.ts";
import { JOB_VARIABLES, RETRY } from "./component-yaml.ts";
import { jobScript } from "./job-script.ts";

/** Inputs about the job that it has in common with the components of stages. */
const SHARED = ["stage", "job-prefix", "image", "timeout", "expire-in", "access", "environment"] as const;

/** Only where somebody asks for a simulation by a trigger: an ordinary pipeline has no merge request to speak of. */
const ASKED = '$CI_PIPELINE_SOURCE == "trigger" && "$[[ inputs.merge-request ]]" != ""';

const HEAD = `# Generated from bin/commands/simulate-merge-request-command.ts by \`bun run generate\`; do not edit.
# Says on a merge request of the rules' project what it would do to customers. Belongs into a protected project of its own
# (docs/rules.md), never into the rules' project: CI/CD variables there (protected, the tokens masked) are
#   RULES_PROJECT, RULES_TOKEN (scope api, role Reporter in the rules' project)
#   GITLAB_PROJECT, GITLAB_READ_TOKEN (scope read_api in the project of the sync)
`;

/** The component of a job that simulates a merge request. The two words that anybody may say have patterns of their own. */
export function simulateComponent(stages: readonly Stage[]): string {
  const [stage] = stages;
  if (!stage) throw new Error("there are no stages");
  const shared = componentInputs(stage);
  const own = describeInputs(inputs).map((input): [string, unknown] => {
    const { regex, ...rest } = stageInput(input);
    // Empty where nobody asks: the job is left out then.
    const asked = input.required ? { default: "", regex: regex?.replace(/^\^(.*)\$$/, "^(?:$1)?$") } : { regex };
    return [input.name, { ...rest, ...asked }];
  });
  const spec = {
    spec: { inputs: { ...Object.fromEntries(SHARED.map((name) => [name, shared[name]])), ...Object.fromEntries(own) } },
  };
  const job = {
    stage: "$[[ inputs.stage ]]",
    image: { name: "$[[ inputs.image ]]", entrypoint: [""] },
    rules: [{ if: ASKED }],
    needs: [],
    timeout: "$[[ inputs.timeout ]]",
    interruptible: true,
    retry: RETRY,
    environment: { name: "$[[ inputs.environment ]]/simulate", action: "access" },
    variables: JOB_VARIABLES,
    script: [jobScript("simulate-merge-request", describeInputs(inputs), { ZDSYNC_GITLAB_JOB: "true" })],
    // Over the limits is an answer, not a failure of the job.
    allow_failure: { exit_codes: [4] },
    artifacts: {
      when: "always",
      access: "$[[ inputs.access ]]",
      expire_in: "$[[ inputs.expire-in ]]",
      paths: ["$[[ inputs.data-dir ]]/simulation/"],
      reports: { junit: "$[[ inputs.data-dir ]]/simulation/junit.xml" },
    },
  };
  return `${HEAD}${yaml(spec)}---\n${yaml({ "$[[ inputs.job-prefix ]]simulate": job })}`;
}

/** `zdsync simulate` as a composite action, on the data of a run; what it leaves to be said lies in `simulation/note.md`. */
export function simulateAction(): string {
  return actionYaml({
    name: "simulate",
    summary: "Says what new plans, overrides or settings alone would do to customers, on the data of a run",
    inputs: simulation.inputs,
    outputs: {
      note: {
        description: "File with counts and ids only, to be posted",
        value: `\${{ inputs.data-dir }}/simulation/note.md`,
      },
    },
    credentials: {
      GITHUB_TOKEN: {
        input: "token",
        description: "Token that comments on the pull request: the job's own, with permissions: pull-requests: write",
        default: `\${{ github.token }}`,
      },
    },
  });
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
