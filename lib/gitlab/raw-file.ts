import { ConfigurationError, RemoteError } from "../errors.ts";
import { retryDelayMs } from "../http/retry-timing.ts";
import { endingAt, sleepUnlessAborted, untilStopped } from "../http/until-stopped.ts";
import type { Waits } from "../http/waits.ts";
import { refusal } from "./refusals.ts";

/** More than any overrides file; what is larger is not read into memory. */
const MOST_BYTES = 10 * 1024 * 1024;
const LONGEST_WAIT_MS = 60_000;

/** Where a file lies, and what may read it. */
export interface RawFileSettings {
  /** GitLab itself: `https://gitlab.com`. */
  url: string;
  /** Project id or full path. */
  project: string;
  path: string;
  /** Branch, tag or commit. */
  ref: string;
  /** Null for a public project. */
  token: string | null;
}

/** How the file is asked for; all for tests. */
export interface RawFileOptions {
  /** For one attempt, its body included. */
  timeoutMs?: number;
  /** Attempts after the first. */
  retries?: number;
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** Ends requests and waits at once, with a `StoppedError`. */
  signal?: AbortSignal | undefined;
  /** Told what is waited for. */
  waits?: Waits | undefined;
}

/** What one attempt gave: an answer, whole, or why there was none. `passing`: worth another attempt. */
type Attempt =
  | { is: "answered"; response: Response; text: string }
  | { is: "passing"; what: string; headers: Headers; cause?: unknown };

/**
 * Reads one file of a GitLab project as text (API v4, repository files, raw). Throws `ConfigurationError` that names the
 * setting to look at, or `RemoteError` where GitLab cannot be read just now.
 */
export async function readRawFile(settings: RawFileSettings, options: RawFileOptions = {}): Promise<string> {
  const { timeoutMs = 30_000, retries = 4, sleep = sleepUnlessAborted, signal } = options;
  const service = `GitLab (${new URL(settings.url).host})`;
  const asked = { service, request: `GET ${settings.path}`, timeoutMs, attempts: retries + 1 };
  return untilStopped(asked, options, async (wait) => {
    for (let attempt = 1, before: string | null = null; ; attempt++) {
      wait.attempt(attempt, before);
      const outcome = await attemptOnce(settings, timeoutMs, signal);
      if (outcome.is === "answered") return textOf(settings, outcome.response, outcome.text);
      if (attempt > retries) throw unreachable(settings, outcome.what, attempt, outcome.cause);
      const { headers } = outcome;
      const delay = retryDelayMs({ headers, attempt, nowMs: Date.now(), random: Math.random() });
      before = outcome.what;
      await sleep(Math.min(delay, LONGEST_WAIT_MS), signal);
    }
  });
}

async function attemptOnce(
  settings: RawFileSettings,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  let headers = new Headers();
  try {
    const response = await fetch(rawUrl(settings), {
      headers: settings.token === null ? {} : { "PRIVATE-TOKEN": settings.token },
      // fetch would take the token along to wherever it is sent.
      redirect: "manual",
      signal: endingAt(timeoutMs, signal),
    });
    headers = response.headers;
    if (response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      return { is: "passing", what: `it answered ${response.status}`, headers };
    }
    if (announcedSize(headers) > MOST_BYTES) {
      await response.body?.cancel();
      throw tooLarge(settings);
    }
    const bytes = await readBytes(settings, response);
    if (!isWhole(headers, bytes)) return { is: "passing", what: "the file was cut off on its way", headers };
    return { is: "answered", response, text: textFrom(settings, bytes) };
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    signal?.throwIfAborted();
    const timedOut = cause instanceof Error && cause.name === "TimeoutError";
    return { is: "passing", what: timedOut ? "no whole answer in time" : "the connection failed", headers, cause };
  }
}

function textOf(settings: RawFileSettings, response: Response, text: string): string {
  const refused = refusal(settings, response, text);
  if (refused) throw new ConfigurationError([refused]);
  return text;
}

function rawUrl({ url, project, path, ref }: RawFileSettings): string {
  const file = `projects/${encodeURIComponent(project)}/repository/files/${encodeURIComponent(path)}/raw`;
  return `${url.replace(/\/+$/, "")}/api/v4/${file}?ref=${encodeURIComponent(ref)}`;
}

/** The size that GitLab names, in bytes, before anything is read: on its way a file that is too large may just as well be cut off. */
function announcedSize(headers: Headers): number {
  return Math.max(...["x-gitlab-size", "content-length"].map((name) => Number(headers.get(name)) || 0));
}

/** The whole body; refuses what is too large. */
async function readBytes(settings: RawFileSettings, response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw tooLarge(settings);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Half a file may be valid YAML with half of the overrides: GitLab says with a raw file how many bytes it has. Its SHA-256
 * it tells too, but of the text as re-encoded (gitlab-org/gitlab#600568), so that a file with a BOM would never match.
 */
function isWhole(headers: Headers, bytes: Uint8Array): boolean {
  const size = headers.get("x-gitlab-size");
  return size === null || size === String(bytes.length);
}

function textFrom(settings: RawFileSettings, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unusable(settings, "is not UTF-8 text: is it the right file?");
  }
}

function tooLarge(settings: RawFileSettings): ConfigurationError {
  return unusable(settings, "is larger than 10 MB: is it the right file?");
}

function unusable({ path }: RawFileSettings, what: string): ConfigurationError {
  return new ConfigurationError([{ where: "OVERRIDES_PATH", what: `${path} ${what}` }]);
}

function unreachable(settings: RawFileSettings, what: string, attempts: number, cause: unknown): RemoteError {
  return new RemoteError(
    `GitLab (${new URL(settings.url).host}) could not be asked for ${settings.path} of ${settings.project}: ${what}, ${attempts} times in a row. Try again later; if it stays so, check GITLAB_URL and the network.`,
    { service: "GitLab", attempts },
    { cause },
  );
}
