import { RemoteError } from "../../errors.ts";
import type { HttpTiming } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError, NoAnswerError } from "../http/http-error.ts";
import { DOWNLOAD_REDIRECTS, FILE_TIMEOUT_MS, LARGEST_FILE_BYTES } from "./downloads.ts";
import { type GitlabCall, refusedByGitlab } from "./pipeline-refusals.ts";

/** Somebody may be waiting for it in Slack. */
const RETRY_BUDGET = { maxAttempts: 4, maxWaitMs: 90_000 };

/** Fetches one file among a job's artifacts; null where GitLab has none there. Throws `RemoteError` with a message for people. */
export async function downloadArtifact(
  { url, token }: { url: string; token: string },
  call: GitlabCall,
  timing: HttpTiming = {},
): Promise<Uint8Array | null> {
  const client = new HttpClient({
    timeoutMs: FILE_TIMEOUT_MS,
    largestAnswer: LARGEST_FILE_BYTES,
    ...timing,
    retryBudget: RETRY_BUDGET,
    service: `GitLab (${call.host})`,
    headers: async () => ({ "PRIVATE-TOKEN": token }),
  });
  try {
    const { status, bytes } = await client.download({ method: "GET", url, redirects: DOWNLOAD_REDIRECTS });
    if (status === 200) return bytes;
    throw refusedByGitlab(call, status, null, { service: "GitLab", status });
  } catch (error) {
    if (isAbsent(error)) return null;
    const { attempts = 1 } = error instanceof RemoteError ? error.detail : {};
    if (error instanceof HttpError) throw refusedByGitlab(call, error.status, null, { service: "GitLab", attempts });
    if (error instanceof NoAnswerError)
      throw new RemoteError(
        `GitLab (${call.host}) sent no complete file, ${attempts} times in a row. Try again later.`,
        {
          service: "GitLab",
          attempts,
        },
      );
    throw error;
  }
}

/** A file that is too large is treated like one that is not there. */
function isAbsent(error: unknown): boolean {
  if (error instanceof HttpError) return error.status === 404 || error.status === 410;
  return error instanceof NoAnswerError && error.failure.is === "too-large";
}
