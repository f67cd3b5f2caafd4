import { basename, dirname } from "node:path";
import { COMPARISONS, type Comparison } from "../domain/comparisons.ts";
import { unconfirmedReasons } from "../domain/confirmed-counts.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import { ALLOWABLE, type Allowable, type Allowances, EFFECTS, limitReasons } from "../domain/limits.ts";
import type { Reason } from "../domain/reason.ts";
import { existsSync } from "../edges/files.ts";
import { ConfigurationError, ZdsyncError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import { hostNames } from "../settings/host-names.ts";
import { processNotesNames } from "../storage/artifacts/process-notes.ts";
import { ArtifactStore, sha256Of } from "../storage/artifacts/store.ts";
import { historyOf } from "../storage/history.ts";
import { RULE_FILES, RULES_FOLDER, readKeptRules } from "../storage/kept-rules.ts";
import { readRunRecord, readRunRecordFile } from "../storage/runs/read-run-records.ts";
import { RUN_RECORD, type RunRecord } from "../storage/runs/run-record.ts";
import type { Rules } from "./evidence.ts";
import {
  EVIDENCE_ARTIFACTS,
  type EvidenceArtifact,
  type EvidenceRecords,
  type RunMaterial,
} from "./evidence-records.ts";
import { runsOfInstances } from "./instance-runs.ts";
import { EVIDENCE_FILE, openKeptEvidence } from "./kept-evidence.ts";
import type { RecordFiles, ScannedFiles } from "./records-about.ts";
import { rulesOf } from "./rules.ts";
import { StoredFiles } from "./stored-files.ts";

/** The rules that a run decided by are not there, so that nothing of it can be worked out again. */
export class RulesMissing extends ConfigurationError {}

/** A run's files, and all that is the same for each of its accounts. */
export interface OpenedRun {
  files: RecordFiles;
  about: Omit<RunMaterial, "records">;
}

/** Options of opening a data directory. */
export interface Opening {
  /** The instances whose files are read; those of the other one are not even opened. */
  instances?: readonly InstanceName[];
  /** Leaves out what an earlier run left of an instance that the latest did not work on. */
  latestOnly?: boolean;
  /** True for a preview or a dry run, if its record is not written yet. */
  writesNothing?: boolean;
}

/**
 * Opens the latest run of a data directory; of an instance that it did not work on, the run that did last. Throws `ConfigurationError`
 * where it holds none, `RulesMissing` where it kept no rules, and `ArtifactError` for what is damaged.
 */
export async function openLatestRun(
  store: ArtifactStore,
  env: Environment,
  { instances = INSTANCES, latestOnly = false, writesNothing }: Opening = {},
): Promise<OpenedRun & { files: ScannedFiles }> {
  const manifests = await Promise.all(EVIDENCE_ARTIFACTS.map((name) => manifestOf(store, name)));
  const first = manifests.find((one) => one !== null);
  if (!first) throw new ConfigurationError([{ where: "--data-dir", what: noRun(store.directory) }]);
  const rules = await rulesIn(store);
  const record =
    (await readRunRecord(store.directory, first.run_id)) ?? (await readRunRecordFile(store.path(RUN_RECORD)));
  const ofInstances = await runsOfInstances(store);
  const opened = instances.filter((one) => !latestOnly || (ofInstances[one] ?? first).run_id === first.run_id);
  const files = new StoredFiles(store, { runId: first.run_id, ofInstances, instances: opened });
  const quarantined = manifests.flatMap((one) => (one && "left_alone" in one ? [one.left_alone] : []));
  const earlier = Object.entries(ofInstances).filter(([, { run_id }]) => run_id !== first.run_id);
  return {
    files,
    about: {
      run: {
        run_id: first.run_id,
        today: first.today,
        gathered_at: first.gathered_at,
        source: "run",
        dry_run: writesNothing ?? (record?.run_id === first.run_id ? record.dry_run : null),
        missing: missingOf(store, instances),
        allow: await allowedIn(store, first.run_id),
        unidentified: quarantined.reduce((most, one) => Math.max(most, one.unidentified), 0),
        hosts: hostNames(env, rules.config),
        ...(earlier.length > 0 ? { earlier: Object.fromEntries(earlier) } : {}),
      },
      rules,
      quarantined: new Set(quarantined.flatMap(({ accounts }) => accounts)),
      refused: await refusalsOf(store, files, record?.run_id === first.run_id ? record : null),
    },
  };
}

/** Opens an earlier run from what the history kept of it; null where it kept no evidence. Throws as `openKeptEvidence`. */
export async function openKeptRun(store: ArtifactStore, runId: string, env: Environment): Promise<OpenedRun | null> {
  const kept = await openKeptEvidence(store, runId);
  if (!kept) return null;
  const record = await readRunRecord(store.directory, runId);
  const rules = rulesOf(kept.rules);
  const { run_id, today, gathered_at, missing, unidentified, left_alone } = kept.head;
  const hosts = hostNames(env, rules.config);
  return {
    files: kept.files,
    about: {
      run: {
        run_id,
        today,
        gathered_at,
        source: "history",
        dry_run: record?.dry_run ?? null,
        missing,
        allow: await allowedIn(historyOf(store.directory, runId), runId),
        unidentified,
        hosts,
      },
      rules,
      quarantined: new Set(left_alone),
      refused: await refusalsOf(historyOf(store.directory, runId), kept.files, record),
    },
  };
}

/**
 * Opens a run from wherever its files lie: a data directory that still has them, or its folder in the history (`history/<run id>`),
 * which has what is kept of it. Throws as those two do.
 */
export async function openRunIn(store: ArtifactStore, env: Environment): Promise<OpenedRun> {
  const dataDir = dataDirOf(store);
  if (dataDir === store) return openLatestRun(store, env);
  return (await openKeptRun(dataDir, basename(store.directory), env)) ?? openLatestRun(store, env);
}

/** The data directory that a run's files are in, or in whose history its folder is. */
export function dataDirOf(store: ArtifactStore): ArtifactStore {
  return existsSync(store.path(EVIDENCE_FILE)) ? new ArtifactStore(dirname(dirname(store.directory))) : store;
}

/** All records that matter, as one material. */
export function withRecords({ about }: OpenedRun, records: EvidenceRecords): RunMaterial {
  return { ...about, records };
}

/** The rules that the run kept. They are the ones it decided by only where `process` says so in its manifest. */
async function rulesIn(store: ArtifactStore): Promise<Rules> {
  const texts = await readKeptRules(store.directory);
  const manifests = await Promise.all(processNotesNames().map((name) => manifestOf(store, name)));
  const inputs = manifests.flatMap((one) => one?.inputs ?? []);
  const plans = inputs.filter(({ name }) => name === `${RULES_FOLDER}/${RULE_FILES.plans}`);
  // A run of one instance leaves what an earlier one decided about the other by its own plans.
  const isDecidedBy = (text: string) => plans.length === 0 || plans.some(({ sha256 }) => sha256 === sha256Of(text));
  if (texts && isDecidedBy(texts.plans.text)) return rulesOf(texts);
  const what = `${store.path(RULES_FOLDER)} does not contain the plans that the run used (it is from an earlier version, or was changed). Run zdsync again.`;
  throw new RulesMissing([{ where: "--data-dir", what }]);
}

function noRun(directory: string): string {
  return `${directory} contains no run. Point it at a run's folder, or use --live`;
}

async function manifestOf(store: ArtifactStore, name: EvidenceArtifact) {
  return store.readManifest(name).catch((error: unknown) => {
    if (error instanceof ZdsyncError) return null;
    throw error;
  });
}

/** The files without which something cannot be told. */
function missingOf(store: ArtifactStore, instances: readonly InstanceName[]): string[] {
  const needed = [
    "salesforce_accounts.json",
    "partner_accounts.json",
    ...instances.map((instance) => `zendesk_${FILE_PREFIX[instance]}.json`),
  ];
  return needed.filter((name) => !existsSync(store.path(name)));
}

/** Allowances of the run's comparisons beyond their limits: one `--allow` counts for all of them. */
async function allowedIn(store: ArtifactStore, runId: string): Promise<Allowances> {
  const allowed: Partial<Record<Allowable, number>> = {};
  for (const comparison of COMPARISONS) {
    const manifest = await store.readChangesetManifest(comparison).catch(() => null);
    if (manifest?.run_id !== runId) continue;
    for (const effect of ALLOWABLE)
      if (manifest.allow[effect] !== undefined)
        allowed[effect] = Math.max(allowed[effect] ?? 0, manifest.allow[effect]);
  }
  return allowed;
}

/** Why comparisons wrote nothing: as the run's record says, else as their manifests do. */
async function refusalsOf(
  store: ArtifactStore,
  files: RecordFiles,
  record: RunRecord | null,
): Promise<Partial<Record<Comparison, readonly Reason[]>>> {
  const refused: Partial<Record<Comparison, readonly Reason[]>> = {};
  for (const comparison of COMPARISONS) {
    const recorded = record?.comparisons.find(({ name }) => name === comparison);
    if (recorded) refused[comparison] = recorded.refused;
    // What wrote was allowed by then: only a refused one leaves no results.
    else if (!(await files.open(`${comparison}_results.json`))) {
      const manifest = await store.readChangesetManifest(comparison).catch(() => null);
      const exceeded = (manifest?.limits ?? []).flatMap((one) => {
        const effect = EFFECTS.find((known) => known === one.effect);
        return effect ? [{ ...one, effect, limitText: String(one.limit ?? "none") }] : [];
      });
      refused[comparison] = [
        ...limitReasons(comparison, exceeded),
        ...unconfirmedReasons(comparison, manifest?.unconfirmed ?? []),
      ];
    }
  }
  return refused;
}
