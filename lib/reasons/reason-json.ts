import type { Reason } from "../domain/reason.ts";
import { REFUSAL_REASONS } from "../domain/reasons/refusals.ts";
import type { ComparisonReport, StageReport } from "../pipeline/stage.ts";
import { type Place, reasonText } from "./reason-text.ts";

/** A reason as `--json` tells it. */
export interface ReasonJson {
  code: string;
  params: Record<string, unknown>;
  text: string;
}

/** A failure in `--json`: refusals (exit 4), problems of settings and files (exit 2), all other errors (1, 5). */
export interface FailureJson {
  refusals?: ReasonJson[];
  problems?: { where: string; what: string }[];
  errors?: ReasonJson[];
}

/** A reason as `--json` tells it. */
export function reasonJson(reason: Reason, place: Place = "terminal"): ReasonJson {
  return { code: reason.code, params: reason.params, text: reasonText(reason, place) };
}

/** Sorts reasons into what `--json` tells; of each kind there is nothing where there is none. Pure. */
export function failureJson(reasons: readonly Reason[], place: Place = "terminal"): FailureJson {
  const problems = reasons.flatMap((one) =>
    one.code === "settings.wrong"
      ? one.params.where.map((where, index) => ({ where, what: one.params.what[index] ?? "" }))
      : [],
  );
  const refusals = reasons.filter(({ code }) => Object.hasOwn(REFUSAL_REASONS, code));
  const errors = reasons.filter((one) => one.code !== "settings.wrong" && !refusals.includes(one));
  return {
    ...(refusals.length > 0 ? { refusals: refusals.map((one) => reasonJson(one, place)) } : {}),
    ...(problems.length > 0 ? { problems } : {}),
    ...(errors.length > 0 ? { errors: errors.map((one) => reasonJson(one, place)) } : {}),
  };
}

/** The report of a stage as `--json` tells it: its reasons with their texts. */
export function reportJson({ comparison, ended, ...report }: StageReport) {
  return {
    ...report,
    ...(comparison ? { comparison: comparisonJson(comparison) } : {}),
    ...(ended ? { ended: { exit: ended.exit, reasons: ended.reasons.map((one) => reasonJson(one)) } } : {}),
  };
}

/** A comparison as `--json` tells it. */
export function comparisonJson({ refused, ...comparison }: ComparisonReport) {
  return { ...comparison, ...(refused ? { refused: refused.map((one) => reasonJson(one)) } : {}) };
}
