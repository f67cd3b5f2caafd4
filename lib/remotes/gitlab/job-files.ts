import { createHash } from "node:crypto";
import { reason } from "../../domain/reason.ts";
import { ArtifactError, RemoteError } from "../../errors.ts";
import { refused } from "../../reasons/refused.ts";
import type { HttpRequest, HttpTiming } from "../http/client-options.ts";
import { failureText } from "../http/failure.ts";
import { HttpClient } from "../http/http-client.ts";
import { AmbiguousWriteError, HttpError, NoAnswerError } from "../http/http-error.ts";
import { CI_FOLDER, type CiJob } from "./ci-job.ts";
import { DOWNLOAD_REDIRECTS, FILE_TIMEOUT_MS, LARGEST_FILE_BYTES } from "./downloads.ts";
import { checkOneRun, HANDOVER_FILE, type HandOver, type HandOverReference, parseHandOver } from "./hand-over.ts";

const RETRY_BUDGET = { maxAttempts: 4, maxWaitMs: 180_000 };

/** Selects the handed-over files to take, and receives them. */
export interface Taking {
  isRead(name: string): boolean;
  keep(name: string, bytes: Uint8Array): Promise<void>;
}

/**
 * Fetches what earlier jobs hand over and this one reads, each by its exact job id, and gives every file to `keep` once its SHA-256
 * is proved. Throws `ArtifactError` (missing), `RefusedError` (altered, or of different runs) and `RemoteError`.
 */
export async function takeOver(
  job: CiJob,
  references: readonly HandOverReference[],
  { isRead, keep }: Taking,
  options: HttpTiming = {},
): Promise<void> {
  const lists: { handOver: HandOver; whose: string; reference: HandOverReference }[] = [];
  for (const reference of references) {
    const whose = `job ${reference.jobId} of project ${reference.projectId}`;
    const bytes = await download(job, reference, CI_FOLDER, HANDOVER_FILE, whose, options);
    prove(bytes, reference.sha256, HANDOVER_FILE, whose);
    lists.push({ handOver: parseHandOver(new TextDecoder().decode(bytes), whose), whose, reference });
  }
  checkOneRun(lists);
  for (const { handOver, whose, reference } of lists) {
    for (const { name, sha256 } of handOver.files.filter((file) => isRead(file.name))) {
      const bytes = await download(job, reference, handOver.folder, name, whose, options);
      prove(bytes, sha256, name, whose);
      await keep(name, bytes);
    }
  }
}

/** Puts files into the generic package registry under this job's id, the list last: what has a list is complete. */
export async function publish(
  job: CiJob,
  files: readonly { name: string; bytes: Uint8Array }[],
  options: HttpTiming = {},
): Promise<void> {
  for (const { name, bytes } of files) {
    const content = { data: new Uint8Array(bytes), type: "application/octet-stream" };
    const { status } = await ask(
      job,
      { method: "PUT", url: packageUrl(job, job, name), content, effect: "sets" },
      options,
    );
    if (status >= 300)
      throw new RemoteError(
        `GitLab answered ${status} to the upload of ${name} into the package registry of project ${job.projectId}. The registry must be on (Settings > General > Package registry).`,
        { service: "GitLab", status },
      );
  }
}

/** Gives this job's pipeline a name (`PUT …/metadata`, allowed to job tokens since GitLab 16.6); answers the status. */
export async function namePipeline(job: CiJob, name: string, options: HttpTiming = {}): Promise<number> {
  const url = `${job.apiUrl}/projects/${job.projectId}/pipelines/${job.pipelineId}/metadata`;
  return (await ask(job, { method: "PUT", url, body: { name }, effect: "sets" }, options)).status;
}

async function download(
  job: CiJob,
  reference: HandOverReference,
  folder: string,
  name: string,
  whose: string,
  options: HttpTiming,
): Promise<Uint8Array> {
  const path = [...folder.split("/"), name].map(encodeURIComponent).join("/");
  const url =
    job.transport === "packages"
      ? packageUrl(job, reference, name)
      : `${job.apiUrl}/projects/${reference.projectId}/jobs/${reference.jobId}/artifacts/${path}`;
  const { status, bytes } = await ask(job, { method: "GET", url, redirects: DOWNLOAD_REDIRECTS }, options);
  if (status < 300) return bytes;
  const remedy =
    job.transport === "packages"
      ? "Was it cleaned up, or does this project lack access to that registry?"
      : "Has it expired, or is this project missing from that project's job token allowlist (Settings > CI/CD; downloading artifacts of another project by job token needs GitLab Premium, else set transport: packages)?";
  throw new ArtifactError(`${name} of ${whose} is missing: GitLab answered ${status}. ${remedy}`);
}

function prove(bytes: Uint8Array, sha256: string, name: string, whose: string): void {
  if (createHash("sha256").update(bytes).digest("hex") === sha256) return;
  throw refused(reason("handover.altered", { file: name, job: whose }));
}

/** A package for each job: its version is the job id, so that a retried job never replaces what another one reads. */
function packageUrl(job: CiJob, { projectId, jobId }: { projectId: string; jobId: string }, name: string): string {
  return `${job.apiUrl}/projects/${projectId}/packages/generic/zdsync/0.0.${jobId}/${encodeURIComponent(name)}`;
}

/** One request with the job's token; a refusal is an answer here. Throws `RemoteError` where there is none that can be used. */
async function ask(
  job: CiJob,
  request: HttpRequest,
  timing: HttpTiming,
): Promise<{ status: number; bytes: Uint8Array }> {
  const { token, apiUrl } = job;
  if (!token || !apiUrl)
    throw new ArtifactError("CI_JOB_TOKEN or CI_API_V4_URL is not set: files of other jobs cannot be fetched here.");
  const service = `GitLab (${new URL(request.url).host})`;
  const client = new HttpClient({
    timeoutMs: FILE_TIMEOUT_MS,
    largestAnswer: LARGEST_FILE_BYTES,
    ...timing,
    retryBudget: RETRY_BUDGET,
    service,
    headers: async () => ({ "JOB-TOKEN": token }),
  });
  try {
    return await client.download(request);
  } catch (error) {
    if (error instanceof HttpError && error.status < 500 && error.status !== 429)
      return { status: error.status, bytes: new Uint8Array() };
    if (error instanceof RemoteError) throw noAnswer(service, error);
    throw error;
  }
}

/** Writes among them: putting the same file or name there once more changes nothing, so whether it was done is no matter. */
function noAnswer(service: string, error: RemoteError): RemoteError {
  const { attempts = 1 } = error.detail;
  const failure = error instanceof NoAnswerError || error instanceof AmbiguousWriteError ? error.failure : null;
  if (failure?.is === "too-large")
    return new RemoteError(`${service} sent an unusable response: ${failureText(failure)}.`, { service: "GitLab" });
  const status = error instanceof HttpError ? error.status : failure?.is === "status" ? failure.status : null;
  const told = status === null ? "" : ` (${status})`;
  return new RemoteError(`${service} did not respond ${attempts} times in a row${told}. Try again later.`, {
    service: "GitLab",
    attempts,
  });
}
