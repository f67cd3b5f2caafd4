import { resolve } from "node:path";
import * as v from "valibot";
import { encodeReason } from "../../lib/artifacts/reason-record.ts";
import { COMPARISON } from "../../lib/changesets/comparison.ts";
import { EXIT, type ExitCode, RefusedError } from "../../lib/errors.ts";
import { COMMON_INPUTS, UNDO_INPUTS } from "../../lib/stage/inputs.ts";
import { parseInputs } from "../../lib/stage/parse-inputs.ts";
import { reportError } from "../../lib/stage/report-error.ts";
import type { Shell } from "../../lib/stage/run-stage.ts";
import { openSession, type Session } from "../../lib/stage/session.ts";
import { throwIfStopped } from "../../lib/stage/stop.ts";
import { applyUndo } from "../../lib/undo/apply-undo.ts";
import { planUndo, type UndoPlan } from "../../lib/undo/plan-undo.ts";
import { AGAIN, countUndo, renderOutcome, renderPreview } from "../../lib/undo/render-undo.ts";
import { comparisonOf, type ResultsToUndo, readResults, undoResultsName } from "../../lib/undo/results-to-undo.ts";
import { proveInstance } from "../../lib/zendesk/prove-instance.ts";
import type { LoadedCommand } from "../commands.ts";

/** As every command that writes, and whose results. `--allow` and `--max-age` have nothing to judge: docs/safety.md, undo. */
const inputs = v.object({
  ...COMMON_INPUTS,
  results: v.pipe(
    v.string(),
    v.nonEmpty("a file"),
    v.description("Results file to undo, in the data directory or in history/<run id>/"),
  ),
  ...UNDO_INPUTS,
});

/** Previews the way back of one results file and takes it (S8). Never throws. */
export async function undoCommand(
  given: Readonly<Record<string, string | undefined>>,
  shell: Shell & { json: boolean },
): Promise<ExitCode> {
  const { output, env, clock, timing } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    const source = await readResults(asked.results);
    const session = await openSession({
      command: "undo",
      dataDir: asked["data-dir"],
      runId: asked["run-id"],
      today: asked.today,
      needs: { zendesk: [COMPARISON[comparisonOf(asked.results)].instance] },
      dryRun: asked["dry-run"],
      deadlineMs: asked.deadline,
      env,
      output,
      clock,
      timing,
    });
    try {
      return await undo(source, asked, session, shell);
    } finally {
      await session.close();
    }
  } catch (error) {
    return reportError(error, output, env);
  }
}

async function undo(
  source: ResultsToUndo,
  asked: { expect: readonly string[]; "dry-run": boolean },
  { context, stop }: Session,
  { output, json }: Shell & { json: boolean },
): Promise<ExitCode> {
  const { instance } = COMPARISON[source.comparison];
  const hosts = context.config.hosts;
  const reader = await context.remotes.zendeskReader(instance);
  await proveInstance(reader, instance === "global" ? hosts.global : hosts.us_government);
  const plan = await planUndo(source, context.config, reader);
  if (!json) output.out(renderPreview(plan, source.path));
  const path = resolve(context.store.path(undoResultsName(plan.comparison)));
  const summary = {
    run_id: context.runId,
    undoes: source.path,
    comparison: plan.comparison,
    digest: plan.digest,
    planned: countUndo(plan),
    left_alone: plan.left.map(({ id, salesforce_id, reason }) => ({
      id,
      salesforce_id,
      ...(reason ? encodeReason(reason) : {}),
    })),
    warning: AGAIN,
  };
  checkReviewed(plan, asked.expect);
  if (asked["dry-run"]) {
    output.out(json ? JSON.stringify({ exit: EXIT.done, ...summary }) : "Nothing was written (--dry-run).");
    return EXIT.done;
  }
  throwIfStopped(stop);
  const results = await applyUndo(plan, context);
  const exit = stop.reason !== null ? EXIT.stopped : results.failed > 0 ? EXIT.someFailed : EXIT.done;
  output.out(json ? JSON.stringify({ exit, ...summary, results, file: path }) : renderOutcome(results, path));
  return exit;
}

/** Refuses a way back that is not the one that was reviewed (S3). */
function checkReviewed({ digest }: UndoPlan, expect: readonly string[]): void {
  if (expect.length === 0 || expect.includes(digest)) return;
  throw new RefusedError(
    `The way back has digest ${digest}, --expect names ${expect.join(", ")}: a record changed since the preview, or it is another file. Nothing was written. Look at the preview again, and give the digest it prints.`,
  );
}

export const undoing: LoadedCommand = {
  inputs,
  examples: [
    "zdsync undo --results data/history/20261123T210303Z-4f3a9c/global_results.json --dry-run",
    "zdsync undo --results data/global_results.json --expect DIGEST",
  ],
  run: ({ given, json, shell }) => undoCommand(given, { ...shell, json }),
};
