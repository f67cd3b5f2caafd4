import * as v from "valibot";
import { type ResultsToUndo, readResults } from "../../lib/changesets/results-to-undo.ts";
import { COMPARISON } from "../../lib/domain/comparisons.ts";
import { expectedHost } from "../../lib/domain/config.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { type Reason, reason } from "../../lib/domain/reason.ts";
import { ConfigurationError, EXIT, type ExitCode, worstOf } from "../../lib/errors.ts";
import { COMMON_INPUTS, UNDO_INPUTS } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { openSession, type Session } from "../../lib/pipeline/session.ts";
import { reasonsText } from "../../lib/reasons/reason-text.ts";
import { refused } from "../../lib/reasons/refused.ts";
import { proveInstance } from "../../lib/remotes/zendesk/prove-instance.ts";
import { NO_PERSON } from "../../lib/report/terminal/person.ts";
import { throwIfStopped } from "../../lib/stop.ts";
import type { ResultCounts } from "../../lib/storage/artifacts/results.ts";
import { refuseUsedRunId } from "../../lib/storage/runs/used-run-id.ts";
import { applyUndo } from "../../lib/undo/apply-undo.ts";
import { planUndo } from "../../lib/undo/plan-undo.ts";
import { renderDigest, renderHarm, renderOutcome, renderPreview } from "../../lib/undo/render-undo.ts";
import { resultsOfRun } from "../../lib/undo/run-to-undo.ts";
import type { LoadedCommand } from "../commands.ts";
import { recordedUndo, undoName } from "./undo-record.ts";
import { applyUndoCommand, type EndedUndo, harmOfUndo, recordUndoNotStarted, writeUndoReport } from "./undo-report.ts";
import { digestOf, type FileUndo, fileOf, summaryText } from "./undo-summary.ts";

/** As every command that writes, and what to undo. `--allow` and `--max-age` have nothing to judge: docs/safety.md, undo. */
const inputs = v.object({
  ...COMMON_INPUTS,
  run: v.optional(v.pipe(v.string(), v.description("Run to undo, by its id in the history (zdsync runs)")), ""),
  results: v.optional(
    v.pipe(v.string(), v.description("Instead, undo one results file, in the data directory or in history/<run id>/")),
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
  const { env, person = NO_PERSON } = shell;
  try {
    const asked = parseInputs(inputs, given, env);
    await refuseUsedRunId(asked["data-dir"], asked["run-id"], undoName(asked));
    const sources = await sourcesOf(asked);
    const isDecided = asked["dry-run"] || asked.yes || asked.expect.length > 0;
    if (!isDecided && (shell.json || !person.isThere)) throw new ConfigurationError([NO_TERMINAL]);
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

const NO_TERMINAL = {
  where: "undo",
  what: "asks for confirmation before it writes, but this is not an interactive terminal. Review the undo plan with --dry-run, then pass --expect DIGEST, which writes exactly what was shown, or --yes. Nothing was read or written",
};

async function sourcesOf({ run, results, "data-dir": dataDir }: Asked): Promise<ResultsToUndo[]> {
  if ((run === "") === (results === ""))
    throw new ConfigurationError([
      { where: "undo", what: "expected either a run id (zdsync runs lists them) or --results FILE" },
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
  const { output, person = NO_PERSON } = shell;
  const previewing = { ...asked, "dry-run": true };
  // Nobody is asked whether to write what could not be written: the config has to be there already.
  const shown = await inSession(
    sources,
    previewing,
    shell,
    { locks: false, writes: true },
    async ({ context, stop }) => {
      const startedAt = context.clock();
      const backs = await plansOf(sources, context);
      await showPreview({ backs, given: shell.given, startedAt, undoesRun: asked.run }, context, shell);
      throwIfStopped(stop);
      const { hosts } = context.config;
      return { digest: digestOf(backs), count: countWrites(backs), hosts };
    },
  );
  if (shown.count === 0) {
    output.out("Nothing was written: there is nothing to revert.");
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
  shell: UndoShell,
  { locks, writes }: { locks: boolean; writes: boolean },
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { env, output, clock, timing } = shell;
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
    rateShare: asked["rate-share"],
    env,
    output,
    clock,
    timing,
  }).catch(async (error: unknown) => {
    await recordUndoNotStarted(asked, error, shell);
    throw error;
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

async function plansOf(
  sources: readonly ResultsToUndo[],
  { remotes, config }: Session["context"],
): Promise<FileUndo[]> {
  const backs: FileUndo[] = [];
  for (const source of sources) {
    const { instance } = COMPARISON[source.comparison];
    const reader = await remotes.zendeskReader(instance);
    await proveInstance(reader, expectedHost(config, instance));
    backs.push({ source, plan: await planUndo(source, config, reader) });
  }
  return backs;
}

async function showPreview(
  undo: Pick<EndedUndo, "backs" | "given" | "startedAt" | "undoesRun">,
  context: Session["context"],
  { output, env, person = NO_PERSON }: UndoShell,
): Promise<void> {
  const { backs } = undo;
  const style = person.isThere ? "names and values" : "ids";
  const harm = await harmOfUndo(undo, { context }, env);
  output.out(renderHarm(harm));
  for (const { source, plan } of backs) output.out(renderPreview(plan, source.path, style, harm));
  output.out(renderDigest(digestOf(backs)));
}

/** Takes the way back, or shows it only; keeps a record of itself, so that others find when, who, and what came of it. */
async function undo(
  sources: readonly ResultsToUndo[],
  asked: Asked,
  session: Session,
  shell: UndoShell,
  previews = true,
): Promise<ExitCode> {
  return recordedUndo({ ...asked, instances: instancesOf(sources) }, session, shell.env, async () => {
    const { context, stop } = session;
    const startedAt = context.clock();
    const backs = await plansOf(sources, context);
    const about = { backs, given: shell.given, startedAt, undoesRun: asked.run };
    if (previews && !shell.json) await showPreview(about, context, shell);
    checkReviewed(backs, asked.expect);
    if (asked["dry-run"]) return tellUndo({ ...about, ...NOTHING_WRITTEN }, new Map(), session, shell);
    throwIfStopped(stop);
    const { done, exit, reasons } = await applyAll(backs, session, shell);
    return tellUndo({ ...about, written: new Set(done.keys()), writes: true, exit, reasons }, done, session, shell);
  });
}

const NOTHING_WRITTEN = { written: new Set<FileUndo>(), writes: false, exit: EXIT.done, reasons: [] } as const;

/** Comparison by comparison, until one ends early or somebody stops it. */
async function applyAll(backs: readonly FileUndo[], { context, stop }: Session, { output, json }: UndoShell) {
  const done = new Map<FileUndo, ResultCounts>();
  const reasons: Reason[] = [];
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
  return { done, reasons, exit };
}

/** Writes the report, and says where it is and how to go on. */
async function tellUndo(
  ended: EndedUndo,
  done: ReadonlyMap<FileUndo, ResultCounts>,
  { context }: Session,
  { output, json, env, given }: UndoShell,
): Promise<EndedUndo> {
  const { backs, exit, reasons, undoesRun } = ended;
  const files = await writeUndoReport(ended, { context }, env);
  if (json) output.out(summaryText(backs, exit, undoesRun, context, done, reasons, files));
  else {
    if (!ended.writes) output.out("Nothing was written (--dry-run).");
    if (files) output.out(`Report${ended.writes ? "" : ", with names and values"}: ${files.page}`);
    if (!ended.writes && countWrites(backs) > 0)
      output.out(`Apply exactly this: ${applyUndoCommand(given, digestOf(backs))}`);
  }
  return ended;
}

function countWrites(backs: readonly FileUndo[]): number {
  return backs.reduce((count, { plan }) => count + plan.organizations.length + plan.users.length, 0);
}

/** Refuses a way back that is not the one that was reviewed (S3): all of it at once, or each comparison by its own digest. */
function checkReviewed(backs: readonly FileUndo[], expect: readonly string[]): void {
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
