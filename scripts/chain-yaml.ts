import { stringify } from "yaml";
import { inputs as writingInputs } from "../actions/partner-sync/inputs.ts";
import { FILE_PREFIX, type InstanceName } from "../lib/domain/instance.ts";
import { describeInputs, type InputDescription } from "../lib/pipeline/parse-inputs.ts";
import { type ChainProject, chainProjects, jobName, type StageName } from "../lib/pipeline/stage-graph.ts";
import { CI_FOLDER, orderVariable, TRANSPORTS } from "../lib/remotes/gitlab/ci-job.ts";
import { HANDOFF_FILE, variablePrefix } from "../lib/remotes/gitlab/hand-over.ts";
import { IMAGE_INPUT, stageInput } from "./component-inputs.ts";

const HEAD =
  "# Generated from scripts/chain-yaml.ts by `bun run generate`; do not edit. How to use it: docs/gitlab.md.\n";
/** Joined to the job that the component makes: the exact job that the next project fetches from, for the job that starts it. */
const HANDS_ON = { artifacts: { reports: { dotenv: `${CI_FOLDER}/${HANDOFF_FILE}` } } };

const PROJECT_PATH = "^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){1,20}$";
const ONLY_WHEN_TRIGGERED = [{ if: '$CI_PIPELINE_SOURCE == "pipeline"' }];

/** Inputs of every file in the chain that starts another project. */
const TRIGGER_INPUTS = {
  branch: {
    type: "string",
    default: "main",
    regex: "^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$",
    description: "Branch of the next project to run on",
  },
  strategy: {
    type: "string",
    default: "mirror",
    options: ["mirror", "depend"],
    description:
      "How a job waits for the project it started: depend before GitLab 18.2. Without waiting, runs would overlap",
  },
};

/** Every file of `.gitlab/ci/multi-project/` by name. */
export function chainYamls(): [string, string][] {
  return [
    ["start.yml", start()],
    ...chainProjects().map((project): [string, string] => [`${project.name}.yml`, chainProject(project)]),
  ];
}

function nextInput(project: string) {
  return { type: "string", regex: PROJECT_PATH, description: `Full path of the project that runs ${project}` };
}

function trigger(project: string) {
  return {
    project: `$[[ inputs.${project}-project ]]`,
    branch: "$[[ inputs.branch ]]",
    strategy: "$[[ inputs.strategy ]]",
    // What earlier projects hand over, and the orders of the run, go on to the end of the chain.
    forward: { yaml_variables: true, pipeline_variables: true },
  };
}

/** The one project with a schedule: its job holds the lock of the whole chain until the last project is done. */
function start(): string {
  const orders = describeInputs(writingInputs).filter(({ name }) => !["data-dir", "run-id"].includes(name));
  const inputs = {
    "gather-accounts-project": nextInput("gather-accounts"),
    ...TRIGGER_INPUTS,
    ...Object.fromEntries(orders.map((input) => [input.name, stageInput(input)])),
  };
  const job = {
    stage: "deploy",
    rules: [{ if: "$CI_PIPELINE_SOURCE =~ /^(?:schedule|web|api|trigger)$/" }],
    resource_group: "zdsync-chain",
    variables: {
      [orderVariable("run-id")]: "pipeline-$CI_PIPELINE_ID",
      ...Object.fromEntries(orders.map((input) => [orderVariable(input.name), orderValue(input)])),
    },
    trigger: trigger("gather-accounts"),
  };
  return file({ inputs }, { "zdsync-chain": job });
}

function chainProject({ stage, instances, next }: ChainProject): string {
  const jobs = instances.length > 0 ? instances : [null];
  const inputs = {
    ...Object.fromEntries(next.map(({ name }) => [`${name}-project`, nextInput(name)])),
    ...(next.length > 0 ? TRIGGER_INPUTS : {}),
    image: IMAGE_INPUT,
    transport: {
      type: "string",
      default: "artifacts",
      options: TRANSPORTS,
      description: "artifacts of the exact job (GitLab Premium), or packages: the package registry (all tiers)",
    },
  };
  const include = jobs.map((instance) => ({
    local: `/templates/${stage}/template.yml`,
    inputs: {
      needs: [],
      image: "$[[ inputs.image ]]",
      transport: "$[[ inputs.transport ]]",
      orders: "chain",
      rules: ONLY_WHEN_TRIGGERED,
      ...(instance ? { instance } : {}),
    },
  }));
  const triggers = next.map(({ name, after }) => {
    const before = after ? [after] : jobs;
    return [
      `zdsync-start-${name}`,
      {
        stage: "deploy",
        needs: before.map((instance) => jobOf(stage, instance)),
        rules: ONLY_WHEN_TRIGGERED,
        variables: Object.fromEntries(before.map((instance) => handOver(stage, instance))),
        trigger: trigger(name),
      },
    ];
  });
  const handing = next.length > 0 ? jobs.map((instance) => [jobOf(stage, instance), HANDS_ON] as const) : [];
  return file({ inputs }, { include, ...Object.fromEntries(handing), ...Object.fromEntries(triggers) });
}

function jobOf(stage: StageName, instance: InstanceName | null): string {
  return `zdsync-${jobName(stage, instance)}`;
}

/**
 * GitLab keeps the type of an input that stands alone, and takes no boolean for a variable
 * (Gitlab::Config::Entry::LegacyValidationHelpers): the blank makes it text, and the program trims it.
 */
function orderValue({ name, flag }: InputDescription): string {
  return `${flag ? " " : ""}$[[ inputs.${name} ]]`;
}

/** The dotenv variable of a job becomes the variable that the next projects read. */
function handOver(stage: StageName, instance: InstanceName | null): [string, string] {
  const prefix = variablePrefix(stage, instance && FILE_PREFIX[instance]);
  return [`ZDSYNC_HANDOVER_${prefix}`, `$${prefix}_HANDOVER`];
}

function file(spec: unknown, body: unknown): string {
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return `${HEAD}${yaml({ spec })}---\n${yaml(body)}`;
}
