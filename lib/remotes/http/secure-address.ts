const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])$/;

/** Whether a host name is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Whether a credential may be sent to an address: over a network never in the clear. */
export function isSecureAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)));
}
