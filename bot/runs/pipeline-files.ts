import { dirname, join } from "node:path";
import * as v from "valibot";
import { COMPARISONS, changeFiles, contactsFile } from "../../lib/domain/comparisons.ts";
import { FILE_PREFIX, type InstanceName } from "../../lib/domain/instance.ts";
import { lstat, mkdir, readdir, rename, rm } from "../../lib/edges/files.ts";
import { EARLIER_PROCESS_NOTES } from "../../lib/storage/artifacts/process-notes.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { readOwnFile } from "../../lib/storage/files/own-files.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";
import { overridesPartName, RULE_FILES, RULES_FOLDER } from "../../lib/storage/kept-rules.ts";
import { RUN_RECORD } from "../../lib/storage/runs/run-record.ts";
import { partName, type SeenJob } from "./pipeline-parts.ts";

/** Pipelines whose artifacts are kept; they hold names and addresses. */
const MAX_KEPT = 5;

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

/** Folder of downloaded artifacts, and the function that downloads one: null if GitLab no longer has it. */
export interface ArtifactCache {
  folder: string;
  download(jobId: number, name: string): Promise<Uint8Array | null>;
}

/**
 * The artifacts of an ended pipeline in a folder of their own, owner-only; null where none is there any more. Of jobs of which GitLab had
 * nothing it is asked again the next time; only the newest few folders are kept.
 */
export async function artifactsOf(
  { folder, download }: ArtifactCache,
  pipelineId: number,
  end: string,
  jobs: readonly Pick<SeenJob, "id" | "name">[],
): Promise<ArtifactStore | null> {
  const target = join(folder, `${pipelineId}-${end}`);
  if (await isFolder(target)) {
    await fillGaps(target, download, jobs);
    return new ArtifactStore(target);
  }
  const part = `${target}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  const { gaps, names } = await fetchInto(part, download, jobs);
  await writeGaps(part, gaps);
  // Alone its record says how a run ended, and nothing of anybody.
  if (names.every((name) => name === RUN_RECORD)) {
    await rm(part, { recursive: true, force: true });
    return null;
  }
  await rename(part, target);
  await prune(folder, target);
  return new ArtifactStore(target);
}

/** Jobs of which GitLab had nothing when it was asked: their artifacts may not have been there yet. */
const GAPS = ".gaps.json";

/** Fetches the files of jobs into a folder; answers what was there, and the jobs that should have left something and had nothing. */
async function fetchInto(
  folder: string,
  download: ArtifactCache["download"],
  jobs: readonly Pick<SeenJob, "id" | "name">[],
): Promise<{ names: string[]; gaps: number[] }> {
  const names: string[] = [];
  const gaps: number[] = [];
  for (const job of jobs) {
    const before = names.length;
    const wanted = filesOf(partName(job.name) ?? "");
    for (const name of wanted) {
      const bytes = await download(job.id, name);
      if (!bytes) continue;
      await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
      await writeWholeFile(join(folder, name), bytes);
      names.push(name);
    }
    if (wanted.length > 0 && names.length === before) gaps.push(job.id);
  }
  return { names, gaps };
}

/** Asks again for what was not there; what was is not fetched twice. */
async function fillGaps(
  folder: string,
  download: ArtifactCache["download"],
  jobs: readonly Pick<SeenJob, "id" | "name">[],
): Promise<void> {
  const gaps = await readGaps(folder);
  if (gaps.size === 0) return;
  const there: Pick<SeenJob, "id" | "name">[] = [];
  for (const job of jobs) if (gaps.has(job.id) && (await hasLeft(job, download))) there.push(job);
  if (there.length === 0) return;
  await fetchInto(folder, download, there);
  const filled = new Set(there.map(({ id }) => id));
  await writeGaps(
    folder,
    [...gaps].filter((id) => !filled.has(id)),
  );
}

/** Asks for the one file that every job of its kind leaves: a job that failed left nothing, and stays so. */
async function hasLeft(
  { id, name }: Pick<SeenJob, "id" | "name">,
  download: ArtifactCache["download"],
): Promise<boolean> {
  const [first] = filesOf(partName(name) ?? "");
  return first !== undefined && (await download(id, first)) !== null;
}

async function readGaps(folder: string): Promise<ReadonlySet<number>> {
  const bytes = await readOwnFile(join(folder, GAPS));
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), v.array(v.number())), bytes?.toString("utf8") ?? "[]");
  return new Set(read.success ? read.output : []);
}

function writeGaps(folder: string, gaps: readonly number[]): Promise<void> {
  return writeWholeFile(join(folder, GAPS), JSON.stringify(gaps));
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isDirectory() ?? false;
}

async function prune(folder: string, keep: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^\d+-\d+(?:\.part)?$/.test(name));
  const byAge = names.sort((one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10));
  for (const name of byAge.slice(MAX_KEPT))
    if (join(folder, name) !== keep) await rm(join(folder, name), { recursive: true, force: true });
}
