import * as v from "valibot";
import { toDay } from "../../lib/domain/dates.ts";
import { ConfigurationError, type ExitCode, type Problem } from "../../lib/errors.ts";
import { allow, dataDir } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { reasonJson } from "../../lib/reasons/reason-json.ts";
import { pullRequestNotes } from "../../lib/remotes/github/pull-request-notes.ts";
import { gitHubSettings } from "../../lib/remotes/github/pull-request-settings.ts";
import { headline } from "../../lib/report/headline.ts";
import type { ReportModel } from "../../lib/report/model.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import { checkNewRules } from "../../lib/simulate/check-new-rules.ts";
import type { NewRules } from "../../lib/simulate/read-rule-files.ts";
import { readGatheredWorld } from "../../lib/simulate/read-world.ts";
import { type SimulatedReport, simulatedReport } from "../../lib/simulate/simulated-report.ts";
import { harmSummaries, NOTE_MARKER, simulationLines, simulationNote } from "../../lib/simulate/simulation-note.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { textIfFile } from "../../lib/storage/files/edited-file.ts";
import { parseRules, readKeptRules } from "../../lib/storage/kept-rules.ts";
import { startedBy } from "../../lib/storage/runs/started-by.ts";
import { commandText } from "../../lib/text/command-text.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { writeSimulation } from "./write-simulation.ts";

const file = (what: string) => v.optional(v.pipe(v.string(), v.description(what)), "");

const inputs = v.object({
  "data-dir": dataDir,
  plans: file("The new plans (default: those kept by the run)"),
  overrides: file("The new overrides (default: those kept by the run)"),
  config: file("The new configuration (default: the one kept by the run)"),
  run: file("Require the data to be of the run with this id (default: any run in the data directory)"),
  junit: file("Also write a JUnit file with a case for each limit"),
  "pull-request": v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:[1-9]\d{0,8})?$/, "the number of a pull request"),
      v.description(
        "Post the result on this pull request of GITHUB_REPOSITORY, as one comment that is updated in place (needs GITHUB_TOKEN)",
      ),
    ),
    "",
  ),
  allow,
});

type Inputs = v.InferOutput<typeof inputs>;

/**
 * What a change of rules alone would do to customers, on what the last run gathered. Needs no credentials, but to tell a pull request; writes
 * only its own folder.
 * Never throws.
 */
async function simulateCommand({ given, json, shell }: Call): Promise<ExitCode> {
  try {
    const asked = parseInputs(inputs, given, shell.env);
    const say = sayOn(asked["pull-request"], shell);
    const simulated = await simulateFiles(asked, await readNewRules(asked), {
      shell,
      command: commandText("simulate", given),
      say,
    });
    const { model, exit } = simulated;
    const files = await writeSimulation(simulated, asked["data-dir"], asked.junit);
    const done = await say(simulationNote(model, { commit: "", page: null }));
    shell.output.out(
      json
        ? JSON.stringify({ exit, ...summary(model), files, ...(done === null ? {} : { note: done }) })
        : [
            headline(model),
            ...simulationLines(model),
            `Report, with names: ${files.markdown} · ${files.page}`,
            ...(done === null ? [] : [`Comment ${done} on pull request ${asked["pull-request"]}.`]),
          ].join("\n"),
    );
    return exit;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
}

/** Says something where the new rules are reviewed; null where nobody wants that. */
type Say = (note: string) => Promise<"created" | "updated" | null>;

/** Throws `ConfigurationError` where settings are missing. */
function sayOn(pullRequest: string, { env, timing }: Shell): Say {
  if (pullRequest === "") return async () => null;
  const notes = pullRequestNotes(gitHubSettings(env), timing ?? {});
  return (note) => notes.say(Number(pullRequest), NOTE_MARKER, note);
}

/** Simulates new rules on what a data directory holds. Throws where its artifacts or the rules cannot be used. */
async function simulateFiles(
  { "data-dir": directory, run, allow: allowed }: Pick<Inputs, "data-dir" | "run" | "allow">,
  changed: NewRules,
  { shell: { env, clock }, command, say }: { shell: Shell; command: string; say: Say },
): Promise<SimulatedReport> {
  const startedAt = clock();
  const { run_id, world } = await readGatheredWorld(new ArtifactStore(directory), toDay(startedAt));
  if (run !== "" && run !== run_id)
    throw new ConfigurationError([
      { where: "--run", what: `${directory} contains the data of run ${run_id}, not of ${run}` },
    ]);
  const kept = await readKeptRules(directory);
  if (kept === null)
    throw new ConfigurationError([
      { where: directory, what: "has no inputs/plans.yml: the run kept no rules. Run zdsync preview once" },
    ]);
  await checkNewRules(kept, changed, { commit: "", say });
  return simulatedReport(world, {
    before: kept,
    changed,
    allow: allowed,
    // As the run's own report in the same folder does.
    namesUsGovernment: true,
    about: {
      command,
      run_id,
      hosts: hostNames(env, parseRules(kept).config),
      started_at: startedAt.toISOString(),
      started_by: startedBy(env),
    },
  });
}

/** The files that were given. Throws `ConfigurationError` naming each that is not there, or that none was given. */
async function readNewRules(asked: Inputs): Promise<NewRules> {
  const rules: NewRules = {};
  const problems: Problem[] = [];
  for (const name of ["plans", "overrides", "config"] as const) {
    const path = asked[name];
    if (path === "") continue;
    const text = await textIfFile(path);
    if (text !== null) rules[name] = { text, name: path };
    else problems.push({ where: `--${name}`, what: `${path} does not exist` });
  }
  if (problems.length === 0 && Object.keys(rules).length === 0)
    problems.push({
      where: "--plans",
      what: "no rules to simulate: give at least one of --plans, --overrides, --config",
    });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return rules;
}

/** Counts and ids; names are in the report only. */
function summary(model: ReportModel) {
  return {
    run_id: model.head.run_id,
    today: model.head.today,
    headline: headline(model),
    comparisons: model.comparisons.map(({ comparison, existing, planned }) => ({ comparison, existing, planned })),
    limits: model.limits,
    harms: harmSummaries(model),
    refusals: model.head.refusals.map((one) => reasonJson(one)),
    left_out: (model.head.warnings ?? []).map((one) => reasonJson(one)),
  };
}

export const simulation: LoadedCommand = {
  inputs,
  examples: [
    "zdsync simulate --plans new.yml",
    "zdsync simulate --plans new.yml --overrides new-overrides.yml --config new-config.yml --json",
    "zdsync simulate --overrides new.yml --allow downgrades=12",
  ],
  run: simulateCommand,
};
