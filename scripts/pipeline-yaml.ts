import * as v from "valibot";
import { stringify } from "yaml";
import { inputs as summaryInputs } from "../bin/commands/pipeline-summary.ts";
import { loadStage } from "../bin/stages.ts";
import { INSTANCES, type InstanceName } from "../lib/domain/instance.ts";
import { reportUsGovernment } from "../lib/pipeline/inputs.ts";
import { describeInputs } from "../lib/pipeline/parse-inputs.ts";
import { type StageJob, stageJobs } from "../lib/pipeline/stage-graph.ts";
import { CI_FOLDER } from "../lib/remotes/gitlab/ci-job.ts";
import { SLACK_PAGE } from "../lib/report/slack-page.ts";
import { RUN_RECORD } from "../lib/storage/runs/run-record.ts";
import { type ComponentInput, componentInputs, stageInput } from "./component-inputs.ts";
import { JOB_VARIABLES } from "./component-yaml.ts";
import { jobScript } from "./job-script.ts";

/** Inputs a person may set for the whole pipeline, passed to every component that has an input of that name. */
const SHARED = [
  "stage",
  "image",
  "timeout",
  "expire-in",
  "access",
  "environment",
  "data-dir",
  "run-id",
  "today",
] as const;
const ORDERS = ["dry-run", "allow", "at-most", "expect", "max-age", "deadline", "rate-share"] as const;

/** Not on a push: only when somebody or something asks for a run. */
const ASKED = "$CI_PIPELINE_SOURCE =~ /^(?:schedule|web|api|trigger|pipeline|parent_pipeline)$/";

/** Which instances a run is for. */
const INSTANCES_INPUT: ComponentInput = {
  type: "string",
  default: "both",
  options: ["both", ...INSTANCES],
  description: "Instances to work on; the other one's jobs are left out",
};

/**
 * The jobs of a run, with what each one reads or must come after. From `process` on no job gets what is the other instance's.
 */
const JOBS = stageJobs();

const HEAD = `# Generated from scripts/pipeline-yaml.ts by \`bun run generate\`; do not edit. How to use it: docs/gitlab.md.
# All stages as one pipeline, both instances side by side. Variables to set: docs/gitlab.md.
`;

/**
 * `.gitlab/ci/pipeline.yml`: all stages in one pipeline, for a schedule. The component `full-pipeline` is the same text, so that the catalog
 * has it with its versions; what a component includes by `local` comes from its own project and commit (facts/gitlab-ci.md 1).
 */
export async function pipelineYaml(): Promise<string> {
  const include = await Promise.all(JOBS.map(component));
  const body = { include, "$[[ inputs.job-prefix ]]summary": summary() };
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return `${HEAD}${yaml({ spec: { inputs: await pipelineInputs() } })}---\n${yaml(body)}`;
}

/** The inputs of the whole pipeline. */
export async function pipelineInputs(): Promise<Record<string, ComponentInput>> {
  const writing = componentInputs(await loadStage("sync"));
  const inputs = Object.fromEntries(
    [...SHARED, "job-prefix", ...ORDERS].map((name) => [name, pipelineInput(name, writing)]),
  );
  const ofReport = describeInputs(v.object({ "report-us-government": reportUsGovernment })).map(stageInput);
  const [reportInput] = ofReport;
  return {
    ...inputs,
    instances: INSTANCES_INPUT,
    ...(reportInput ? { "report-us-government": reportInput } : {}),
  };
}

function pipelineInput(name: string, writing: Awaited<ReturnType<typeof componentInputs>>) {
  const input = writing[name];
  if (!input) throw new Error(`no component has an input ${name}`);
  if (name === "job-prefix") return { ...input, description: "How the names of all jobs begin" };
  return input;
}

async function component({ stage, instance, isTold, needs }: StageJob) {
  const own = new Set(describeInputs((await loadStage(stage)).inputs).map(({ name }) => name));
  const orders = ORDERS.filter((name) => own.has(name));
  return {
    local: `/templates/${stage}/template.yml`,
    inputs: {
      ...Object.fromEntries([...SHARED, "job-prefix", ...orders].map((name) => [name, `$[[ inputs.${name} ]]`])),
      ...(isTold ? { instance } : {}),
      needs: needs.map((name) => `$[[ inputs.job-prefix ]]${name}`),
      rules: [{ if: askedFor(instance) }],
    },
  };
}

/** When a job runs: on a run that was asked for, unless it is of the instance that was left out. */
function askedFor(instance: InstanceName | null): string {
  if (!instance) return ASKED;
  const [other] = INSTANCES.filter((one) => one !== instance);
  return `${ASKED} && "$[[ inputs.instances ]]" != "${other}"`;
}

/** Rule for when the report names the customers of us-government: only then does its job get that instance's Zendesk data. */
const NAMES_US_GOVERNMENT =
  '"$[[ inputs.report-us-government ]]" == "true" || "$[[ inputs.instances ]]" == "us-government"';

/**
 * Runs whatever became of the others: one report, with why each row that matters is as it is, and the pipeline's name with its counts.
 * So it needs what the rows were decided from, but nothing that was read from an instance that it leaves out (decision 39).
 */
function summary() {
  const needs = (jobs: readonly StageJob[]) =>
    jobs.map(({ name, instance }) => ({
      job: `$[[ inputs.job-prefix ]]${name}`,
      // Those of an instance may be left out.
      optional: instance !== null,
    }));
  const byDefault = JOBS.filter(({ stage, instance }) => stage !== "gather-orgs" || instance === "global");
  return {
    stage: "$[[ inputs.stage ]]",
    image: { name: "$[[ inputs.image ]]", entrypoint: [""] },
    needs: needs(byDefault),
    rules: [
      { if: `${ASKED} && (${NAMES_US_GOVERNMENT})`, when: "always", needs: needs(JOBS) },
      { if: ASKED, when: "always" },
    ],
    timeout: "10 minutes",
    interruptible: true,
    variables: JOB_VARIABLES,
    script: [jobScript("pipeline-summary", describeInputs(summaryInputs))],
    artifacts: {
      when: "always",
      access: "$[[ inputs.access ]]",
      expire_in: "$[[ inputs.expire-in ]]",
      // On a merge request (no wildcard may be among the paths).
      expose_as: "zdsync report",
      paths: ["report.html", "report.md", SLACK_PAGE, RUN_RECORD].map((name) => `$[[ inputs.data-dir ]]/${name}`),
      reports: { annotations: `${CI_FOLDER}/annotations.json` },
    },
  };
}
