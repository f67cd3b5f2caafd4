import { headersTooLarge, requestLimitExceeded, uriTooLong } from "./errors.ts";

/** Request line and headers together; the URI alone may not be longer either (facts 2.3). */
const longestBytes = 16_384;

/** @throws 414 or 431, which are no JSON */
export function requireShortRequest(request: Request): void {
  const { pathname, search } = new URL(request.url);
  if (pathname.length + search.length > longestBytes) throw uriTooLong();
  const requestLine = `${request.method} ${pathname}${search} HTTP/1.1\r\n`;
  const headers = [...request.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  if (Buffer.byteLength(requestLine + headers.join("")) > longestBytes) throw headersTooLarge();
}

/** API requests of the UTC day against the org's allocation; a real org counts the last 24 hours. */
export class RequestCount {
  readonly limit: number;
  readonly #now: () => Date;
  #day = "";
  #used = 0;

  constructor(limit: number, now: () => Date) {
    this.limit = limit;
    this.#now = now;
  }

  get used(): number {
    return this.#used;
  }

  add(): void {
    const day = this.#now().toISOString().slice(0, 10);
    if (day !== this.#day) this.#used = 0;
    this.#day = day;
    this.#used += 1;
  }

  /** @throws REQUEST_LIMIT_EXCEEDED once more requests were made than the org may make */
  require(): void {
    if (this.#used > this.limit) throw requestLimitExceeded();
  }
}
