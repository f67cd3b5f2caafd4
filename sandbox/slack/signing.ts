import { createHmac } from "node:crypto";

/** What Slack sends to an app's request URL, and what a forger would change about it. */
export interface SignedRequestOptions {
  /** The app's request URL. */
  url: string;
  /** The body as it goes over the wire; see payloads.ts. */
  body: string;
  /** The app's signing secret; a wrong one forges. */
  secret: string;
  /** Seconds since 1970; null: the header is missing. */
  timestamp: number | string | null;
  /** Instead of the right one; null: the header is missing. */
  signature?: string | null;
  /** Default: Slack's for commands and clicks, `application/x-www-form-urlencoded`; events come as `application/json`. */
  contentType?: string;
  /** Further headers, such as `x-slack-retry-num`. */
  headers?: Record<string, string>;
}

/** Slack's signature of a body (version 0 of the scheme): `v0=` and an HMAC-SHA256 in hex. */
export function slackSignature(secret: string, timestamp: number | string, body: string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

/** A request as Slack makes it, signed. */
export function signedRequest(options: SignedRequestOptions): Request {
  const { url, body, secret, timestamp, contentType = "application/x-www-form-urlencoded" } = options;
  const headers = new Headers({
    "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    accept: "application/json,*/*",
    "content-type": contentType,
    ...options.headers,
  });
  const signature = options.signature === undefined ? slackSignature(secret, timestamp ?? "", body) : options.signature;
  if (timestamp !== null) headers.set("x-slack-request-timestamp", String(timestamp));
  if (signature !== null) headers.set("x-slack-signature", signature);
  return new Request(url, { method: "POST", headers, body });
}
