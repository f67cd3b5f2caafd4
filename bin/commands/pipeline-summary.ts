import * as v from "valibot";
import { countResults } from "../../lib/artifacts/results.ts";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { COMPARISONS, type Comparison } from "../../lib/changesets/comparison.ts";
import { resultsName } from "../../lib/changesets/finish.ts";
import type { Effect } from "../../lib/domain/limits.ts";
import { ConfigurationError, EXIT, type ExitCode, messageOf, type Problem } from "../../lib/errors.ts";
import { ciJob } from "../../lib/gitlab/ci-job.ts";
import { namePipeline } from "../../lib/gitlab/job-files.ts";
import { dataDir } from "../../lib/stage/inputs.ts";
import { parseInputs } from "../../lib/stage/parse-inputs.ts";
import type { ComparisonReport, StageReport } from "../../lib/stage/stage.ts";
import { renderComparisons } from "../../lib/terminal/summary.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { writeReport } from "./write-report.ts";

const inputs = v.object({ "data-dir": dataDir });

/** The last job of a pipeline: reads what all stages left in the data directory; changes nothing but the pipeline's name. */
export const pipelineSummary: LoadedCommand = {
  inputs,
  examples: ["zdsync pipeline-summary", "zdsync pipeline-summary --data-dir data --json"],
  run: summarize,
};

async function summarize({ given, json, shell }: Call): Promise<ExitCode> {
  const store = new ArtifactStore(parseInputs(inputs, given, shell.env)["data-dir"]);
  const reports: StageReport[] = [];
  for (const name of COMPARISONS) {
    const report = await reportOf(store, name);
    if (report) reports.push(report);
  }
  const comparisons = reports.flatMap((report) => report.comparison ?? []);
  const name = pipelineName(comparisons);
  const [first] = reports;
  if (first) await writeReport(store, { run_id: first.run_id, today: first.today, hosts: name }, reports);
  if (json) shell.output.out(JSON.stringify({ exit: EXIT.done, name, comparisons }));
  else shell.output.out(comparisons.length > 0 ? `${renderComparisons(comparisons)}\n\n${name}` : name);
  await rename(name, shell.env, shell.output.err);
  return EXIT.done;
}

/** A name that is not set is no reason to fail: everything of importance is done by then. */
async function rename(name: string, env: Call["shell"]["env"], err: (text: string) => void): Promise<void> {
  const problems: Problem[] = [];
  const job = ciJob(env, problems);
  if (!job?.token) return;
  try {
    if (problems.length > 0) throw new ConfigurationError(problems);
    const status = await namePipeline(job, name);
    if (status >= 400) err(`warning: GitLab answered ${status}: the pipeline keeps its name.`);
  } catch (error) {
    err(`warning: the pipeline keeps its name: ${messageOf(error)}`);
  }
}

/** `zdsync: 12 created, 40 updated, 3 marked, 0 failed`; what was refused or not written is said too. */
export function pipelineName(comparisons: readonly ComparisonReport[]): string {
  if (comparisons.length === 0) return "zdsync: nothing was compared";
  const sum = (count: (comparison: ComparisonReport) => number) =>
    comparisons.reduce((total, comparison) => total + count(comparison), 0);
  const applied = (effect: "create" | "update" | "mark") => sum(({ results }) => results?.[effect].applied ?? 0);
  const failed = sum(({ results }) =>
    Object.values(results ?? {}).reduce((total, { failed: some }) => total + some, 0),
  );
  const refused = comparisons.filter((comparison) => comparison.refused).length;
  const unwritten = comparisons.filter((comparison) => !comparison.refused && !comparison.results).length;
  return [
    `zdsync: ${applied("create")} created`,
    `${applied("update")} updated`,
    `${applied("mark")} marked`,
    `${failed} failed`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(unwritten > 0 ? [`${unwritten} not written`] : []),
  ].join(", ");
}

/** What the files say of one comparison; null where it was not made. */
async function reportOf(store: ArtifactStore, name: Comparison): Promise<StageReport | null> {
  const manifest = await store.readChangesetManifest(name);
  if (!manifest) return null;
  const written = await Bun.file(store.path(resultsName(name))).exists();
  const records = written ? (await store.readRecords(resultsName(name))).records : [];
  const count = (effect: "create" | "update" | "mark" | "contact") => countResults(records, effect);
  const measures = manifest.limits.map((one) => ({
    ...one,
    effect: one.effect as Effect,
    limitText: one.limit === null ? "none" : String(one.limit),
  }));
  const over = measures
    .filter((one) => one.exceeded)
    .map((one) => `${one.count} ${one.effect}, limit ${one.limitText}`);
  return {
    stage: "pipeline-summary",
    run_id: manifest.run_id,
    today: manifest.today,
    counts: {},
    notes: {},
    comparison: {
      name,
      digest: manifest.digest,
      existing: manifest.existing,
      planned: manifest.counts,
      measures,
      ...(over.length > 0 && !written ? { refused: `Over a limit: ${over.join("; ")}. Nothing was written.` } : {}),
      ...(written
        ? {
            results: {
              create: count("create"),
              update: count("update"),
              mark: count("mark"),
              contact: count("contact"),
            },
          }
        : {}),
    },
  };
}
