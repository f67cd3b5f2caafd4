import { RemoteError } from "../errors.ts";
import { AmbiguousWriteError, HttpError } from "./http-error.ts";

/** What a message about a failed request may tell. Bodies and queries are left out: they may hold names and addresses. */
export interface FailedRequest {
  service: string;
  method: string;
  url: string;
  attempts: number;
}

/** A refusal, final or after the last attempt. */
export function refusalError(
  request: FailedRequest,
  { status, headers, body }: { status: number; headers: Headers; body: unknown },
  code: string | null,
  isPassing: boolean,
): HttpError {
  const { service, attempts } = request;
  const requestId = headers.get("x-request-id");
  const about = [code, requestId && `request ${requestId}`, attempts > 1 && `attempt ${attempts}`].filter(Boolean);
  return new HttpError(
    `${service} answered ${status} to ${nameOf(request)}${about.length > 0 ? ` (${about.join(", ")})` : ""}.${remedyOf(status)}`,
    status,
    body,
    isPassing,
    { service, status, attempts, ...(code ? { code } : {}), ...(requestId ? { requestId } : {}) },
  );
}

/** Attempts used up without one whole answer. */
export function givenUpError(request: FailedRequest, what: string): RemoteError {
  const { service, attempts } = request;
  return new RemoteError(
    `${service}: ${nameOf(request)} failed ${attempts} times: ${what}. Try again later; if it stays so, check the URL setting and the network.`,
    { service, attempts },
  );
}

/** An answer that cannot be used, and would be the same another time. */
export function unusableError(request: FailedRequest, what: string): RemoteError {
  const { service, attempts } = request;
  return new RemoteError(
    `${service}: the answer to ${nameOf(request)} cannot be used: ${what}. Check the URL setting of this service; if it is right, tell the maintainers.`,
    { service, attempts },
  );
}

/** A write that may have been done. */
export function ambiguousError(request: FailedRequest, what: string): AmbiguousWriteError {
  const { service, attempts } = request;
  return new AmbiguousWriteError(`${service}: whether ${nameOf(request)} was done is not known: ${what}.`, {
    service,
    attempts,
  });
}

/** A request in messages: `GET /api/v2/users`. */
export function nameOf({ method, url }: Pick<FailedRequest, "method" | "url">): string {
  return `${method} ${new URL(url).pathname}`;
}

function remedyOf(status: number): string {
  if (status < 400) return " That is a redirection: check the URL setting of this service.";
  if (status === 401) return " Check the credentials of this service.";
  if (status === 403) return " The credentials are good, but do not allow this: check scopes, role and plan.";
  if (status === 429 || status >= 500) return " Try again later.";
  return "";
}
