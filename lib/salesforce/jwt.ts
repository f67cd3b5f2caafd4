import { createPrivateKey, createSign, type KeyObject } from "node:crypto";
import { ConfigurationError } from "../errors.ts";

/** How long an assertion is good for. Salesforce takes three to five minutes at most; clocks may differ by one. */
const SECONDS = 120;

/** A signed assertion for the JWT bearer flow: client, user, and the login server it is meant for. */
export function jwtAssertion(
  claims: { clientId: string; username: string; loginUrl: string },
  privateKey: string,
  now: Date,
): string {
  const payload = {
    iss: claims.clientId,
    sub: claims.username,
    aud: audience(claims.loginUrl),
    exp: Math.floor(now.getTime() / 1000) + SECONDS,
  };
  const unsigned = `${base64url({ alg: "RS256" })}.${base64url(payload)}`;
  const signature = createSign("RSA-SHA256").update(unsigned).sign(readKey(privateKey)).toString("base64url");
  return `${unsigned}.${signature}`;
}

/** Who has to accept the assertion: for a My Domain its login server, for anything else the server itself. */
function audience(loginUrl: string): string {
  const { hostname, origin } = new URL(loginUrl);
  if (hostname.endsWith(".sandbox.my.salesforce.com")) return "https://test.salesforce.com";
  return hostname.endsWith(".my.salesforce.com") ? "https://login.salesforce.com" : origin;
}

/** Reads a PEM key; CI variables often carry its line ends as the two characters `\n`. */
function readKey(privateKey: string): KeyObject {
  try {
    const key = createPrivateKey(privateKey.replaceAll("\\n", "\n"));
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Told below without the cause, which may quote the key.
  }
  throw new ConfigurationError([
    {
      where: "SALESFORCE_PRIVATE_KEY",
      what: "is not an RSA private key. Expected PEM text from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----, with line ends or with \\n in their place",
    },
  ]);
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
