import * as v from "valibot";
import { reason } from "../../domain/reason.ts";
import { ArtifactError, type Problem } from "../../errors.ts";
import { refused } from "../../reasons/refused.ts";
import type { Environment } from "../../settings/environment.ts";
import { RUN_ID } from "../../storage/artifacts/manifest.ts";

/** Variables that name what earlier projects of a chain hand over: `ZDSYNC_HANDOVER_PROCESS=12:345:<sha-256>`. */
export const HANDOVER_VARIABLE = /^ZDSYNC_HANDOVER_[A-Z_]+$/;

/** The list of what a job hands over, in the folder `.zdsync`. */
export const HANDOVER_FILE = "handover.json";

/** The dotenv report of a job of a chain, in the folder `.zdsync`: one variable, the reference to its hand-over. */
export const HANDOFF_FILE = "handoff.env";

/** One job's hand-over: the exact job, and the SHA-256 of its list of files. */
export interface HandOverReference {
  projectId: string;
  jobId: string;
  sha256: string;
}

/** Names of artifacts and their manifests; they become paths and parts of URLs. */
const FILE_NAME = /^[a-z][a-z_-]{0,60}(?:\.manifest)?\.json$/;
const FOLDER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}(?:\/[A-Za-z0-9_][A-Za-z0-9._-]{0,63}){0,7}$/;

const HandOverSchema = v.object({
  schema: v.literal(1),
  stage: v.string(),
  run_id: v.pipe(v.string(), v.regex(RUN_ID)),
  /** Folder of the files among the job's artifacts. */
  folder: v.pipe(v.string(), v.regex(FOLDER)),
  files: v.array(
    v.object({
      name: v.pipe(v.string(), v.regex(FILE_NAME)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
});

/** Files that a job hands over, with their digests, and the run that they belong to. */
export type HandOver = v.InferOutput<typeof HandOverSchema>;

/** `12:345:<sha-256>` */
export function formatReference({ projectId, jobId, sha256 }: HandOverReference): string {
  return `${projectId}:${jobId}:${sha256}`;
}

/** Every hand-over that the environment names, each once; what is wrong is added to `problems`. */
export function referencesIn(env: Environment, problems: Problem[]): HandOverReference[] {
  const references = new Map<string, HandOverReference>();
  for (const [name, value] of Object.entries(env)) {
    const text = value?.trim() ?? "";
    if (!HANDOVER_VARIABLE.test(name) || text === "") continue;
    const [, projectId, jobId, sha256] = /^(\d{1,18}):(\d{1,18}):([0-9a-f]{64})$/.exec(text) ?? [];
    if (projectId && jobId && sha256) references.set(text, { projectId, jobId, sha256 });
    else problems.push({ where: name, what: "expected PROJECT-ID:JOB-ID:SHA-256, as passed on by the previous job" });
  }
  return [...references.values()];
}

/** Reads the list of files that a job hands over; `whose` names the job. Throws `ArtifactError`. */
export function parseHandOver(text: string, whose: string): HandOver {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below, like anything else that is no hand-over.
  }
  const parsed = v.safeParse(HandOverSchema, json);
  if (parsed.success) return parsed.output;
  throw new ArtifactError(
    `What ${whose} passes on is not a list of files (field ${v.getDotPath(parsed.issues[0]) ?? "(all)"}). Use the same version of zdsync in all projects.`,
  );
}

/** Refuses hand-overs of different runs: they do not belong together (S3). */
export function checkOneRun(handOvers: readonly { handOver: HandOver; whose: string }[]): void {
  const [first, ...others] = handOvers;
  for (const other of others) {
    if (!first || other.handOver.run_id === first.handOver.run_id) continue;
    throw refused(
      reason("handover.of_different_runs", {
        job: other.whose,
        run_id: other.handOver.run_id,
        other_job: first.whose,
        other_run_id: first.handOver.run_id,
      }),
    );
  }
}

/** `gather-orgs`, `usgov` → `GATHER_ORGS_USGOV`: how a stage's dotenv variables begin. */
export function variablePrefix(stage: string, instance: string | null): string {
  return [stage, ...(instance ? [instance] : [])].join("_").toUpperCase().replaceAll("-", "_");
}
