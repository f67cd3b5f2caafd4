import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { parseConfig } from "../../lib/settings/files/config.ts";
import { parseOverrides } from "../../lib/settings/files/overrides.ts";
import { parsePlans } from "../../lib/settings/files/plans.ts";
import { ChangesetManifestSchema, ManifestSchema } from "../../lib/storage/artifacts/manifest.ts";
import { parseManifest, parseRecords } from "../../lib/storage/artifacts/parse-artifact.ts";
import { ARTIFACTS, type ArtifactName, encodeRecord } from "../../lib/storage/artifacts/schemas.ts";
import { CANARY, canary } from "./odd-values.ts";
import type { Random } from "./random.ts";
import { recordOf } from "./valid-records.ts";

/** A reader of files that come from outside, and what valid ones look like. */
export interface ReaderUnderTest {
  file: string;
  format: "JSON" | "YAML";
  /** Whether its messages may repeat values: plans.yml holds nothing of customers. */
  repeatsValues: boolean;
  /** The data of a valid file, with canaries for customers' data. */
  valid(random: Random): unknown;
  write(data: unknown): string;
  /** What was read. Throws what the reader throws. */
  read(bytes: Uint8Array): unknown;
  /** What was read as it is written again, where that looks different. */
  keep?(read: unknown): unknown;
}

const SHA256 = "0".repeat(63);
const ORIGIN = {
  stage: "compare",
  run_id: "20261123T225831Z-ef1b07",
  schema: 1,
  today: "2026-11-23",
  made_at: "2026-11-23T22:58:32.070Z",
  gathered_at: "2026-11-23T22:58:31.712Z",
  inputs: [{ name: "global_accounts.json", sha256: `${SHA256}1` }],
};

function artifact(name: ArtifactName): ReaderUnderTest {
  const make = recordOf(name);
  return {
    file: name,
    format: "JSON",
    repeatsValues: false,
    valid: (random) => Array.from({ length: 1 + random.upTo(4) }, () => make(random)),
    write: (data) => JSON.stringify(data, null, 1) ?? "",
    read: (bytes) => parseRecords(name, bytes),
    keep: (read) => (read as never[]).map((record) => encodeRecord(name, record)),
  };
}

function manifests(): ReaderUnderTest[] {
  const write = (data: unknown) => JSON.stringify(data, null, 2) ?? "";
  const limits = [{ effect: "marks", count: 1, of: 43, limit: 2, exceeded: false }];
  return [
    {
      file: "global_accounts.manifest.json",
      format: "JSON",
      repeatsValues: false,
      valid: () => ({ ...ORIGIN, count: 45, sha256: `${SHA256}2`, left_alone: { accounts: [], unidentified: 1 } }),
      write,
      read: (bytes) => parseManifest("global_accounts.manifest.json", ManifestSchema, bytes),
    },
    {
      file: "global_changeset.manifest.json",
      format: "JSON",
      repeatsValues: false,
      valid: () => ({
        ...ORIGIN,
        files: [{ name: "global_creates.json", count: 0, sha256: `${SHA256}3` }],
        digest: `${SHA256}4`,
        counts: { creates: 0, updates: 2, marks: 0, contacts: 0 },
        existing: 43,
        marked: 0,
        limits,
        verdict: "within limits",
      }),
      write,
      read: (bytes) => parseManifest("global_changeset.manifest.json", ChangesetManifestSchema, bytes),
    },
  ];
}

const root = join(import.meta.dir, "../..");
const PLANS: unknown = parse(readFileSync(join(root, "plans.yml"), "utf8"));
const CONFIG: unknown = parse(readFileSync(join(root, "zdsync.config.example.yml"), "utf8"));

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Alike values share an anchor with `yaml`; people write them out. */
const asYaml = (data: unknown) => stringify(data, { aliasDuplicateObjects: false });

const settings: ReaderUnderTest[] = [
  {
    file: "plans.yml",
    format: "YAML",
    repeatsValues: true,
    valid: () => PLANS,
    write: asYaml,
    read: (bytes) => parsePlans(text(bytes), "plans.yml"),
  },
  {
    file: "zdsync.config.yml",
    format: "YAML",
    repeatsValues: false,
    valid: (random) => ({
      ...(CONFIG as object),
      protected_email_domains: ["customer.example"],
      protected_emails: [`${CANARY}.${random.upTo(9)}@customer.example`],
    }),
    write: asYaml,
    read: (bytes) => parseConfig(text(bytes), "zdsync.config.yml"),
  },
  {
    file: "overrides.yml",
    format: "YAML",
    repeatsValues: false,
    valid: (random) =>
      Array.from({ length: 1 + random.upTo(4) }, () => ({
        salesforce_id: "0014M00001kAbCdQAK",
        reason: canary(random),
        instance: random.pick(["global", "us-government"]),
        subscriptions: { sub_dotcom_ultimate: true, sub_edu: false },
        ends_on: "2026-12-31",
      })),
    write: asYaml,
    read: (bytes) => parseOverrides(text(bytes), "overrides.yml"),
  },
];

/** Every reader of files that come from outside. */
export const READERS: readonly ReaderUnderTest[] = [
  ...(Object.keys(ARTIFACTS) as ArtifactName[]).map(artifact),
  ...manifests(),
  ...settings,
];
