import { createPublicKey, verify } from "node:crypto";
import { oauthError, type SalesforceError } from "./errors.ts";

/** What an assertion of the JWT bearer flow has to be. */
export interface ExpectedAssertion {
  clientId: string;
  username: string;
  /** PEM. */
  publicKey: string;
  /** Any of these. */
  audiences: readonly string[];
  now: Date;
}

/** How far ahead an assertion may expire (facts 1.3: three to five minutes). */
const longestSeconds = 300;

/** Checks an RS256 assertion. @throws OAuth error 400, as Salesforce refuses it */
export function requireAssertion(assertion: string, expected: ExpectedAssertion): void {
  const [head = "", payload = "", signature = ""] = assertion.split(".");
  const claims = decoded(payload);
  if (decoded(head)?.alg !== "RS256" || !claims) throw invalidGrant("invalid assertion");
  if (claims.iss !== expected.clientId) throw oauthError(400, "invalid_client_id", "client identifier invalid");
  const signed = Buffer.from(`${head}.${payload}`);
  const key = createPublicKey(expected.publicKey);
  if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) throw invalidGrant("invalid assertion");
  if (claims.sub !== expected.username) throw invalidGrant("user hasn't approved this consumer");
  if (!expected.audiences.includes(String(claims.aud))) throw invalidGrant("audience is invalid");
  const seconds = Number(claims.exp) - expected.now.getTime() / 1000;
  if (!(seconds > 0)) throw invalidGrant("expired authorization code");
  if (seconds > longestSeconds) throw invalidGrant("invalid assertion");
}

function invalidGrant(description: string): SalesforceError {
  return oauthError(400, "invalid_grant", description);
}

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
