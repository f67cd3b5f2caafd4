import type { ContentfulStatusCode } from "hono/utils/http-status";

/**
 * An answer other than success, in one of Zendesk's many envelopes (facts 1). Thrown by the rules; the app makes a
 * response of it, a job makes a failed row of it.
 */
export class ZendeskError extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  /** @param body an object is sent as JSON, a string as text/plain */
  constructor(status: ContentfulStatusCode, body: unknown, headers: Record<string, string> = {}) {
    super(`Zendesk answers ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  /** What a failed row of a job says about this error in `details`. */
  get rowDetails(): string {
    const { body } = this;
    return typeof body === "object" && body !== null && "description" in body ? String(body.description) : this.message;
  }
}

/** One broken rule: `label` is the attribute's name for people, `error` the token a client can rely on. */
export interface Violation {
  attribute: string;
  label: string;
  message: string;
  error: "DuplicateValue" | "BlankValue" | "InvalidValue" | "InvalidFormat";
}

/** 422: the record breaks a rule. The texts are localized in real life; only attribute and `error` are stable. */
export class RecordInvalid extends ZendeskError {
  readonly violations: Violation[];

  constructor(...violations: Violation[]) {
    super(422, { error: "RecordInvalid", description: "Record validation errors", details: detailsOf(violations) });
    this.violations = violations;
  }

  /** Two spaces after the colon here, one in the 422: both as recorded (facts 3). */
  override get rowDetails(): string {
    return this.violations.map(({ label, message }) => `${label}:  ${message}`).join(", ");
  }
}

function detailsOf(violations: Violation[]): Record<string, Array<{ description: string; error: string }>> {
  const details: Record<string, Array<{ description: string; error: string }>> = {};
  for (const { attribute, label, message, error } of violations) {
    details[attribute] = [...(details[attribute] ?? []), { description: `${label}: ${message}`, error }];
  }
  return details;
}

/** On a user the details key is `email`, on an identity it is `value` (facts 4). */
export function usedAddress(attribute: "email" | "value", address: string): Violation {
  const message = `${address} is already being used by another user`;
  return { attribute, label: "Email", message, error: "DuplicateValue" };
}

export const recordNotFound = (): ZendeskError =>
  new ZendeskError(404, { error: "RecordNotFound", description: "Not found" });

/** The other 404: the route does not exist on this account or plan (facts 1). */
export const invalidEndpoint = (): ZendeskError =>
  new ZendeskError(404, { error: "InvalidEndpoint", description: "Not found" });

export const unauthenticated = (): ZendeskError => new ZendeskError(401, { error: "Couldn't authenticate you" });

/** General knowledge of Zendesk's OAuth, not recorded: an expired or revoked token is told apart. */
export const tokenExpired = (): ZendeskError =>
  new ZendeskError(401, {
    error: "invalid_token",
    error_description: "The access token provided is expired, revoked, malformed or invalid for other reasons.",
  });

/** Missing scope, missing role and missing plan all look like this (facts 1). */
export const forbidden = (): ZendeskError =>
  new ZendeskError(403, {
    error: {
      title: "Forbidden",
      message:
        "You do not have access to this page. Please contact the account owner of this help desk for further help.",
    },
  });

export const parameterMissing = (name: string): ZendeskError =>
  new ZendeskError(400, { error: "ParameterMissing", description: `Parameter ${name} is required` });

/** A wrong JSON type has an envelope of its own: `error` is an object (facts 1). */
export const invalidAttribute = (attribute: string): ZendeskError =>
  new ZendeskError(400, {
    error: { title: "Invalid attribute", message: `You passed an invalid value for the ${attribute} attribute.` },
  });

export const paginationError = (code: string, title: string, detail: string): ZendeskError =>
  new ZendeskError(400, { errors: [{ code, title, detail }] });
