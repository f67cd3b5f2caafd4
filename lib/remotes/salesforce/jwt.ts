import { createPrivateKey, createSign, type KeyObject } from "node:crypto";
import { ConfigurationError } from "../../errors.ts";

/** Lifetime of an assertion. Salesforce accepts three to five minutes at most; clocks may differ by one. */
const SECONDS = 120;

/** A signed assertion for the JWT bearer flow: client, user, and the log-in server it is meant for (`jwtAudiences`). */
export function jwtAssertion(
  claims: { clientId: string; username: string; audience: string },
  privateKey: string,
  now: Date,
): string {
  const payload = {
    iss: claims.clientId,
    sub: claims.username,
    aud: claims.audience,
    exp: Math.floor(now.getTime() / 1000) + SECONDS,
  };
  const unsigned = `${base64url({ alg: "RS256" })}.${base64url(payload)}`;
  const signature = createSign("RSA-SHA256").update(unsigned).sign(readKey(privateKey)).toString("base64url");
  return `${unsigned}.${signature}`;
}

const PRODUCTION = "https://login.salesforce.com";
const SANDBOX = "https://test.salesforce.com";

/**
 * Whom an assertion may have to be meant for, the likeliest first. Which of them an org takes cannot be told from its host name, so
 * Salesforce's own tools try the log-in URL, the log-in server of sandboxes and scratch orgs, and the one of production in turn
 * (sfdx-core, `getLoginAudienceCombos`: "we can no longer depend on instance names or URLs"). Pure.
 */
export function jwtAudiences(loginUrl: string): string[] {
  const { hostname, origin } = new URL(loginUrl);
  const all = [origin, SANDBOX, PRODUCTION];
  return [...new Set([likeliest(hostname), ...all].flatMap((one) => one ?? []))];
}

function likeliest(hostname: string): string | null {
  if (/\.(?:sandbox|scratch)\.my\.salesforce\.com$/.test(hostname)) return SANDBOX;
  return hostname.endsWith(".my.salesforce.com") ? PRODUCTION : null;
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
