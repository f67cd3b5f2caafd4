import { ZdsyncError } from "../lib/errors.ts";
import { isDamage } from "../lib/storage/files/open-database.ts";

/**
 * Whatever was thrown, for the bot's log: our own errors' words, of any other its name and code. Messages of libraries may quote
 * what a customer is called, or a URL that is a secret; their stacks say nothing to support operations.
 */
export function errorSummary(error: unknown): string {
  if (error instanceof ZdsyncError) return error.message;
  if (!(error instanceof Error)) return "a value that is not an Error was thrown";
  if (isDamage(error))
    return "the bot's database (bot/bot.sqlite in the data directory) is damaged: restart the bot; it then says what deleting the database would lose";
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = [typeof code === "string" && /^[\w.-]{1,60}$/.test(code) ? code : "", Number(statusCode) || ""];
  const detail = known.filter((part) => part !== "").join(" ");
  return detail === "" ? error.name : `${error.name} (${detail})`;
}
