import { dirname, join } from "node:path";
import { EARLIER_PROCESS_NOTES } from "../../lib/artifacts/process-notes.ts";
import { ArtifactStore } from "../../lib/artifacts/store.ts";
import { COMPARISONS, changeFiles, contactsFile } from "../../lib/changesets/comparison.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { lstat, mkdir, readdir, rename, rm } from "../../lib/edges/files.ts";
import { writeWholeFile } from "../../lib/files/write-whole-file.ts";
import { overridesPartName, RULE_FILES, RULES_FOLDER } from "../../lib/rules/kept-rules.ts";
import { RUN_RECORD } from "../../lib/runs/run-record.ts";
import { partName, type SeenJob } from "./pipeline-parts.ts";

/** Pipelines whose artifacts are kept; they hold names and addresses. */
const MOST_KEPT = 5;

/** The artifacts that a job leaves, by what people call the job; each with the manifest beside it. */
export function filesOf(part: string): string[] {
  const [stage = "", instance] = part.split(" ");
  const prefix = instance === undefined ? "" : FILE_PREFIX[instance as InstanceName];
  return (NAMES[stage]?.(prefix) ?? []).flatMap((name) =>
    name.includes(".manifest.") || name === RUN_RECORD || !name.endsWith(".json")
      ? [name]
      : [name, name.replace(/\.json$/, ".manifest.json")],
  );
}

const NAMES: Record<string, (prefix: string) => string[]> = {
  "gather-accounts": () => [
    ...["salesforce_accounts.json", "partner_accounts.json", "merged_accounts.json", "gather-accounts_notes.json"],
  ],
  "gather-orgs": (prefix) => [
    `zendesk_${prefix}.json`,
    `gather-orgs_${prefix}_notes.json`,
    ...(prefix === "global" ? ["zendesk_global_addresses.json"] : []),
  ],
  // A pipeline of an earlier version has one job for both instances, or notes and overrides of both in each.
  process: (prefix) => [
    ...(prefix === ""
      ? ["global_accounts.json", "usgov_accounts.json"]
      : [`${prefix}_accounts.json`, `process_${prefix}_notes.json`, `${RULES_FOLDER}/${overridesPartName(prefix)}`]),
    EARLIER_PROCESS_NOTES,
    "partner_ids.json",
    ...Object.values(RULE_FILES).map((name) => `${RULES_FOLDER}/${name}`),
  ],
  compare: (prefix) => comparisonFiles(prefix),
  sync: (prefix) => [`${prefix}_results.json`],
  "partner-sync": () => [...comparisonFiles("partner"), "partner_results.json"],
  "user-sync": () => [
    "usgov_users.json",
    "usgov_user_contacts.json",
    ...comparisonFiles("usgov_user"),
    "usgov_user_results.json",
  ],
  summary: () => [RUN_RECORD, "report.md", "report.html", "report.slack.html"],
};

function comparisonFiles(prefix: string): string[] {
  const comparison = COMPARISONS.find((one) => one === prefix);
  if (!comparison) return [];
  const contacts = contactsFile(comparison);
  return [
    ...Object.values(changeFiles(comparison)),
    `${comparison}_changeset.manifest.json`,
    `${comparison}_notes.json`,
    ...(contacts ? [contacts] : []),
  ];
}

/** Where downloaded artifacts are kept, and how one of them is had: null where GitLab has it no more. */
export interface ArtifactCache {
  folder: string;
  download(jobId: number, name: string): Promise<Uint8Array | null>;
}

/**
 * The artifacts of an ended pipeline in a folder of their own, owner-only; null where none is there any more. A folder is there
 * whole or not at all; only the newest few are kept.
 */
export async function artifactsOf(
  { folder, download }: ArtifactCache,
  pipelineId: number,
  end: string,
  jobs: readonly Pick<SeenJob, "id" | "name">[],
): Promise<ArtifactStore | null> {
  const target = join(folder, `${pipelineId}-${end}`);
  if (await isFolder(target)) return new ArtifactStore(target);
  const part = `${target}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  let count = 0;
  for (const job of jobs) {
    for (const name of filesOf(partName(job.name) ?? "")) {
      const bytes = await download(job.id, name);
      if (!bytes) continue;
      await mkdir(dirname(join(part, name)), { recursive: true, mode: 0o700 });
      await writeWholeFile(join(part, name), bytes);
      // Alone it says how a run ended, and nothing of anybody.
      if (name !== RUN_RECORD) count++;
    }
  }
  if (count === 0) {
    await rm(part, { recursive: true, force: true });
    return null;
  }
  await rename(part, target);
  await prune(folder, target);
  return new ArtifactStore(target);
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() ?? false;
}

async function prune(folder: string, keep: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^\d+-\d+(?:\.part)?$/.test(name));
  const byAge = names.sort((one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10));
  for (const name of byAge.slice(MOST_KEPT))
    if (join(folder, name) !== keep) await rm(join(folder, name), { recursive: true, force: true });
}
