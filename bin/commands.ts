import type { ExitCode } from "../lib/errors.ts";
import type { Shell } from "../lib/pipeline/run-stage.ts";
import type { InputsSchema } from "../lib/pipeline/stage.ts";
import { STAGE_GRAPH } from "../lib/pipeline/stage-graph.ts";
import { placeOf } from "../lib/settings/environment.ts";
import packageJson from "../package.json";
import { SANDBOX_COMMANDS } from "./sandbox-commands.ts";
import { loadStage, STAGES, type StageName } from "./stages.ts";

export const VERSION = packageJson.version;

/** A command as it was called: its name, its input and the shell it runs in. */
export interface Call {
  name: string;
  given: Record<string, string | undefined>;
  json: boolean;
  shell: Shell;
}

/** A command once it is loaded. */
export interface LoadedCommand {
  inputs: InputsSchema;
  examples: readonly string[];
  /** The input that the first word without a flag is for; absent: such words are refused. */
  argument?: string;
  /** True if that input takes all such words, one per line. */
  severalArguments?: true;
  run(call: Call): Promise<ExitCode>;
}

/** A command before it is loaded: what the list of commands says of it. */
export interface CommandDescription {
  summary: string;
  load(): Promise<LoadedCommand>;
}

/** Every command by name, in the order of `--help`. */
export const COMMANDS: Record<string, CommandDescription> = {
  run: {
    summary: "run all stages, for both instances in parallel",
    load: async () => (await import("./commands/run-command.ts")).run,
  },
  preview: {
    summary: "show what a run would change; writes nothing to any remote",
    load: async () => (await import("./commands/run-command.ts")).preview,
  },
  runs: {
    summary: "list past runs: when, started by whom, how they ended, counts",
    load: async () => (await import("./commands/runs-command.ts")).runsCommand,
  },
  explain: {
    summary: "explain why an account gets the support it has, or none: three lines, then the evidence",
    load: async () => (await import("./commands/explain-command.ts")).explainingCommand,
  },
  audit: {
    summary:
      "find wrong ids, names and users in Salesforce and Zendesk, from the last run's artifacts; changes nothing",
    load: async () => (await import("./commands/audit-command.ts")).auditCommand,
  },
  simulate: {
    summary:
      "show what new plans, overrides or settings would change for customers, on the last run's data; writes only its report",
    load: async () => (await import("./commands/simulate-command.ts")).simulation,
  },
  "simulate-merge-request": {
    summary:
      "in GitLab: comment on a merge request of the rules' project what it would change for customers (counts and ids)",
    load: async () => (await import("./commands/simulate-merge-request-command.ts")).simulationOfMergeRequest,
  },
  test: {
    summary: "run the tests of plans.yml: sample accounts and their expected support; needs no credentials",
    load: async () => (await import("./commands/test-command.ts")).testCommand,
  },
  undo: {
    summary: "revert the changes of a run, after a preview; what the run created is marked for deletion",
    load: async () => (await import("./commands/undo-command.ts")).undoing,
  },
  doctor: {
    summary: "check every setting, permission and field before the first run; changes nothing",
    load: async () => (await import("./commands/doctor-command.ts")).doctor,
  },
  bot: {
    summary: "start the Slack bot; --check verifies its settings, tokens and scopes, and changes nothing",
    load: async () => (await import("./commands/bot-command.ts")).botCommand,
  },
  "slack-manifest": {
    summary: "print the manifest for creating the bot's Slack app",
    load: async () => (await import("./commands/slack-manifest-command.ts")).slackManifestCommand,
  },
  "pipeline-summary": {
    summary: "in GitLab: write one report for all stages of a pipeline, and name the pipeline by its counts",
    load: async () => (await import("./commands/pipeline-summary.ts")).pipelineSummary,
  },
  ...SANDBOX_COMMANDS,
  ...Object.fromEntries(
    (Object.keys(STAGES) as StageName[]).map((name) => [
      name,
      { summary: stageSummary(name), load: () => loadStageCommand(name) },
    ]),
  ),
};

function stageSummary(name: StageName): string {
  const { number, does } = STAGE_GRAPH[name];
  return `${number.includes(",") ? "stages" : "stage"} ${number}: ${does}`;
}

async function loadStageCommand(name: StageName): Promise<LoadedCommand> {
  const stage = await loadStage(name);
  return {
    inputs: stage.inputs,
    examples: stage.examples,
    async run({ given, json, shell }) {
      const { runStage } = await import("../lib/pipeline/run-stage.ts");
      const { asGitlabJob } = await import("./commands/gitlab-job.ts");
      const { exit, report, dryRun } = await asGitlabJob(stage, given, shell, (inputs, where) =>
        runStage(stage, inputs, { ...where, json }),
      );
      if (!report) return exit;
      const { reportJson, failureJson } = await import("../lib/reasons/reason-json.ts");
      const { renderStage } = await import("../lib/report/terminal/summary.ts");
      const { comparison, ended } = report;
      if (json)
        shell.output.out(
          JSON.stringify({
            exit,
            report: reportJson(report),
            ...failureJson([...(comparison?.refused ?? []), ...(ended?.reasons ?? [])], placeOf(shell.env)),
          }),
        );
      else shell.output.out(renderStage(report, dryRun, placeOf(shell.env)));
      return exit;
    },
  };
}
