import { ConfigurationError, RemoteError } from "../../errors.ts";
import type { HttpClientOptions } from "../http/client-options.ts";
import { failureText } from "../http/failure.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError, NoAnswerError } from "../http/http-error.ts";
import { refusal } from "./refusals.ts";

/** More than any overrides file; what is larger is not read into memory. */
const MAX_BYTES = 10 * 1024 * 1024;
const RETRY_BUDGET = { maxAttempts: 5, maxWaitMs: 300_000 };

/** Location of a file in a GitLab project, and the token that may read it. */
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

/** Options of requesting the file; all but `signal` and `waits` are for tests. */
export type RawFileOptions = Pick<HttpClientOptions, "timeoutMs" | "sleep" | "signal" | "waits" | "retryBudget">;

/**
 * Reads one file of a GitLab project as text (API v4, repository files, raw). Throws `ConfigurationError` that names the
 * setting to look at, or `RemoteError` where GitLab cannot be read just now.
 */
export async function readRawFile(settings: RawFileSettings, options: RawFileOptions = {}): Promise<string> {
  const { token, path } = settings;
  const client = new HttpClient({
    ...options,
    retryBudget: { ...RETRY_BUDGET, ...options.retryBudget },
    largestAnswer: MAX_BYTES,
    service: `GitLab (${new URL(settings.url).host})`,
    headers: async () => (token === null ? {} : { "PRIVATE-TOKEN": token }),
  });
  try {
    const answer = await client.download({
      method: "GET",
      url: rawUrl(settings),
      name: `GET ${path}`,
      // Half a file may be valid YAML with half of the overrides: GitLab says with a raw file how many bytes it has. Its SHA-256 it
      // tells too, but of the text as re-encoded (gitlab-org/gitlab#600568), so that a file with a BOM would never match.
      sizeHeader: "x-gitlab-size",
      signal: options.signal,
    });
    return textOf(settings, answer, textFrom(settings, answer.bytes));
  } catch (error) {
    if (error instanceof HttpError) throw refusedError(settings, error);
    if (!(error instanceof NoAnswerError)) throw error;
    const { failure, detail } = error;
    throw failure.is === "too-large"
      ? tooLarge(settings)
      : unreachable(settings, failureText(failure), detail.attempts);
  }
}

function refusedError(settings: RawFileSettings, { status, answer, detail }: HttpError): Error {
  if (status === 429 || status >= 500) return unreachable(settings, `it answered ${status}`, detail.attempts);
  const refused = refusal(settings, { status, headers: answer.headers }, answer.text);
  return refused ? new ConfigurationError([refused]) : unreachable(settings, `it answered ${status}`, detail.attempts);
}

function textOf(settings: RawFileSettings, answer: { status: number; headers: Headers }, text: string): string {
  const refused = refusal(settings, answer, text);
  if (refused) throw new ConfigurationError([refused]);
  return text;
}

function rawUrl({ url, project, path, ref }: RawFileSettings): string {
  const file = `projects/${encodeURIComponent(project)}/repository/files/${encodeURIComponent(path)}/raw`;
  return `${url.replace(/\/+$/, "")}/api/v4/${file}?ref=${encodeURIComponent(ref)}`;
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

function unreachable(settings: RawFileSettings, what: string, attempts = 1): RemoteError {
  return new RemoteError(
    `GitLab (${new URL(settings.url).host}) could not deliver ${settings.path} of ${settings.project}: ${what}, ${attempts} times in a row. Try again later. If this continues, check GITLAB_URL and the network.`,
    { service: "GitLab", attempts },
  );
}
