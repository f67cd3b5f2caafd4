import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as v from "valibot";
import { existsSync, readdir, rm, stat } from "../edges/files.ts";
import { ArtifactError } from "../errors.ts";
import { type ArtifactStore, sha256Of } from "../storage/artifacts/store.ts";
import { makeOwnFolder, readOwnFile } from "../storage/files/own-files.ts";
import { writeWholeFile } from "../storage/files/write-whole-file.ts";
import { historyOf } from "../storage/history.ts";
import { RULE_FILES, RULES_FOLDER, type RuleFile, type RuleTexts, readKeptRules } from "../storage/kept-rules.ts";
import type { Subject } from "./evidence.ts";
import { DECIDED_FROM, EVIDENCE_ARTIFACTS, type EvidenceArtifact } from "./evidence-records.ts";
import { withPeople } from "./people-of-many.ts";
import { RecordLines } from "./record-lines.ts";
import type { RecordFiles, ScannedFiles } from "./records-about.ts";
import { accountKeyOf, linesOfMany, type RecordSubjects } from "./records-of-many.ts";

/** File in the history with the facts behind a run's changed, skipped, refused and failed accounts. */
export const EVIDENCE_FILE = "evidence.ndjson.zst";
/** Decompressed, a hundred thousand accounts come to less. */
const MAX_BYTES = 2 * 1024 ** 3;

const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const HeadSchema = v.object({
  schema: v.literal(1),
  run_id: v.string(),
  today: v.string(),
  gathered_at: v.string(),
  missing: v.array(v.string()),
  unidentified: v.number(),
  left_alone: v.array(v.string()),
  /** Digests of the rules: the texts lie in `inputs/`, once for each. */
  rules: v.record(v.picklist(Object.keys(RULE_FILES) as [RuleFile, ...RuleFile[]]), Digest),
});
export type EvidenceHead = v.InferOutput<typeof HeadSchema>;

/** Files that say of whom something was changed or said. */
const SAYING = EVIDENCE_ARTIFACTS.filter((name) => /_(?:notes|results|creates|updates|not_in_sync)\.json$/.test(name));

/** Everybody of whom a run changed, skipped, refused or said something. Nothing is parsed: ids are read off the lines. */
export async function evidenceSubjects(files: RecordFiles): Promise<RecordSubjects> {
  const accounts = new Set<string>();
  const organizations = new Set<number>();
  const contested = new Set<string>();
  const users = new Set<number>();
  for (const name of SAYING) {
    const isOfUsers = name.startsWith("usgov_user_");
    const ids = isOfUsers ? ORGANIZATION_IDS : ANY_IDS;
    // What is only said of users is said again in every run: of them nothing more is kept.
    const changesUsers = isOfUsers && !name.endsWith("_notes.json");
    for (const line of (await files.open(name))?.lines() ?? []) {
      const isContested = line.includes('.name_contested"');
      for (const [, id = ""] of line.matchAll(ACCOUNT_IDS)) {
        accounts.add(accountKeyOf(id));
        if (isContested) contested.add(accountKeyOf(id));
      }
      const user = changesUsers ? USER_ID.exec(line)?.[1] : undefined;
      if (user !== undefined) users.add(Number(user));
      for (const [, found = ""] of line.matchAll(ids)) for (const id of found.split(",")) organizations.add(Number(id));
    }
  }
  organizations.delete(0);
  return { accounts, organizations, contested, users, addresses: new Set() };
}

const ACCOUNT_IDS = /"salesforce_id":"([A-Za-z0-9]{15})/g;
/** Of an organization, or of those that a reason names: that hold a name, or share an account. */
const ANY_IDS = /"(?:id|organization_id|(?:holder|organization|rival_organization)_ids)":\[?([\d,]+)/g;
const ORGANIZATION_IDS = /"organization_id":(\d+)/g;
/** Of the record itself. */
const USER_ID = /[{,]"id":(\d+)/;

/** With whoever decides about the users among them, and nobody else's people. */
async function withPeopleOf(files: ScannedFiles, subjects: RecordSubjects): Promise<RecordSubjects> {
  if (subjects.users.size === 0) return subjects;
  const people = await withPeople(files, { ...subjects, accounts: new Set(), organizations: new Set() });
  return {
    ...subjects,
    accounts: subjects.accounts.union(people.accounts),
    organizations: subjects.organizations.union(people.organizations),
    addresses: people.addresses,
  };
}

/**
 * Keeps what a run's told-of accounts were decided from, in its history; and its rules, once for each text. Answers the size of the
 * file in bytes. Nothing is parsed: lines are picked and compressed.
 */
export async function keepEvidence(
  store: ArtifactStore,
  files: ScannedFiles,
  about: Omit<EvidenceHead, "schema" | "rules">,
): Promise<number> {
  const texts = await readKeptRules(store.directory);
  if (!texts) return 0;
  const head: EvidenceHead = { schema: 1, ...about, rules: await keepRuleTexts(store, texts) };
  const parts = [zstdCompressSync(Buffer.from(`${JSON.stringify(head)}\n`))];
  for await (const { name, lines } of linesOfMany(files, await withPeopleOf(files, await evidenceSubjects(files))))
    parts.push(zstdCompressSync(Buffer.from(`${[JSON.stringify({ file: name }), ...lines].join("\n")}\n`)));
  const bytes = Buffer.concat(parts);
  const folder = await makeOwnFolder(store.directory, "history", about.run_id);
  await writeWholeFile(join(folder, EVIDENCE_FILE), bytes);
  return bytes.length;
}

async function keepRuleTexts({ directory }: ArtifactStore, texts: RuleTexts): Promise<EvidenceHead["rules"]> {
  const folder = await makeOwnFolder(directory, RULES_FOLDER);
  const digests: Partial<Record<RuleFile, string>> = {};
  for (const kind of Object.keys(RULE_FILES) as RuleFile[]) {
    const text = texts[kind]?.text;
    if (text === undefined) continue;
    digests[kind] = sha256Of(text);
    // Written again by every run that uses it: its age says when it was used last.
    await writeWholeFile(join(folder, `${digests[kind]}.yml`), text);
  }
  return digests;
}

/** Removes rules that no run of so many days used. */
export async function pruneRuleTexts({ directory }: ArtifactStore, days: number, now: Date): Promise<void> {
  const folder = join(directory, RULES_FOLDER);
  for (const name of await readdir(folder).catch((): string[] => [])) {
    if (!/^[0-9a-f]{64}\.yml$/.test(name)) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found && now.getTime() - found.mtimeMs > days * 86_400_000) await rm(join(folder, name), { force: true });
  }
}

/** True if a run changed, skipped, refused or noted the subject: the history keeps nothing about others. */
export async function isInEvidence(
  { salesforce_id, organizations, email }: Subject,
  files: RecordFiles,
): Promise<boolean> {
  const told = await evidenceSubjects(files);
  const named = email ? ((await files.open("usgov_users.json"))?.with([JSON.stringify(email)]) ?? []) : [];
  if (named.some(({ id }) => told.users.has(id))) return true;
  if (salesforce_id !== null) return told.accounts.has(accountKeyOf(salesforce_id));
  return organizations.some(({ id }) => told.organizations.has(id));
}

/** Opens the evidence that the history kept of a run; null if it kept none. Throws `ArtifactError` if it is damaged. */
export async function openKeptEvidence(
  store: ArtifactStore,
  runId: string,
): Promise<{ head: EvidenceHead; rules: RuleTexts; files: RecordFiles } | null> {
  const history = historyOf(store.directory, runId);
  const compressed = existsSync(history.directory) ? await readOwnFile(history.path(EVIDENCE_FILE)) : null;
  if (!compressed) return null;
  const [first = "", ...lines] = decompressed(compressed, runId).split("\n");
  const head = v.safeParse(v.pipe(v.string(), v.parseJson(), HeadSchema), first);
  if (!head.success) throw damaged(runId);
  return {
    head: head.output,
    rules: await readRuleTexts(store, head.output),
    files: new KeptFiles(history, sectionsOf(lines)),
  };
}

function decompressed(bytes: Buffer, runId: string): string {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MAX_BYTES }).toString("utf8");
  } catch {
    throw damaged(runId);
  }
}

function damaged(runId: string): ArtifactError {
  return new ArtifactError(
    `${EVIDENCE_FILE} of run ${runId} is damaged. Explain another run, or the latest without --run.`,
  );
}

function sectionsOf(lines: readonly string[]): ReadonlyMap<string, string[]> {
  const sections = new Map<string, string[]>();
  let section: string[] = [];
  for (const line of lines) {
    const file = line.startsWith('{"file":') ? (JSON.parse(line) as { file: string }).file : null;
    if (file !== null) {
      section = [];
      sections.set(file, section);
    } else if (line !== "") section.push(line);
  }
  return sections;
}

async function readRuleTexts(store: ArtifactStore, { run_id, rules }: EvidenceHead): Promise<RuleTexts> {
  const read = async (kind: RuleFile) => {
    const digest = rules[kind];
    if (digest === undefined) return null;
    const bytes = await readOwnFile(join(store.directory, RULES_FOLDER, `${digest}.yml`));
    if (!bytes || sha256Of(bytes) !== digest)
      throw new ArtifactError(`The ${RULE_FILES[kind]} that run ${run_id} used is no longer in ${RULES_FOLDER}.`);
    return { name: RULE_FILES[kind], text: bytes.toString("utf8") };
  };
  const plans = await read("plans");
  if (!plans) throw damaged(run_id);
  return { plans, overrides: await read("overrides"), config: await read("config") };
}

/** Kept lines for what was decided from, and the history's own files for what came of it. */
class KeptFiles implements RecordFiles {
  constructor(
    readonly history: ArtifactStore,
    readonly sections: ReadonlyMap<string, string[]>,
  ) {}

  async open<Name extends EvidenceArtifact>(name: Name): Promise<RecordLines<Name> | null> {
    if ((DECIDED_FROM as readonly string[]).includes(name)) {
      const lines = this.sections.get(name);
      return lines
        ? new RecordLines(name, Buffer.from(lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`))
        : null;
    }
    const bytes = await readOwnFile(this.history.path(name));
    return bytes ? new RecordLines(name, bytes) : null;
  }
}
