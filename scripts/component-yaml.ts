import { stringify } from "yaml";
import { ENVIRONMENT_PREFIX, FILE_PREFIX, INSTANCES } from "../lib/domain/instance.ts";
import { DRY_RUN_FOLDER } from "../lib/pipeline/dry-run-results.ts";
import { describeInputs } from "../lib/pipeline/parse-inputs.ts";
import type { Needs, Stage } from "../lib/pipeline/stage.ts";
import { CI_FOLDER } from "../lib/remotes/gitlab/ci-job.ts";
import { HANDOVER_FILE } from "../lib/remotes/gitlab/hand-over.ts";
import { RULES_FOLDER } from "../lib/storage/kept-rules.ts";
import { componentInputs, jobSuffix } from "./component-inputs.ts";
import { jobScript } from "./job-script.ts";

/** The image's user is not root: GitLab gives it the files that it fetched (artifacts are readable by their owner only). */
export const JOB_VARIABLES = { FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR: "true" };

/** Only failures of the runner: whatever zdsync itself ends with, the next scheduled run deals with. */
export const RETRY = { max: 1, when: ["runner_system_failure", "scheduler_failure"] };

/**
 * A stage as a GitLab CI/CD component. Its jobs publish no dotenv report: variables of one job must not speak to another, which may
 * hold other secrets. Where they need one, in a chain of projects, chain-yaml.ts adds it.
 */
export function componentYaml(stage: Stage): string {
  const spec = { spec: { inputs: componentInputs(stage) } };
  const name = `$[[ inputs.job-prefix ]]${jobSuffix(stage)}`;
  return `${header(stage)}${yaml(spec)}---\n${yaml({ [name]: job(stage) })}`;
}

function job(stage: Stage) {
  return {
    stage: "$[[ inputs.stage ]]",
    image: { name: "$[[ inputs.image ]]", entrypoint: [""] },
    rules: "$[[ inputs.rules ]]",
    needs: "$[[ inputs.needs ]]",
    timeout: "$[[ inputs.timeout ]]",
    interruptible: !stage.writes,
    // One at a time for each Zendesk instance, whichever stage or pipeline of the project it is.
    ...(stage.writes ? { resource_group: `zdsync-${instanceOf(stage)}`, allow_failure: { exit_codes: [3] } } : {}),
    // No deployment; but variables can be scoped to the job by it.
    environment: { name: `$[[ inputs.environment ]]/${jobSuffix(stage)}`, action: "access" },
    retry: RETRY,
    ...cache(stage),
    variables: JOB_VARIABLES,
    script: [
      jobScript(stage.name, describeInputs(stage.inputs), {
        ZDSYNC_GITLAB_JOB: "true",
        ZDSYNC_ORDERS: "$[[ inputs.orders ]]",
        ZDSYNC_TRANSPORT: "$[[ inputs.transport ]]",
      }),
    ],
    artifacts: {
      when: "always",
      access: "$[[ inputs.access ]]",
      expire_in: "$[[ inputs.expire-in ]]",
      paths: [...artifactPaths(stage), `${CI_FOLDER}/${HANDOVER_FILE}`],
      ...(makesChanges(stage) ? { reports: reports() } : {}),
    },
  };
}

/**
 * A cache may hold what earlier runs left: settled contacts only spare look-ups, so a runner that has none asks more; known merges only
 * hold marks back; known accounts only say what need not be read twice. GitLab keeps the caches of protected branches apart from the others.
 */
function cache({ memory, inputs }: Stage) {
  if (!memory) return {};
  const key = `zdsync-${memory.name}${"instance" in inputs.entries ? "-$[[ inputs.instance ]]" : ""}`;
  const paths = memory.files.map((file) => `$[[ inputs.data-dir ]]/${file}`);
  return { cache: { key, paths, policy: memory.use === "reads" ? "pull" : "pull-push", when: "always" } };
}

function instanceOf(stage: Stage): string {
  if ("instance" in stage.inputs.entries) return "$[[ inputs.instance ]]";
  return stage.needs({} as never).zendesk?.[0] ?? "global";
}

/** Files the stage makes and hands on, with their manifests; `<i>` cannot be derived from the input, so both names are listed. */
function artifactPaths(stage: Stage): string[] {
  const files = [...stage.makes, ...(stage.handsOn ?? []).map(({ file }) => file)];
  const names = files.flatMap(ofEachInstance).flatMap((name) => {
    return name.includes(".manifest.") ? [name] : [name, name.replace(/\.json$/, ".manifest.json")];
  });
  const dryRun = stage.writes ? [`${DRY_RUN_FOLDER}/`] : [];
  // `explain --pipeline` decides by the rules that the run used.
  const rules = stage.makes.includes("process_<i>_notes.json") ? [`${RULES_FOLDER}/`] : [];
  const reports = makesChanges(stage) ? ["*_report.md", "*_report.html", "history/"] : [];
  return [...names, ...rules, ...dryRun, ...reports].map((name) => `$[[ inputs.data-dir ]]/${name}`);
}

/** True if something is compared or written, and reported. */
function makesChanges({ makes }: Stage): boolean {
  return makes.some((name) => /_changeset|_results/.test(name));
}

/** A file of one instance: a job has that of its own instance only. */
function ofEachInstance(name: string): string[] {
  return name.includes("<i>") ? INSTANCES.map((instance) => name.replace("<i>", FILE_PREFIX[instance])) : [name];
}

/** Reports that GitLab shows for a comparison. */
function reports(): Record<string, string> {
  return { junit: `${CI_FOLDER}/junit.xml`, annotations: `${CI_FOLDER}/annotations.json` };
}

function header(stage: Stage): string {
  return [
    "# Generated from the stage's inputs.ts and main.ts by `bun run generate`; do not edit.",
    `# ${stage.summary}.`,
    ...secretLines(stage).map((line) => `# ${line}`),
    "",
  ].join("\n");
}

/** Settings of the stage, for people: which variables of the project it reads. */
export function secretLines(stage: Stage): string[] {
  const needs = INSTANCES.map((instance): Needs => stage.needs({ instance } as never));
  const zendesk = [...new Set(needs.flatMap((need) => need.zendesk ?? []))].map((one) => ENVIRONMENT_PREFIX[one]);
  const [need] = needs;
  const lines = [
    ...(need?.salesforce ? ["SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET (masked)"] : []),
    ...zendesk.map((one) => `${one}_URL, ${one}_CLIENT_ID, ${one}_CLIENT_SECRET (masked)`),
    ...(need?.overrides ? ["OVERRIDES_FILE, or OVERRIDES_PROJECT and OVERRIDES_TOKEN (masked)"] : []),
    ...(need?.slack ? ["optional: SLACK_CHANNEL, SLACK_BOT_TOKEN (masked)"] : []),
  ];
  if (lines.length === 0) return ["Needs no credentials."];
  return [
    "CI/CD variables of the project that includes it (secrets masked and protected, never inputs):",
    ...lines.map((line) => `  ${line}`),
  ];
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
