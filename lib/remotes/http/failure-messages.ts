import type { HttpAnswer } from "./client-options.ts";
import { type Failure, failureText } from "./failure.ts";
import { AmbiguousWriteError, HttpError, NoAnswerError } from "./http-error.ts";

/** Parts of a failed request that a message may show. Bodies and queries are left out: they may hold names and addresses. */
export interface FailedRequest {
  service: string;
  method: string;
  url: string;
  /** Instead of method and path. */
  name?: string | undefined;
  attempts: number;
}

/** A refusal, final or after the last attempt. */
export function refusalError(
  request: FailedRequest,
  { status, headers, text, body }: HttpAnswer,
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
    { headers, text },
  );
}

/** Attempts used up without one whole answer. */
export function retriesExhaustedError(request: FailedRequest, failure: Failure): NoAnswerError {
  const { service, attempts } = request;
  return new NoAnswerError(
    `${service}: ${nameOf(request)} failed ${attempts} times: ${failureText(failure)}. Try again later. If this continues, check the URL setting and the network.`,
    failure,
    { service, attempts },
  );
}

/** A host that does not prove to be the one it was asked for: nothing was sent to it. */
export function untrustedError({ service, attempts }: FailedRequest, failure: Failure): NoAnswerError {
  return new NoAnswerError(
    `${service}: ${failureText(failure)}, so nothing was sent to it. Check the URL setting of this service and the clock of this machine; behind a proxy that decrypts TLS, point NODE_EXTRA_CA_CERTS at its certificate authority.`,
    failure,
    { service, attempts },
  );
}

/** An answer that cannot be used, and would be the same another time. */
export function unusableError(request: FailedRequest, failure: Failure): NoAnswerError {
  const { service, attempts } = request;
  return new NoAnswerError(
    `${service}: the response to ${nameOf(request)} is not usable: ${failureText(failure)}. Check the URL setting of this service. If it is right, report this to the maintainers of zdsync.`,
    failure,
    { service, attempts },
  );
}

/** A write that may have been done. */
export function ambiguousError(request: FailedRequest, failure: Failure): AmbiguousWriteError {
  const { service, attempts } = request;
  return new AmbiguousWriteError(
    `${service}: ${nameOf(request)} may have been applied: ${failureText(failure)}.`,
    { service, attempts },
    failure,
  );
}

/** A request in messages: `GET /api/v2/users`. */
export function nameOf({ method, url, name }: Pick<FailedRequest, "method" | "url" | "name">): string {
  return name ?? `${method} ${new URL(url).pathname}`;
}

function remedyOf(status: number): string {
  if (status < 400) return " This is a redirect: check the URL setting of this service.";
  if (status === 401) return " Check the credentials of this service.";
  if (status === 403) return " The credentials are valid, but do not allow this: check scopes, role and plan.";
  if (status === 429 || status >= 500) return " Try again later.";
  return "";
}
