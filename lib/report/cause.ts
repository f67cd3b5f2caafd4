import { whatText } from "../explain/reason-text.ts";
import { HARMS, type Harm, type Row } from "./model.ts";

/** What takes something away from a customer: the report says why. */
export const HURTING: ReadonlySet<Harm> = new Set(HARMS.slice(0, HARMS.indexOf("marked") + 1));

/** Why a row is as it is, in a few words: its reason, or what its explanation answers; empty where neither is known. Pure. */
export function causeOf({ reason, explanation }: Pick<Row, "reason" | "explanation">): string {
  if (reason !== null) return whatText(reason);
  const lines = explanation?.answer.map(({ spans }) => spans.map(({ text }) => text).join("")) ?? [];
  // The first line says what the case is, which the row shows; the next ones say why.
  return (lines.length > 1 ? lines.slice(1) : lines).join(" ");
}
