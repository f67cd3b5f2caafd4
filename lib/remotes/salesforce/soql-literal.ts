import { isDay } from "../../domain/dates.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import { InternalError } from "../../errors.ts";

/** A text as a SOQL string literal, quotes included (S9). */
export function soqlText(text: string): string {
  const escaped = text
    .replace(/[\\'"]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `'${escaped}'`;
}

/** A Salesforce id as a SOQL string literal, in its 18-character form. Throws on anything that is no id. */
export function soqlId(id: string): string {
  const id18 = toId18(id);
  if (id18 === null) throw new InternalError("a value that is not a Salesforce id was about to be used in a query");
  return soqlText(id18);
}

/** A day as a SOQL date literal: without quotes, which Salesforce refuses around dates. */
export function soqlDay(day: string): string {
  if (!isDay(day)) throw new InternalError(`"${day}" is not a day, expected YYYY-MM-DD`);
  return day;
}
