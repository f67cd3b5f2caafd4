import { ConfigurationError, CredentialError, RemoteError, ZdsyncError } from "../../errors.ts";
import type { ApiUsage } from "./ports.ts";

/** The error code of a refused request, as jsforce gives it; null for anything else. */
export function errorCodeOf(error: unknown): string | null {
  const code = error instanceof Error && "errorCode" in error ? error.errorCode : null;
  return typeof code === "string" && /^[A-Z0-9_]{1,80}$/.test(code) ? code : null;
}

/** Refusals of the integration user itself: it logs in, and may not use the API. */
const NOT_ALLOWED = /^(?:API_DISABLED_FOR_ORG|API_CURRENTLY_DISABLED|INSUFFICIENT_ACCESS)$/;

/** A failed request as one error for a person; the answer's text, which may hold anything, is not repeated. */
export function requestError(error: unknown, host: string, usage: ApiUsage | null): ZdsyncError {
  if (error instanceof ZdsyncError) return error;
  const code = errorCodeOf(error);
  const field = code === "INVALID_FIELD" ? fieldIn(error) : null;
  if (field !== null)
    return new ConfigurationError([
      {
        where: `Salesforce field ${field}`,
        what: "does not exist, or is not visible to the integration user. Give its permission set read access to the field; `zdsync doctor` lists all that are missing",
      },
    ]);
  const http = code?.match(/^ERROR_HTTP_(\d{3})$/)?.[1];
  return new (NOT_ALLOWED.test(code ?? "") ? CredentialError : RemoteError)(
    `Salesforce (${host}) ${meaning(code, error, usage)}`,
    {
      service: "Salesforce",
      ...(code === null ? {} : { code }),
      ...(http === undefined ? {} : { status: Number(http) }),
    },
    { cause: code === null ? error : undefined },
  );
}

function meaning(code: string | null, error: unknown, usage: ApiUsage | null): string {
  switch (code) {
    case "REQUEST_LIMIT_EXCEEDED":
      return limitMeaning(error instanceof Error ? error.message : "", usage);
    case "INVALID_SESSION_ID":
      return "refused the session. Check that the integration user is allowed to use the API and that no IP restriction applies to it.";
    case "API_DISABLED_FOR_ORG":
    case "API_CURRENTLY_DISABLED":
    case "INSUFFICIENT_ACCESS":
      return `does not let the integration user use the API (${code}). Give it the permission "API Enabled" by its profile or permission set.`;
    case "INVALID_QUERY_LOCATOR":
      return "lost the query's cursor. The next run starts the query again.";
    case "QUERY_TIMEOUT":
      return "stopped the query after two minutes. Try again. If this continues, ask an administrator for indexes on the filtered fields.";
    case "ERROR_HTTP_414":
    case "ERROR_HTTP_431":
      return "refused the request as too long. This is a bug in zdsync; please report it.";
    case "INVALID_TYPE":
      return "does not know an object of the query, or it is not visible to the integration user (INVALID_TYPE). Run `zdsync doctor`.";
    case null:
      return "failed with an unknown error. Try again, with ZDSYNC_DEBUG=1 to see the cause.";
    default:
      return `refused the request (${code}). Run \`zdsync doctor\`, or try again later.`;
  }
}

/**
 * Whether a limit is the one of requests that run at once, which passes in seconds or minutes. Its error code is that of the daily limit;
 * the texts are "ConcurrentRequests (Concurrent API Requests) Limit exceeded." and "TotalRequests Limit exceeded." (facts).
 */
export function isConcurrencyLimit(text: string): boolean {
  return /Concurrent(?:Requests|PerOrg)/.test(text);
}

function limitMeaning(text: string, usage: ApiUsage | null): string {
  if (isConcurrencyLimit(text))
    return "has too many long requests in progress (the concurrent requests limit), even after several attempts. The next run tries again. If this continues, find out which integration sends them.";
  const count = usage ? ` (${usage.used} of ${usage.limit} calls in 24 hours)` : "";
  if (/TotalRequests/.test(text))
    return `accepts no more requests: the daily limit of API calls is reached${count}. It resets within 24 hours; find out what else uses them.`;
  return `accepts no more requests: a limit of API calls is reached${count}. Try again later. If this continues, find out what else uses them.`;
}

/** The field that Salesforce's INVALID_FIELD message names: API names only, never data. */
function fieldIn(error: unknown): string | null {
  const message = error instanceof Error ? error.message : "";
  const column = message.match(/No such column '([\w.]{1,120})' on (?:entity|sobject of type) '?(\w{1,80})/);
  if (column) return `${column[2]}.${column[1]}`;
  return message.match(/understand relationship '(\w{1,120})'/)?.[1] ?? null;
}
