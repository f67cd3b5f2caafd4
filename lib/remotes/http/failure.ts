import { AnswerTooLargeError } from "./bounded-fetch.ts";
import { IncompleteAnswerError } from "./read-body.ts";

/** Why an attempt gave nothing of use. */
export type Failure =
  | { is: "status"; status: number; code: string | null }
  /** The connection was never made: nothing can have been done. */
  | { is: "unreachable"; code: string }
  /** The host's certificate is not trusted, so that nothing was sent: a setting is wrong, and will be the next time. */
  | { is: "untrusted"; code: string }
  | { is: "timed-out"; timeoutMs: number }
  | { is: "disconnected"; code: string | null }
  /** Fewer bytes came than were announced. */
  | { is: "incomplete" }
  | { is: "not-json" }
  /** `limit`: in bytes. */
  | { is: "too-large"; limit: number };

/** The codes of a connection that was never made. */
const NOBODY_THERE = new Set(["ConnectionRefused", "ECONNREFUSED", "ENOTFOUND", "FailedToOpenSocket"]);

/** The codes of a certificate that is for another host, has expired, or comes from an unknown authority, as OpenSSL and Bun name them. */
const UNTRUSTED = /CERT|^ERR_TLS_|^UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|^CRL_|HOSTNAME_MISMATCH/;

/**
 * Why a request got no whole answer. Only codes are taken from the error: its texts hold the URL, and with it addresses. The real
 * cause stands behind ofetch's own error.
 */
export function failureOf(error: unknown, timeoutMs: number): Failure {
  const causes = [error, isObject(error) ? error.cause : undefined].filter(isObject);
  const code = causes.map((cause) => cause.code).find((one) => typeof one === "string" && /^\w{1,40}$/.test(one));
  const told = typeof code === "string" ? code : null;
  if (told !== null && NOBODY_THERE.has(told)) return { is: "unreachable", code: told };
  if (told !== null && UNTRUSTED.test(told)) return { is: "untrusted", code: told };
  const tooLarge = causes.find((cause) => cause instanceof AnswerTooLargeError);
  if (tooLarge instanceof AnswerTooLargeError) return { is: "too-large", limit: tooLarge.limit };
  if (causes.some((cause) => cause instanceof IncompleteAnswerError)) return { is: "incomplete" };
  if (causes.some(({ name }) => name === "TimeoutError")) return { is: "timed-out", timeoutMs };
  return { is: "disconnected", code: told };
}

/** For a message: `it answered 503`. Holds nothing of an answer but its code. */
export function failureText(failure: Failure): string {
  switch (failure.is) {
    case "status":
      return `it answered ${failure.status}${failure.code ? ` ${failure.code}` : ""}`;
    case "unreachable":
      return `no connection to this host (${failure.code})`;
    case "untrusted":
      return `its certificate is not trusted (${failure.code})`;
    case "timed-out":
      return `no complete response within ${failure.timeoutMs / 1000} s`;
    case "disconnected":
      return `the connection was lost${failure.code ? ` (${failure.code})` : ""}`;
    case "incomplete":
      return "the response was truncated";
    case "not-json":
      return "the response was truncated or is not JSON";
    case "too-large":
      return new AnswerTooLargeError(failure.limit).message;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
