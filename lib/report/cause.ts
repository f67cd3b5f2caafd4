import { whatText } from "../reasons/reason-text.ts";
import { HARMS, type Harm, type Row } from "./model.ts";

/** Harms that take something away from a customer: the report says why. */
export const HARMFUL: ReadonlySet<Harm> = new Set(HARMS.slice(0, HARMS.indexOf("marked") + 1));

type ReportedRow = Pick<Row, "reason" | "explanation" | "harm" | "effect">;

/**
 * Why a row is as it is, in a few words: its reason, or what its explanation answers; empty where neither is known. Of a change that takes
 * something away, first why it does, with what to do about that: its reason says no more than what kept the run from making it. Pure.
 */
export function causeOf({ reason, explanation, harm, effect }: ReportedRow): string {
  const why = explanation?.answer[1]?.spans.map(({ text }) => text).join("");
  if (reason !== null && why !== undefined && effect !== "none" && HARMFUL.has(harm))
    return `${why} ${whatText(reason)}`;
  if (reason !== null) return whatText(reason);
  const lines = explanation?.answer.map(({ spans }) => spans.map(({ text }) => text).join("")) ?? [];
  // The first line says what the case is, which the row shows; the next ones say why.
  return (lines.length > 1 ? lines.slice(1) : lines).join(" ");
}
