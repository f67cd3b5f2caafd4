import { join } from "node:path";
import { FILE_PREFIX, INSTANCES } from "../../domain/instance.ts";
import { RemoteError } from "../../errors.ts";
import { manifestName } from "../../storage/artifacts/manifest.ts";
import { makeOwnFolder } from "../../storage/files/own-files.ts";
import { writeWholeFile } from "../../storage/files/write-whole-file.ts";
import type { HttpTiming } from "../http/client-options.ts";
import type { Job, Pipeline } from "./pipeline-answers.ts";
import type { PipelineSettings } from "./pipeline-settings.ts";
import { type PipelineReader, pipelineReader } from "./pipelines.ts";

/** Pipelines that are looked at: simulations and pushes, which gather nothing, lie between. */
const MAX_INSPECTED = 50;

/** Files gathered by the jobs of a run, whatever the rules; a job's first file must exist. `extra` jobs alone do not make a run. */
const GATHERED: readonly { job: string; files: readonly string[]; extra?: true }[] = [
  { job: "gather-accounts", files: ["salesforce_accounts.json", "partner_accounts.json", "merged_accounts.json"] },
  ...INSTANCES.map((instance) => ({
    job: `gather-orgs-${instance}`,
    files: [
      `zendesk_${FILE_PREFIX[instance]}.json`,
      ...(instance === "global" ? ["zendesk_global_addresses.json"] : []),
    ],
  })),
  { job: "user-sync", files: ["usgov_users.json", "usgov_user_contacts.json"], extra: true },
];

/**
 * Fetches what the newest run of a project's branch gathered into a data directory, manifests included; from one pipeline only. Throws
 * `RemoteError` where no pipeline has accounts and organizations (any more).
 * @returns the pipeline's id
 */
export async function fetchNewestData(
  settings: PipelineSettings,
  directory: string,
  timing: HttpTiming = {},
): Promise<number> {
  const reader = pipelineReader(settings, timing);
  for (const pipeline of (await reader?.newest({ most: MAX_INSPECTED })) ?? []) {
    const files = reader && (await gathered(reader, pipeline, directory));
    if (!files) continue;
    const folder = await makeOwnFolder(directory);
    for (const [name, bytes] of files) await writeWholeFile(join(folder, name), bytes);
    return pipeline.id;
  }
  throw new RemoteError(
    `None of the newest ${MAX_INSPECTED} pipelines of ${settings.project} at ${settings.ref} has a run's gathered data. Let a run reach its compare jobs, or keep artifacts for longer (expire-in).`,
    { service: "GitLab" },
  );
}

/** Null where the pipeline has no accounts, or no organizations. */
async function gathered(
  reader: PipelineReader,
  pipeline: Pipeline,
  directory: string,
): Promise<Map<string, Uint8Array> | null> {
  const jobs = await reader.jobs(pipeline.id);
  const found = new Map<string, Uint8Array>();
  let parts = 0;
  for (const { job: suffix, files, extra } of GATHERED) {
    const job = jobs.find(
      ({ name, status }) => name.endsWith(suffix) && (status === "success" || (extra && status === "failed")),
    );
    if (!job) {
      if (suffix === "gather-accounts") return null;
      continue;
    }
    if (await fetchFiles(reader, job, files, directory, found)) parts += extra ? 0 : 1;
    else if (suffix === "gather-accounts") return null;
  }
  return parts > 1 ? found : null;
}

async function fetchFiles(
  reader: PipelineReader,
  job: Job,
  files: readonly string[],
  directory: string,
  found: Map<string, Uint8Array>,
): Promise<boolean> {
  for (const [index, file] of files.entries()) {
    const bytes = await reader.artifact(job.id, `${directory}/${file}`);
    const manifest = bytes && (await reader.artifact(job.id, `${directory}/${manifestName(file)}`));
    if (bytes && manifest) found.set(file, bytes).set(manifestName(file), manifest);
    else if (index === 0) return false;
  }
  return true;
}
