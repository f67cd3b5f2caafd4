import { join } from "node:path";
import * as v from "valibot";
import { toDay } from "../../lib/domain/dates.ts";
import { ConfigurationError, type ExitCode } from "../../lib/errors.ts";
import { dataDir, TRUE_OR_FALSE } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { type MergeRequests, mergeRequests } from "../../lib/remotes/gitlab/merge-requests.ts";
import { fetchNewestData } from "../../lib/remotes/gitlab/newest-data.ts";
import { type RulesSettings, rulesSettings } from "../../lib/remotes/gitlab/rules-settings.ts";
import { headline } from "../../lib/report/headline.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import { checkNewRules } from "../../lib/simulate/check-new-rules.ts";
import { readGatheredWorld } from "../../lib/simulate/read-world.ts";
import { type SimulatedReport, simulatedReport } from "../../lib/simulate/simulated-report.ts";
import { NOTE_MARKER, simulationLines, simulationNote } from "../../lib/simulate/simulation-note.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { parseRules, type RuleTexts } from "../../lib/storage/kept-rules.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { writeSimulation } from "./write-simulation.ts";

/** Everything a caller may say about a merge request: a number and a commit, nothing that could become a path or a command. */
export const inputs = v.object({
  "data-dir": dataDir,
  "merge-request": v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,8}$/, "the number of a merge request"),
    v.metadata({ pattern: "^[1-9]\\d{0,8}$" }),
    v.description("Number (iid) of the merge request in RULES_PROJECT"),
  ),
  commit: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{40}$/, "a commit of 40 hexadecimal digits"),
    v.metadata({ pattern: "^[0-9a-f]{40}$" }),
    v.description("Its head commit, from which the rules are taken; any other commit is refused"),
  ),
  "report-us-government": v.optional(
    v.pipe(
      TRUE_OR_FALSE,
      v.description(
        "Name customers of us-government in report and page; otherwise only counts and the ids in the note mention them",
      ),
    ),
    "false",
  ),
});

/**
 * Says on a merge request of the rules' project what it would do to customers: one note, updated in place, with counts and ids only.
 * Runs in a protected pipeline of the sync's project, on what its newest run gathered. Never throws.
 */
async function simulateMergeRequest({ given, json, shell }: Call): Promise<ExitCode> {
  try {
    const asked = parseInputs(inputs, given, shell.env);
    const settings = await rulesSettings(shell.env);
    const requests = mergeRequests(settings.rules, shell.timing ?? {});
    const iid = Number(asked["merge-request"]);
    const texts = await readTexts(requests, { iid, commit: asked.commit, settings });
    const say = (text: string) => requests.say(iid, NOTE_MARKER, text);
    await checkNewRules(texts.before, texts.after, { commit: asked.commit, say });
    await fetchNewestData(settings.data, asked["data-dir"], shell.timing ?? {});
    const simulated = await simulateTexts(texts, asked, shell);
    const { model, exit } = simulated;
    const directory = asked["data-dir"];
    const files = await writeSimulation(simulated, directory, join(directory, "simulation", "junit.xml"));
    const done = await say(simulationNote(model, { commit: asked.commit, page: pageOf(shell, files.page) }));
    shell.output.out(
      json
        ? JSON.stringify({ exit, note: done, files })
        : [headline(model), ...simulationLines(model), `Note ${done} on merge request ${iid}.`].join("\n"),
    );
    return exit;
  } catch (error) {
    return reportError(error, { ...shell, json });
  }
}

async function simulateTexts(
  { before, after }: Texts,
  asked: v.InferOutput<typeof inputs>,
  { env, clock }: Shell,
): Promise<SimulatedReport> {
  const startedAt = clock();
  const { run_id, world } = await readGatheredWorld(new ArtifactStore(asked["data-dir"]), toDay(startedAt));
  return simulatedReport(world, {
    before,
    changed: after,
    namesUsGovernment: asked["report-us-government"] || world.organizations.global === undefined,
    about: {
      command: "zdsync simulate-merge-request",
      run_id,
      hosts: hostNames(env, parseRules(before).config),
      started_at: startedAt.toISOString(),
      started_by: null,
    },
  });
}

interface Texts {
  before: RuleTexts;
  after: Partial<RuleTexts>;
}

/**
 * The rules where the merge request branched off, and at its head. What its project does not have is the sync's own, before and after.
 * Throws where the merge request is not open at that commit: a newer one gets a pipeline of its own.
 */
async function readTexts(
  requests: MergeRequests,
  { iid, commit, settings }: { iid: number; commit: string; settings: RulesSettings },
): Promise<Texts> {
  const request = await requests.find(iid);
  if (
    request.state !== "opened" ||
    request.target_branch !== settings.target ||
    request.sha !== commit ||
    request.diff_refs?.head_sha !== commit
  )
    throw new ConfigurationError([
      {
        where: "commit",
        what: `is not, or is no longer, the head of an open merge request ${iid} into ${settings.target}: nothing was simulated`,
      },
    ]);
  const base = request.diff_refs.base_sha;
  const { paths } = settings;
  const [plansBefore, plans] = [await requests.fileAt(paths.plans, base), await requests.fileAt(paths.plans, commit)];
  if (plansBefore === null || plans === null)
    throw new ConfigurationError([
      { where: "RULES_PLANS_PATH", what: `${paths.plans} is not in ${settings.rules.project}` },
    ]);
  const named = (name: string, text: string | null) => (text === null ? null : { name, text });
  const overrides = [await requests.fileAt(paths.overrides, base), await requests.fileAt(paths.overrides, commit)];
  const config = [await requests.fileAt(paths.config, base), await requests.fileAt(paths.config, commit)];
  return {
    before: {
      plans: { name: paths.plans, text: plansBefore },
      overrides: named(paths.overrides, overrides[0] ?? null),
      config: named(paths.config, config[0] ?? null) ?? settings.ownConfig,
    },
    after: {
      plans: { name: paths.plans, text: plans },
      overrides: named(paths.overrides, overrides[1] ?? null),
      config: named(paths.config, config[1] ?? null) ?? settings.ownConfig,
    },
  };
}

/** The page among this job's artifacts; null outside of GitLab. */
function pageOf({ env }: Shell, page: string): string | null {
  const { CI_PROJECT_URL: project, CI_JOB_ID: job } = env;
  return project && job && /^\d+$/.test(job) ? `${project}/-/jobs/${job}/artifacts/file/${page}` : null;
}

export const simulationOfMergeRequest: LoadedCommand = {
  inputs,
  examples: ["zdsync simulate-merge-request --merge-request 12 --commit 5f2d…"],
  run: simulateMergeRequest,
};
