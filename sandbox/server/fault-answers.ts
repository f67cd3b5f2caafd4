import type { Fault, LoggedRequest } from "../types.ts";

type Service = "salesforce" | "zendesk" | "gitlab" | "slack" | "github";

/** What a failing remote answers instead of doing the work, in that remote's own error shape. */
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers });

const text = (status: number, body: string, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers } });

const html = (status: number, title: string, headers: Record<string, string> = {}): Response =>
  new Response(`<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", ...headers },
  });

/**
 * The answer of a fault that replaces the handler; undefined for faults that let the handler run (cut connections,
 * truncation, and those only a service can play).
 * @param now the day and time an HTTP-date Retry-After is counted from
 */
export function faultAnswer(fault: Fault, service: LoggedRequest["service"], now: Date): Response | undefined {
  const remote = remoteOf(service);
  const seconds = fault.retryAfter ?? 1;
  switch (fault.kind) {
    case "429":
      return tooManyRequests(remote, { "retry-after": String(seconds) });
    case "429-date":
      return tooManyRequests(remote, { "retry-after": httpDate(now, seconds) });
    case "429-bare":
      return text(429, "Number of allowed API requests per minute exceeded");
    case "500":
      return serverError(remote);
    case "502-html":
      return html(502, "502 Bad Gateway");
    case "503-html":
      // Zendesk: a 503 with Retry-After is a database time-out, one without is maintenance (facts 8.5).
      return html(503, "503 Service Unavailable", fault.retryAfter ? { "retry-after": String(seconds) } : {});
    case "409":
      return json(409, { error: "DatabaseConflict", description: "Database collision" });
    case "too-many-jobs":
      return json(429, {
        error: "TooManyJobs",
        description: "Too many jobs are currently queued or running. Try again later.",
        current_job_ids: Array.from({ length: 30 }, (_, place) => place.toString(16).padStart(32, "0")),
      });
    case "concurrent-limit":
      return limitExceeded("ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
    case "daily-limit":
      return limitExceeded("TotalRequests Limit exceeded.");
    case "401":
      return unauthorized(remote);
    case "404":
      return notFound(remote);
    default:
      return undefined;
  }
}

/** Salesforce refuses too many requests at once and too many a day with one code (SalesforceLabs/OrgCheck #432 and #181). */
function limitExceeded(message: string): Response {
  return json(403, [{ message, errorCode: "REQUEST_LIMIT_EXCEEDED" }]);
}

function remoteOf(service: LoggedRequest["service"]): Service {
  return service === "zendesk-global" || service === "zendesk-us-government" ? "zendesk" : service;
}

/** The first whole second at least so far away: an HTTP date has no fractions, and rounding down could give the past. */
function httpDate(now: Date, seconds: number): string {
  return new Date(Math.ceil(now.getTime() / 1000 + seconds) * 1000).toUTCString();
}

/** Zendesk's account limit is text/plain, not JSON (facts 5). */
function tooManyRequests(remote: Service, headers: Record<string, string>): Response {
  switch (remote) {
    case "zendesk":
      return text(429, "Number of allowed API requests per minute exceeded", headers);
    case "salesforce":
      return json(429, [{ message: "Too many requests.", errorCode: "REQUEST_LIMIT_EXCEEDED" }], headers);
    case "gitlab":
      return text(429, "Retry later\n", headers);
    case "github":
      return json(429, { message: "API rate limit exceeded", status: "429" }, headers);
    case "slack":
      return json(429, { ok: false, error: "ratelimited" }, headers);
  }
}

function serverError(remote: Service): Response {
  switch (remote) {
    case "zendesk":
      return json(500, { error: "InternalError", description: "Internal server error" });
    case "salesforce":
      return json(500, [{ message: "An unexpected error occurred.", errorCode: "UNKNOWN_EXCEPTION" }]);
    case "gitlab":
      return json(500, { message: "500 Internal Server Error" });
    case "github":
      return json(500, { message: "Server Error", status: "500" });
    case "slack":
      return json(500, { ok: false, error: "internal_error" });
  }
}

/** Slack answers every error of its Web API with status 200. */
function unauthorized(remote: Service): Response {
  switch (remote) {
    case "zendesk":
      return json(401, { error: "Couldn't authenticate you" });
    case "salesforce":
      return json(401, [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }]);
    case "gitlab":
      return json(401, { message: "401 Unauthorized" });
    case "github":
      return json(401, { message: "Bad credentials", status: "401" });
    case "slack":
      return json(200, { ok: false, error: "invalid_auth" });
  }
}

function notFound(remote: Service): Response {
  switch (remote) {
    case "zendesk":
      return json(404, { error: "RecordNotFound", description: "Not found" });
    case "salesforce":
      return json(404, [{ message: "The requested resource does not exist", errorCode: "NOT_FOUND" }]);
    case "gitlab":
      return json(404, { message: "404 Project Not Found" });
    case "github":
      return json(404, { message: "Not Found", status: "404" });
    case "slack":
      return json(200, { ok: false, error: "channel_not_found" });
  }
}
