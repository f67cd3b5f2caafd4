import { RemoteError } from "../errors.ts";
import { AnswerTooLargeError, boundedFetch } from "../http/bounded-fetch.ts";
import type { HttpTiming } from "../http/client-options.ts";
import { retryDelayMs } from "../http/retry-timing.ts";
import { type AskedOfGitlab, refusedByGitlab } from "./pipeline-refusals.ts";

const TIMEOUT_MS = 120_000;
const LONGEST_WAIT_MS = 30_000;
const ATTEMPTS = 4;
/** Larger files are left out: no artifact of 100,000 accounts comes near it. */
const LARGEST_FILE_BYTES = 512 * 1024 ** 2;

/** Fetches one file among a job's artifacts; null where GitLab has none there. Throws `RemoteError` with a message for people. */
export async function downloadArtifact(
  file: { url: string; token: string },
  about: AskedOfGitlab,
  {
    sleep = Bun.sleep,
    timeoutMs = TIMEOUT_MS,
    now = Date.now,
    random = Math.random,
    largestAnswer = LARGEST_FILE_BYTES,
  }: HttpTiming = {},
): Promise<Uint8Array | null> {
  for (let attempt = 1; ; attempt++) {
    const answer = await askOnce(file, timeoutMs, boundedFetch(largestAnswer));
    if (answer?.bytes) return answer.bytes;
    if (answer?.status === 404 || answer?.status === 410) return null;
    const passing = answer === null || answer.status === 429 || answer.status >= 500;
    if (!passing || attempt >= ATTEMPTS)
      throw answer
        ? refusedByGitlab(about, answer.status, null, { service: "GitLab", attempts: attempt })
        : new RemoteError(`GitLab (${about.host}) sent no whole file, ${attempt} times in a row. Try again later.`, {
            service: "GitLab",
            attempts: attempt,
          });
    const headers = answer?.headers ?? new Headers();
    await sleep(Math.min(retryDelayMs({ headers, attempt, nowMs: now(), random: random() }), LONGEST_WAIT_MS));
  }
}

/** Null where no whole answer came. */
async function askOnce(
  { url, token }: { url: string; token: string },
  timeoutMs: number,
  fetch: ReturnType<typeof boundedFetch>,
): Promise<{ status: number; headers: Headers; bytes: Uint8Array | null } | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    let response = await fetch(url, { headers: { "PRIVATE-TOKEN": token }, signal, redirect: "manual" });
    const elsewhere = response.headers.get("location");
    // Downloads may be sent on to object storage, which must not get the token: fetch would take it along.
    if (response.status >= 300 && response.status < 400 && elsewhere && !/sign_in/.test(elsewhere))
      response = await fetch(new URL(elsewhere, url), { signal, redirect: "error" });
    const { status, headers } = response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const length = headers.get("content-length");
    const isWhole = length === null || headers.has("content-encoding") || Number(length) === bytes.length;
    return isWhole ? { status, headers, bytes: status === 200 ? bytes : null } : null;
  } catch (error) {
    // Left out like a file that is not there.
    return error instanceof AnswerTooLargeError ? { status: 404, headers: new Headers(), bytes: null } : null;
  }
}
