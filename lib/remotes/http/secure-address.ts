const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])$/;

/** True if a host name is this machine's own (loopback). */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** True if a credential may be sent to an address: https, or http to this machine; never in the clear over a network. */
export function isSecureAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)));
}
