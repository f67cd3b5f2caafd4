import * as v from "valibot";
import type { ResultCounts } from "../../lib/artifacts/results.ts";
import { COMPARISON } from "../../lib/changesets/comparison.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { type Reason, reason } from "../../lib/domain/reason.ts";
import { ConfigurationError, EXIT, type ExitCode } from "../../lib/errors.ts";
import { reasonsText } from "../../lib/explain/reason-text.ts";
import { refused } from "../../lib/explain/refused.ts";
import { COMMON_INPUTS, UNDO_INPUTS } from "../../lib/stage/inputs.ts";
import { parseInputs } from "../../lib/stage/parse-inputs.ts";
import { reportError } from "../../lib/stage/report-error.ts";
import { type Shell, worstOf } from "../../lib/stage/run-stage.ts";
import { openSession, type Session } from "../../lib/stage/session.ts";
import { throwIfStopped } from "../../lib/stage/stop.ts";
import { NOBODY } from "../../lib/terminal/person.ts";
import { applyUndo } from "../../lib/undo/apply-undo.ts";
import { planUndo } from "../../lib/undo/plan-undo.ts";
import { renderDigest, renderOutcome, renderPreview } from "../../lib/undo/render-undo.ts";
import { type ResultsToUndo, readResults } from "../../lib/undo/results-to-undo.ts";
import { resultsOfRun } from "../../lib/undo/run-to-undo.ts";
import { proveInstance } from "../../lib/zendesk/prove-instance.ts";
import type { LoadedCommand } from "../commands.ts";
import { type EndedUndo, writeUndoReport } from "./undo-report.ts";
import { type Back, digestOf, fileOf, summaryText } from "./undo-summary.ts";

/** As every command that writes, and what to undo. `--allow` and `--max-age` have nothing to judge: docs/safety.md, undo. */
const inputs = v.object({
  ...COMMON_INPUTS,
  run: v.optional(v.pipe(v.string(), v.description("Run to undo, by its id in the history (zdsync runs)")), ""),
  results: v.optional(
    v.pipe(
      v.string(),
      v.description("One results file to undo instead, in the data directory or in history/<run id>/"),
    ),
    "",
  ),
  yes: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.transform((text) => text === "true"),
      v.description("Write without asking"),
    ),
    "false",
  ),
  ...UNDO_INPUTS,
});
type Asked = v.InferOutput<typeof inputs>;
type UndoShell = Shell & { json: boolean; given: Readonly<Record<string, string | undefined>> };

/** Previews the way back of a run or of one results file, asks whoever sits at the terminal, and takes it (S8). Never throws. */
export async function undoCommand(
  given: Readonly<Record<string, string | undefined>>,
  startedIn: Omit<UndoShell, "given">,
): Promise<ExitCode> {
  const shell = { ...startedIn, given };
  const { env, person = NOBODY } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    const sources = await sourcesOf(asked);
    const isDecided = asked["dry-run"] || asked.yes || asked.expect.length > 0;
    if (!isDecided && (shell.json || !person.isThere)) throw new ConfigurationError([NOBODY_TO_ASK]);
    if (sources.length === 0) return nothingToUndo(asked, shell);
    if (isDecided)
      return await inSession(sources, asked, shell, { locks: true, writes: !asked["dry-run"] }, (session) =>
        undo(sources, asked, session, shell),
      );
    return await undoIfConfirmed(sources, asked, shell);
  } catch (error) {
    return reportError(error, shell);
  }
}

const NOBODY_TO_ASK = {
  where: "undo",
  what: "asks before it writes, and nobody is there to answer. Look at the way back with --dry-run; then give --expect DIGEST, which writes exactly what was shown, or --yes. Nothing was read or written",
};

async function sourcesOf({ run, results, "data-dir": dataDir }: Asked): Promise<ResultsToUndo[]> {
  if ((run === "") === (results === ""))
    throw new ConfigurationError([
      { where: "undo", what: "expected a run's id (zdsync runs lists them) or --results FILE, one of the two" },
    ]);
  return run === "" ? [await readResults(results)] : resultsOfRun(dataDir, run);
}

function nothingToUndo({ run }: Asked, { output, json }: UndoShell): ExitCode {
  const said = `Run ${run} left no results: it wrote nothing, so there is nothing to undo.`;
  output.out(json ? JSON.stringify({ exit: EXIT.done, undoes: run, comparisons: [] }) : said);
  return EXIT.done;
}

/**
 * The preview does not hold the lock: however long somebody looks at it, the hourly run is not refused for that. What they confirmed is
 * what is written, or nothing is: it is worked out anew, and must be the same.
 */
async function undoIfConfirmed(sources: ResultsToUndo[], asked: Asked, shell: UndoShell): Promise<ExitCode> {
  const { output, person = NOBODY } = shell;
  const previewing = { ...asked, "dry-run": true };
  // Nobody is asked whether to write what could not be written: the config has to be there already.
  const shown = await inSession(
    sources,
    previewing,
    shell,
    { locks: false, writes: true },
    async ({ context, stop }) => {
      const backs = await plansOf(sources, context);
      showPreview(backs, shell);
      throwIfStopped(stop);
      const { hosts } = context.config;
      return { digest: digestOf(backs), count: countWrites(backs), hosts };
    },
  );
  if (shown.count === 0) {
    output.out("Nothing was written: there is nothing to take back.");
    return EXIT.done;
  }
  const records = shown.count === 1 ? "this 1 record" : `these ${shown.count} records`;
  if (!(await person.confirms(`Write ${records} to Zendesk ${instancesOf(sources).join(" and ")}?`))) {
    output.out("Nothing was written.");
    return EXIT.done;
  }
  const confirmed = { ...asked, expect: [shown.digest] };
  return inSession(sources, confirmed, shell, { locks: true, writes: true }, (session) =>
    undo(sources, confirmed, session, shell, false),
  );
}

async function inSession<Result>(
  sources: readonly ResultsToUndo[],
  asked: Asked,
  { env, output, clock, timing }: UndoShell,
  { locks, writes }: { locks: boolean; writes: boolean },
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession({
    command: "undo",
    dataDir: asked["data-dir"],
    runId: asked["run-id"],
    today: asked.today,
    needs: { zendesk: instancesOf(sources) },
    dryRun: asked["dry-run"],
    writes,
    locks,
    deadlineMs: asked.deadline,
    env,
    output,
    clock,
    timing,
  });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function instancesOf(sources: readonly ResultsToUndo[]): InstanceName[] {
  return [...new Set(sources.map(({ comparison }) => COMPARISON[comparison].instance))];
}

async function plansOf(sources: readonly ResultsToUndo[], { remotes, config }: Session["context"]): Promise<Back[]> {
  const backs: Back[] = [];
  for (const source of sources) {
    const { instance } = COMPARISON[source.comparison];
    const reader = await remotes.zendeskReader(instance);
    await proveInstance(reader, instance === "global" ? config.hosts.global : config.hosts.us_government);
    backs.push({ source, plan: await planUndo(source, config, reader) });
  }
  return backs;
}

function showPreview(backs: readonly Back[], { output, person = NOBODY }: UndoShell): void {
  const style = person.isThere ? "names and values" : "ids";
  for (const { source, plan } of backs) output.out(renderPreview(plan, source.path, style));
  output.out(renderDigest(digestOf(backs)));
}

async function undo(
  sources: readonly ResultsToUndo[],
  asked: Asked,
  { context, stop }: Session,
  shell: UndoShell,
  previews = true,
): Promise<ExitCode> {
  const { output, json } = shell;
  const reasons: Reason[] = [];
  const startedAt = context.clock();
  const backs = await plansOf(sources, context);
  if (previews && !json) showPreview(backs, shell);
  checkReviewed(backs, asked.expect);
  const report = (ended: Pick<EndedUndo, "written" | "writes" | "exit" | "reasons">) =>
    writeUndoReport({ backs, given: shell.given, startedAt, undoesRun: asked.run, ...ended }, { context }, shell.env);
  if (asked["dry-run"]) {
    const files = await report({ written: new Set(), writes: false, exit: EXIT.done, reasons });
    output.out(
      json
        ? summaryText(backs, EXIT.done, asked.run, context, new Map(), [], files)
        : "Nothing was written (--dry-run).",
    );
    return EXIT.done;
  }
  throwIfStopped(stop);
  const done = new Map<Back, ResultCounts>();
  const exits: ExitCode[] = [];
  for (const back of backs) {
    if (stop.reason !== null || exits.length > 0) break;
    const { counts, ended } = await applyUndo(back.plan, context);
    done.set(back, counts);
    if (!json) output.out(renderOutcome(counts, fileOf(back, context)));
    if (!ended) continue;
    output.err(`error: undo ended early: ${reasonsText(ended.reasons)}`);
    reasons.push(...ended.reasons);
    exits.push(ended.exit);
  }
  const failed = [...done.values()].some((counts) => counts.failed > 0);
  const exit = worstOf([...exits, stop.reason !== null ? EXIT.stopped : failed ? EXIT.someFailed : EXIT.done]);
  const files = await report({ written: new Set(done.keys()), writes: true, exit, reasons });
  if (json) output.out(summaryText(backs, exit, asked.run, context, done, reasons, files));
  else if (files) output.out(`Report: ${files.page}`);
  return exit;
}

function countWrites(backs: readonly Back[]): number {
  return backs.reduce((count, { plan }) => count + plan.organizations.length + plan.users.length, 0);
}

/** Refuses a way back that is not the one that was reviewed (S3): all of it at once, or each comparison by its own digest. */
function checkReviewed(backs: readonly Back[], expect: readonly string[]): void {
  if (expect.length === 0 || expect.includes(digestOf(backs))) return;
  if (backs.every(({ plan }) => expect.includes(plan.digest))) return;
  throw refused(reason("undo.digest_unexpected", { digest: digestOf(backs), expected: [...expect] }));
}

export const undoing: LoadedCommand = {
  inputs,
  argument: "run",
  examples: [
    "zdsync undo 20261123T210303Z-4f3a9c --dry-run",
    "zdsync undo 20261123T210303Z-4f3a9c",
    "zdsync undo --results data/history/20261123T210303Z-4f3a9c/global_results.json --expect DIGEST",
  ],
  run: ({ given, json, shell }) => undoCommand(given, { ...shell, json }),
};
