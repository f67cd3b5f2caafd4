import type { LoggedRequest } from "../types.ts";

/** Every request the sandbox answered, in order of answer. One log is shared by all services. */
export class RequestLog {
  entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
  }

  /** Empties the list in place: whoever holds `entries` sees it empty. */
  clear(): void {
    this.entries.length = 0;
  }
}

/** Path and query of a URL, percent-decoded as far as it can be (`page%5Bsize%5D` reads `page[size]`). */
export function decodedPath(url: URL): string {
  const path = url.pathname + url.search;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The body of a write as a value: JSON parsed, a form as an object, anything else as its text; undefined when empty. */
export function parsedBody(text: string, contentType: string | null): unknown {
  if (text === "") return undefined;
  if (contentType?.includes("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
