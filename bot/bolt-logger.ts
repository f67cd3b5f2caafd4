import type { Logger, LogLevel } from "@slack/bolt";
import { errorSummary } from "./error-summary.ts";

/** Longer lines of a library quote what it was sent. */
const MOST = 200;

/**
 * Bolt's log lines in the bot's own log: warnings and errors only. Its other levels repeat whole payloads, its errors come with
 * stacks.
 */
export function boltLogger(log: (message: string) => void): Logger {
  const say = (...said: unknown[]) => log(said.map(words).join(" "));
  const silent = () => {};
  return {
    debug: silent,
    info: silent,
    warn: say,
    error: say,
    setLevel: silent,
    getLevel: () => "error" as LogLevel,
    setName: silent,
  };
}

function words(said: unknown): string {
  if (typeof said !== "string") return errorSummary(said);
  return (said.split("\n")[0] ?? "").slice(0, MOST);
}
