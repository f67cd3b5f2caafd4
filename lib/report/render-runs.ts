import type { ListedRun } from "../storage/runs/list-runs.ts";
import type { RunRecord } from "../storage/runs/run-record.ts";
import { oneLine } from "../text/outside-text.ts";
import { programName } from "../text/program-name.ts";
import { EXIT_TEXTS } from "./exit-texts.ts";

/** Records by what became of them: planned where nothing was written. */
export interface RunCounts {
  creates: number;
  updates: number;
  marks: number;
  contacts: number;
  failed: number;
  skipped: number;
}

/** A run as `zdsync runs --json` tells it. */
export interface RunLine {
  run_id: string;
  /** UTC, to the second. */
  started_at: string;
  seconds: number | null;
  /** Command of the run: `run`, `run --dry-run`, `undo`; null if nothing says so. */
  command: string | null;
  started_by: string | null;
  outcome: "in progress" | "ended" | "killed or lost" | "record damaged" | "no record";
  exit: number | null;
  /** Stages that were stopped before their end: `sync global`. */
  stopped_in: string[];
  /** Counts applied; planned in a dry run, and if nothing was written. Null if no record says so, or nothing was compared. */
  counts: RunCounts | null;
  /** True if `counts` were applied. */
  written: boolean;
  can_be_undone: boolean;
}

/** Returns the line of a run in a list. Pure. */
export function runLine({ run_id, at, record, isGoingOn, results }: ListedRun): RunLine {
  const known = record === "damaged" ? null : record;
  const ended = known?.ended_at ?? null;
  return {
    run_id,
    started_at: `${at.toISOString().slice(0, 19)}Z`,
    seconds: ended === null ? null : Math.round((Date.parse(ended) - at.getTime()) / 1000),
    command: known ? commandOf(known) : commandWithout(results),
    started_by: known ? startedBy(known) : null,
    outcome: outcomeOf(record, isGoingOn),
    exit: known?.exit ?? null,
    stopped_in: (known?.steps ?? [])
      .filter(({ state }) => state === "stopped")
      .map(({ stage, instance }) => oneLine(instance === null ? stage : `${stage} ${instance}`)),
    counts: known && known.comparisons.length > 0 ? countsOf(known) : null,
    written: known !== null && !known.dry_run && known.comparisons.some((one) => one.results !== null),
    can_be_undone: results.length > 0 && known?.dry_run !== true,
  };
}

/** Runs as people read them, newest first: one line each, and below it what is out of the ordinary. */
export function renderRuns(lines: readonly RunLine[], more: number): string {
  if (lines.length === 0) return "The history of this data directory has no runs. Use --data-dir for another one.";
  const rest = more > 0 ? [`and ${more} older runs; --limit 0 shows all of them`] : [];
  const undoable = lines.find((one) => one.can_be_undone && one.written && hasChanged(one));
  const hint = undoable ? [`To preview an undo: ${programName()} undo ${undoable.run_id} --dry-run`] : [];
  return [...lines.map(lineText), ...rest, ...hint].join("\n");
}

function hasChanged({ counts }: RunLine): boolean {
  return counts !== null && counts.creates + counts.updates + counts.marks + counts.contacts > 0;
}

function lineText(line: RunLine): string {
  const { run_id, started_at } = line;
  const when = `${started_at.slice(0, 16).replace("T", " ")} UTC`;
  const counts = countsText(line);
  return `${run_id}  ${when}  ${whatText(line)}: ${outcomeText(line)}${counts === "" ? "" : `; ${counts}`}`;
}

/** Returns the command of a run, and who started it. */
export function whatText({ command, started_by }: RunLine): string {
  return [command ?? "single stage", started_by].filter((part) => part !== null).join(", by ");
}

/** Returns the outcome of a run in words, with the stages in which it was stopped. */
export function outcomeText({ outcome, exit, stopped_in }: RunLine): string {
  if (outcome === "record damaged") return "its record (run.json) is damaged, so how it ended is unknown";
  if (outcome === "no record") return "no record of how it ended";
  if (outcome !== "ended") return outcome;
  const words = exit === null ? "ended in an unknown way" : (EXIT_TEXTS[exit] ?? `exit ${exit}`);
  return stopped_in.length > 0 ? `${words} (stopped in ${stopped_in.join(", ")})` : words;
}

/** Returns the changes of a run in words, or those it would have made; empty if nothing says so. */
export function countsText({ counts, written }: RunLine): string {
  if (counts === null) return "";
  const { creates, updates, marks, contacts, failed, skipped } = counts;
  const parts = written
    ? [
        [creates, "created"],
        [updates, "updated"],
        [marks, "marked"],
        [contacts, contacts === 1 ? "contact" : "contacts"],
        [failed, "failed"],
        [skipped, "skipped"],
      ]
    : [
        [creates, "to create"],
        [updates, "to update"],
        [marks, "to mark"],
        [contacts, contacts === 1 ? "contact to add" : "contacts to add"],
      ];
  const told = parts.filter(([count]) => Number(count) > 0).map(([count, what]) => `${count} ${what}`);
  if (told.length === 0) return written ? "nothing was changed" : "nothing to do";
  return `${told.join(", ")}${written ? "" : " (not written)"}`;
}

function outcomeOf(record: ListedRun["record"], isGoingOn: boolean): RunLine["outcome"] {
  if (isGoingOn) return "in progress";
  if (record === "damaged") return "record damaged";
  if (record === null) return "no record";
  return record.ended_at === null ? "killed or lost" : "ended";
}

function commandOf({ command, dry_run, instances }: RunRecord): string {
  const instance = instances.length === 1 && !command.startsWith("undo") ? ` --instance ${instances[0]}` : "";
  return `${oneLine(command)}${dry_run && command !== "preview" ? " --dry-run" : ""}${instance}`;
}

/** A run without a record is recognized by its results. */
function commandWithout(results: readonly string[]): string | null {
  return results.some((name) => name.endsWith("_undo_results.json")) ? "undo" : null;
}

function startedBy({ started_by, host, pid }: RunRecord): string {
  const machine = `${oneLine(host)}${pid === null ? "" : ` (process ${pid})`}`;
  return started_by === undefined ? machine : `${oneLine(started_by)} on ${machine}`;
}

function countsOf({ comparisons, dry_run }: RunRecord): RunCounts {
  const counts: RunCounts = { creates: 0, updates: 0, marks: 0, contacts: 0, failed: 0, skipped: 0 };
  const writes = !dry_run && comparisons.some(({ results }) => results !== null);
  for (const { planned, results } of comparisons) {
    if (!writes) {
      counts.creates += planned.creates;
      counts.updates += planned.updates;
      counts.marks += planned.marks;
      counts.contacts += planned.contacts;
    } else if (results) {
      counts.creates += results.create.applied;
      counts.updates += results.update.applied;
      counts.marks += results.mark.applied;
      counts.contacts += results.contact.applied;
      for (const { failed, skipped } of Object.values(results)) {
        counts.failed += failed;
        counts.skipped += skipped;
      }
    }
  }
  return counts;
}
