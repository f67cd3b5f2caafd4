import * as v from "valibot";
import { CONFIRMED_EFFECTS } from "../../domain/confirmed-counts.ts";
import { isDay } from "../../domain/dates.ts";

/** Version of the artifacts' shapes. A stage refuses another one. */
export const SCHEMA_VERSION = 1;

/** Format of a run id; it names a folder of the history, so it must not lead anywhere else. */
export const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const DaySchema = v.pipe(v.string(), v.check(isDay, "a day (YYYY-MM-DD)"));
const Moment = v.pipe(v.string(), v.isoTimestamp());
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Fields of every manifest: the run it belongs to, and its inputs. */
const Origin = {
  stage: v.string(),
  run_id: v.pipe(v.string(), v.regex(RUN_ID)),
  schema: v.number(),
  today: DaySchema,
  made_at: Moment,
  /** When the oldest data behind it was gathered (S3 `--max-age`). */
  gathered_at: Moment,
  inputs: v.array(v.object({ name: v.string(), sha256: Sha256 })),
};

/**
 * Records that were there but could not be read, or that nobody could tell apart. They are not in the artifact, and must not
 * be taken for absent: later stages leave these accounts and their organizations alone.
 */
export const QuarantinedSchema = v.object({
  /** 18-character account ids. */
  accounts: v.array(v.string()),
  /** Number of records that could not even be identified; as long as there are any, nothing is marked. */
  unidentified: Count,
});
export type Quarantined = v.InferOutput<typeof QuarantinedSchema>;
export const NOTHING_QUARANTINED: Quarantined = { accounts: [], unidentified: 0 };

/** `x.manifest.json` beside the artifact `x.json`. */
export const ManifestSchema = v.object({
  ...Origin,
  count: Count,
  sha256: Sha256,
  left_alone: v.optional(QuarantinedSchema, NOTHING_QUARANTINED),
});
export type Manifest = v.InferOutput<typeof ManifestSchema>;

/** A limit and its measure, as the manifest keeps it (S2). */
export const MeasureSchema = v.object({
  effect: v.string(),
  count: Count,
  of: Count,
  limit: v.nullable(v.pipe(v.number(), v.finite())),
  exceeded: v.boolean(),
});

/** `<comparison>_changeset.manifest.json`: the change files of one comparison, with one digest over them (S3). */
export const ChangesetManifestSchema = v.object({
  ...Origin,
  files: v.array(v.object({ name: v.string(), count: Count, sha256: Sha256 })),
  digest: Sha256,
  counts: v.object({ creates: Count, updates: Count, marks: Count, contacts: v.optional(Count, 0) }),
  /** Records the comparison is measured against, and how many of them were marked before. */
  existing: Count,
  marked: Count,
  limits: v.array(MeasureSchema),
  verdict: v.picklist(["within limits", "over a limit"]),
  /** Counts allowed beyond the limits when it was judged (`--allow`), for `explain`; by effect. */
  allow: v.optional(v.record(v.string(), Count), {}),
  /** Effects whose count exceeded what a person had confirmed for the run (`--at-most`). */
  unconfirmed: v.optional(
    v.array(v.object({ effect: v.picklist(CONFIRMED_EFFECTS), count: Count, confirmed: Count })),
    [],
  ),
});
export type ChangesetManifest = v.InferOutput<typeof ChangesetManifestSchema>;

/** The run a set of inputs belongs to. */
export interface RunOrigin {
  run_id: string;
  today: string;
  gathered_at: string;
  inputs: { name: string; sha256: string }[];
}

/** The stage that makes an artifact, its origin, and the time. */
export interface Maker {
  stage: string;
  origin: RunOrigin;
  madeAt: Date;
}

/** Returns the fields shared by the manifests of everything one maker makes. */
export function manifestHead({ stage, origin, madeAt }: Maker) {
  const { run_id, today, gathered_at, inputs } = origin;
  return { stage, run_id, schema: SCHEMA_VERSION, today, made_at: madeAt.toISOString(), gathered_at, inputs };
}

/** `x.json` → `x.manifest.json`. */
export function manifestName(name: string): string {
  return name.replace(/\.json$/, ".manifest.json");
}

/** The manifest that the change files of one comparison share. */
export function changesetManifestName(comparison: string): string {
  return `${comparison}_changeset.manifest.json`;
}
