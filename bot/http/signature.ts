import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Maximum age of a request, and how far it may be ahead of our clock; Slack's own five minutes, both ways. */
export const SIGNATURE_WINDOW_SECONDS = 300;

/** A request as it is signed: the bytes of the body as they came. */
export interface SignedRequest {
  timestamp: string | null;
  signature: string | null;
  body: Uint8Array;
}

/**
 * Why a request is not from Slack, or null where it is: Slack's signature v0, HMAC-SHA-256 over `v0:<seconds>:<body>`. Compared
 * in constant time; Bolt's own check lets future timestamps pass (facts 1).
 */
export function signatureProblem(secret: string, request: SignedRequest, now: Date): string | null {
  const { timestamp, signature, body } = request;
  if (secret === "") return "no signing secret is set";
  if (timestamp === null || !/^\d{1,12}$/.test(timestamp)) return "no timestamp";
  if (signature === null || !/^v0=[0-9a-f]{64}$/.test(signature)) return "no signature";
  if (Math.abs(Math.floor(now.getTime() / 1000) - Number(timestamp)) > SIGNATURE_WINDOW_SECONDS)
    return "stale timestamp";
  const mine = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(mine, Buffer.from(signature.slice(3), "hex")) ? null : "wrong signature";
}

/** True if two secrets are equal; the time the comparison takes reveals nothing about them. */
export function sameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
