import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer other than success. REST calls answer an array of errors, the token endpoint OAuth's object (facts 1.5, 4). */
export class SalesforceError extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: unknown;

  /** @param body sent as JSON; a string is sent as HTML, as by the servers in front of the API */
  constructor(status: ContentfulStatusCode, body: unknown) {
    super(`Salesforce answers ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

function apiError(status: ContentfulStatusCode, errorCode: string, message: string): SalesforceError {
  return new SalesforceError(status, [{ message, errorCode }]);
}

export const malformedQuery = (message: string) => apiError(400, "MALFORMED_QUERY", message);

export const invalidField = (message: string) => apiError(400, "INVALID_FIELD", message);

export const invalidFilterOperator = (message: string) => apiError(400, "INVALID_QUERY_FILTER_OPERATOR", message);

export const outsideValidRange = (message: string) => apiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message);

/** What is good SOQL, but not played here; no client may take it for a mistake of its own. */
export const notPlayed = (what: string) =>
  apiError(400, "FUNCTIONALITY_NOT_ENABLED", `The sandbox does not play ${what}.`);

export const invalidType = (object: string) =>
  apiError(
    400,
    "INVALID_TYPE",
    `sObject type '${object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

export const invalidLocator = () => apiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator");

export const invalidSession = () => apiError(401, "INVALID_SESSION_ID", "Session expired or invalid");

export const requestLimitExceeded = () => apiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");

export const notFound = () => apiError(404, "NOT_FOUND", "The requested resource does not exist");

export const methodNotAllowed = (method: string) =>
  apiError(405, "METHOD_NOT_ALLOWED", `HTTP Method '${method}' not allowed. Allowed are GET`);

export const versionGone = (version: string) =>
  apiError(410, "UNSUPPORTED_API_VERSION", `The requested API version ${version} has been retired.`);

export const uriTooLong = () => new SalesforceError(414, "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>");

export const headersTooLarge = () =>
  new SalesforceError(431, "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>");

/** What the token endpoint answers when it refuses. */
export function oauthError(status: 400 | 401, error: string, description: string): SalesforceError {
  return new SalesforceError(status, { error, error_description: description });
}
