import { EXIT } from "../errors.ts";
import { whatText } from "../explain/reason-text.ts";
import type { ReportModel, Row } from "./model.ts";

/**
 * What a report is about, in one sentence, for its first line: `Applied: 41 created, 119 updated, 19 marked, 2 failed`,
 * `Refused: 89 marks, limit 28`, `Preview: nothing written …`, `Stopped after …`. Pure.
 */
export function headline(model: ReportModel): string {
  const { kind, exit, refusals } = model.head;
  if (exit === EXIT.refused || (refusals.length > 0 && exit !== EXIT.stopped)) return `Refused: ${refused(model)}`;
  if (kind === "preview" || kind === "dry run") return `Preview: nothing written${wouldBe(model)}`;
  if (kind === "simulate") return `Simulated: nothing written${wouldBe(model)}`;
  if (exit === EXIT.stopped) return `Stopped after ${stoppedAfter(model)}`;
  if (exit === EXIT.failed || exit === EXIT.usage) return `Failed: ${failed(model)}`;
  return `${kind === "undo" ? "Undone" : "Applied"}: ${parts(model, ["applied"], DONE, true) || "nothing had to change"}`;
}

const DONE: Record<Row["effect"], string> = {
  create: "created",
  update: "updated",
  mark: "marked",
  unmark: "unmarked",
  contact: "contacts",
  none: "",
};

/** `41 created, 119 updated, 2 failed`, in the order of `DONE`; empty where there is nothing. */
function parts(
  model: ReportModel,
  outcomes: readonly Row["outcome"][],
  words: typeof DONE,
  withFailed = false,
): string {
  const told = (Object.keys(words) as Row["effect"][]).flatMap((effect) => {
    const count = countOf(model, (one) => one.effect === effect && outcomes.includes(one.outcome));
    return count > 0 && words[effect] !== "" ? [`${number(count)} ${words[effect]}`] : [];
  });
  const failures = withFailed ? countOf(model, ({ outcome }) => outcome === "failed") : 0;
  return [...told, ...(failures > 0 ? [`${number(failures)} failed`] : [])].join(", ");
}

function wouldBe(model: ReportModel): string {
  const planned = parts(model, ["planned", null, "not attempted"], DONE);
  return planned === "" ? ", nothing would change" : `, would be ${planned}`;
}

function refused({ head }: ReportModel): string {
  const limits = head.refusals.flatMap((one) =>
    one.code === "limit.exceeded"
      ? [`${number(one.params.count)} ${one.params.effect.replace("_", " ")}, limit ${number(one.params.limit)}`]
      : [],
  );
  const others = head.refusals.flatMap((one) => (one.code === "limit.exceeded" ? [] : [whatText(one)]));
  return [...limits, ...others].join("; ") || "nothing was written";
}

function stoppedAfter(model: ReportModel): string {
  const results = model.comparisons.flatMap(({ results }) => results ?? []);
  const done = results.reduce((sum, { applied, failed, skipped }) => sum + applied + failed + skipped, 0);
  const planned = model.comparisons.reduce(
    (sum, { planned: { creates, updates, marks, contacts } }) => sum + creates + updates + marks + contacts,
    0,
  );
  const failures = parts(model, [], DONE, true);
  return `${number(done)} of ${number(planned)} changes${failures === "" ? "" : `, ${failures}`}`;
}

function failed({ head }: ReportModel): string {
  const [first, ...more] = head.failures;
  if (!first) return "it ended before anything was written";
  const others = more.length > 0 ? ` (and ${more.length} more)` : "";
  return `${first.where}: ${whatText(first.reason)}${others}`;
}

/** Rows, and what folded rows stand for. */
function countOf({ rows, folded }: ReportModel, counts: (one: Pick<Row, "effect" | "outcome">) => boolean): number {
  return rows.filter(counts).length + folded.filter(counts).reduce((sum, { count }) => sum + count, 0);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
