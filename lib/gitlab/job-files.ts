import { createHash } from "node:crypto";
import { reason } from "../domain/reason.ts";
import { ArtifactError, RemoteError } from "../errors.ts";
import { refused } from "../explain/refused.ts";
import { AnswerTooLargeError, boundedFetch } from "../http/bounded-fetch.ts";
import { retryDelayMs } from "../http/retry-timing.ts";
import { CI_FOLDER, type CiJob } from "./ci-job.ts";
import { checkOneRun, HANDOVER_FILE, type HandOver, type HandOverReference, parseHandOver } from "./hand-over.ts";

const TIMEOUT_MS = 120_000;
const LONGEST_WAIT_MS = 60_000;
const ATTEMPTS = 4;
/** More than an artifact of 100,000 accounts comes to. */
const LARGEST_FILE_BYTES = 512 * 1024 ** 2;

/** How GitLab is asked; for tests. */
export interface AskOptions {
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Bytes of the largest file that is read, once decompressed. */
  largestAnswer?: number;
}

/** What is taken of what is handed over, and where it goes. */
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
  options: AskOptions = {},
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
  options: AskOptions = {},
): Promise<void> {
  for (const { name, bytes } of files) {
    const response = await ask(job, packageUrl(job, job, name), { method: "PUT", body: bytes }, options);
    if (!response.ok)
      throw new RemoteError(
        `GitLab answered ${response.status} to the upload of ${name} into the package registry of project ${job.projectId}. The registry must be on (Settings > General > Package registry).`,
        { service: "GitLab", status: response.status },
      );
  }
}

/** Gives this job's pipeline a name (`PUT …/metadata`, allowed to job tokens since GitLab 16.6); answers the status. */
export async function namePipeline(job: CiJob, name: string, options: AskOptions = {}): Promise<number> {
  const url = `${job.apiUrl}/projects/${job.projectId}/pipelines/${job.pipelineId}/metadata`;
  const body = JSON.stringify({ name });
  const response = await ask(
    job,
    url,
    { method: "PUT", body, headers: { "content-type": "application/json" } },
    options,
  );
  return response.status;
}

async function download(
  job: CiJob,
  reference: HandOverReference,
  folder: string,
  name: string,
  whose: string,
  options: AskOptions,
): Promise<Uint8Array> {
  const path = [...folder.split("/"), name].map(encodeURIComponent).join("/");
  const url =
    job.transport === "packages"
      ? packageUrl(job, reference, name)
      : `${job.apiUrl}/projects/${reference.projectId}/jobs/${reference.jobId}/artifacts/${path}`;
  const response = await ask(job, url, {}, options);
  if (response.ok) return response.bytes;
  const remedy =
    job.transport === "packages"
      ? "Was it cleaned up, or does this project lack access to that registry?"
      : "Has it expired, or is this project missing from that project's job token allowlist (Settings > CI/CD; downloading artifacts of another project by job token needs GitLab Premium, else set transport: packages)?";
  throw new ArtifactError(`${name} of ${whose} is missing: GitLab answered ${response.status}. ${remedy}`);
}

function prove(bytes: Uint8Array, sha256: string, name: string, whose: string): void {
  if (createHash("sha256").update(bytes).digest("hex") === sha256) return;
  throw refused(reason("handover.altered", { file: name, job: whose }));
}

/** A package for each job: its version is the job id, so that a retried job never replaces what another one reads. */
function packageUrl(job: CiJob, { projectId, jobId }: { projectId: string; jobId: string }, name: string): string {
  return `${job.apiUrl}/projects/${projectId}/packages/generic/zdsync/0.0.${jobId}/${encodeURIComponent(name)}`;
}

interface Answer {
  ok: boolean;
  status: number;
  bytes: Uint8Array;
}

async function ask(
  job: CiJob,
  url: string,
  init: RequestInit,
  { sleep = Bun.sleep, largestAnswer = LARGEST_FILE_BYTES }: AskOptions,
): Promise<Answer> {
  if (!job.token || !job.apiUrl)
    throw new ArtifactError("CI_JOB_TOKEN or CI_API_V4_URL is not set: files of other jobs cannot be fetched here.");
  for (let attempt = 1; ; attempt++) {
    const outcome = await askOnce(job.token, url, init, boundedFetch(largestAnswer));
    if ("bytes" in outcome && outcome.status < 500 && outcome.status !== 429) return outcome;
    if (attempt >= ATTEMPTS)
      throw new RemoteError(
        `GitLab (${new URL(url).host}) did not answer ${attempt} times in a row${"status" in outcome ? ` (${outcome.status})` : ""}. Try again later.`,
        { service: "GitLab", attempts: attempt },
      );
    const headers = outcome.headers ?? new Headers();
    await sleep(
      Math.min(retryDelayMs({ headers, attempt, nowMs: Date.now(), random: Math.random() }), LONGEST_WAIT_MS),
    );
  }
}

async function askOnce(
  token: string,
  url: string,
  init: RequestInit,
  fetch: ReturnType<typeof boundedFetch>,
): Promise<(Answer & { headers: Headers }) | { headers: null }> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const headers = { ...(init.headers as Record<string, string> | undefined), "JOB-TOKEN": token };
    let response = await fetch(url, { ...init, headers, signal, redirect: "manual" });
    const elsewhere = response.headers.get("location");
    // Downloads are sent on to object storage, which must not get the token: fetch would take it along.
    if (response.status >= 300 && response.status < 400 && elsewhere && (init.method ?? "GET") === "GET")
      response = await fetch(new URL(elsewhere, url), { signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { ok: response.ok, status: response.status, bytes, headers: response.headers };
  } catch (error) {
    if (error instanceof AnswerTooLargeError)
      throw new RemoteError(`GitLab (${new URL(url).host}) sent what cannot be used: ${error.message}.`, {
        service: "GitLab",
      });
    return { headers: null };
  }
}
