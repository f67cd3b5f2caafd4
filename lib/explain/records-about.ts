import { accountIdOf, externalAccountIdOf } from "../domain/organization-scope.ts";
import { addressKey } from "../domain/protected-address.ts";
import { toShortId } from "../domain/salesforce-id.ts";
import { nameKey } from "../domain/value-equality.ts";
import type { ArtifactRecord } from "../storage/artifacts/schemas.ts";
import type { Subject } from "./evidence.ts";
import { EVIDENCE_ARTIFACTS, type EvidenceArtifact, type EvidenceRecords } from "./evidence-records.ts";
import type { RecordLines } from "./record-lines.ts";

/** The artifacts of a run, each opened when it is first asked for; null where it is missing. */
export interface RecordFiles {
  open<Name extends EvidenceArtifact>(name: Name): Promise<RecordLines<Name> | null>;
}

/** Record files that can also be looked through without being held. */
export interface ScannedFiles extends RecordFiles {
  /** A record to a line; each block is overwritten by the next one. */
  blocks(name: EvidenceArtifact): Promise<AsyncIterable<Buffer> | null>;
}

const ZENDESK = ["zendesk_global.json", "zendesk_usgov.json"] as const;
const DESIRED = ["global_accounts.json", "usgov_accounts.json"] as const;
/** Files with a name that may be contested. */
const NAMED = [...ZENDESK, ...DESIRED] as const;
const PLANNED_NAMES = ["global_creates.json", "global_updates.json"] as const;
const WITH_ADDRESS = [
  "global_contacts.json",
  "global_results.json",
  "usgov_users.json",
  "usgov_user_contacts.json",
  "usgov_user_creates.json",
  "usgov_user_results.json",
] as const;
/** Files whose records name a user or an organization by `id`. */
const BY_ID = EVIDENCE_ARTIFACTS.filter((name) => /_(?:notes|results|updates|not_in_sync)\.json$/.test(name));
const USERS_FILES = ["usgov_users.json", "usgov_user_contacts.json"] as const;

/**
 * Finds the records that matter to one account among all of a run: its own, those that want or have its name, those of a merge's winner,
 * and the people of its organizations. Reads every file once; parses only what matters.
 */
export async function recordsAbout(files: RecordFiles, subject: Subject): Promise<EvidenceRecords> {
  const search = new Search(files);
  const own = subject.salesforce_id === null ? [] : [subject.salesforce_id];
  search.accounts(EVIDENCE_ARTIFACTS, own);
  search.organizations(subject.organizations.map(({ id }) => id));
  await search.look([
    ...ZENDESK,
    ...DESIRED,
    "salesforce_accounts.json",
    "partner_accounts.json",
    "merged_accounts.json",
  ]);
  const { organizations, desired, accounts, partners } = search.found();
  const ids = organizations.map(({ id }) => id);
  search.organizations(ids);
  search.accounts(
    ["merged_accounts.json"],
    organizations.flatMap((one) => accountIdOf(one) ?? externalAccountIdOf(one) ?? []),
  );
  search.texts(
    ["usgov_users.json", "usgov_user_contacts.json"],
    ids.map((id) => `"organization_id":${id}`),
  );
  await search.names([...accounts, ...partners, ...desired].map(({ name }) => name));
  await search.look(["merged_accounts.json", ...USERS_FILES]);
  await search.people([...desired.flatMap(({ sold_tos }) => sold_tos.map(({ email }) => email)), subject.email ?? ""]);
  const rivals = search.found();
  search.accounts(NAMED, [
    ...rivals.desired.map((one) => one.salesforce_id),
    ...rivals.merged.map((one) => one.merged_into),
  ]);
  const everything = await search.all();
  return everything;
}

/** Which texts are looked for in which file; grows as more becomes known. */
class Search {
  readonly #texts = new Map<EvidenceArtifact, Set<string>>();
  readonly #lines = new Map<EvidenceArtifact, Set<string>>();
  #records: EvidenceRecords = {};

  constructor(readonly files: RecordFiles) {}

  texts(names: readonly EvidenceArtifact[], texts: readonly string[]): void {
    for (const name of names) {
      const known = this.#texts.get(name) ?? new Set();
      this.#texts.set(name, known);
      for (const text of texts) known.add(text);
    }
  }

  /** Zendesk ignores the case of `external_id`, and may spell it otherwise. */
  accounts(names: readonly EvidenceArtifact[], ids: readonly string[]): void {
    for (const id of ids.map(toShortId))
      this.texts(names, [`"${id}`, ...(id.toLowerCase() === id ? [] : [`"${id.toLowerCase()}`])]);
  }

  organizations(ids: readonly number[]): void {
    this.texts(
      ZENDESK,
      ids.map((id) => `{"id":${id},`),
    );
    this.texts(
      BY_ID,
      ids.map((id) => `"id":${id},`),
    );
  }

  /** Names are unique whatever their case is: every name of a file is looked at. */
  async names(names: readonly string[]): Promise<void> {
    const keys = new Set(names.map(nameKey));
    if (keys.size === 0) return;
    for (const name of [...NAMED, ...PLANNED_NAMES]) {
      const file = await this.files.open(name);
      const lines = this.#lines.get(name) ?? new Set();
      this.#lines.set(name, lines);
      for (const line of file?.lines() ?? []) if (keys.has(nameKey(nameIn(line) ?? ""))) lines.add(line);
    }
    await this.look(NAMED);
  }

  /** Users, contacts and whoever has their addresses, and the organizations that those are in. */
  async people(addresses: readonly string[]): Promise<void> {
    const { users, contacts } = this.found();
    const all = [...addresses, ...users.map(({ email }) => email ?? ""), ...contacts.map(({ email }) => email)];
    const emails = [...new Set(all.map(addressKey))].filter((email) => email !== "");
    this.texts(
      WITH_ADDRESS,
      emails.map((email) => JSON.stringify(email)),
    );
    await this.look(USERS_FILES);
    const everybody = this.found();
    this.texts(
      ["usgov_user_updates.json", "usgov_user_not_in_sync.json", "usgov_user_notes.json", "usgov_user_results.json"],
      everybody.users.map(({ id }) => `"id":${id},`),
    );
    const homes = [...everybody.users, ...everybody.contacts].flatMap(({ organization_id: id }) => id ?? []);
    this.texts(
      ["zendesk_usgov.json"],
      [...new Set(homes)].map((id) => `{"id":${id},`),
    );
    await this.look(["zendesk_usgov.json"]);
    this.accounts(
      ["zendesk_usgov.json"],
      this.found().organizations.flatMap((one) => accountIdOf(one) ?? []),
    );
  }

  /** Reads the records about everything found so far from these files. */
  async look(names: readonly EvidenceArtifact[]): Promise<void> {
    for (const name of names) await this.#lookIn(name);
  }

  async all(): Promise<EvidenceRecords> {
    await this.look(EVIDENCE_ARTIFACTS);
    return this.#records;
  }

  found() {
    const records = this.#records;
    return {
      organizations: ZENDESK.flatMap((name) => records[name] ?? []),
      desired: DESIRED.flatMap((name) => records[name] ?? []),
      accounts: records["salesforce_accounts.json"] ?? [],
      partners: records["partner_accounts.json"] ?? [],
      merged: records["merged_accounts.json"] ?? [],
      users: records["usgov_users.json"] ?? [],
      contacts: records["usgov_user_contacts.json"] ?? [],
    };
  }

  async #lookIn<Name extends EvidenceArtifact>(name: Name): Promise<void> {
    const file = await this.files.open(name);
    if (!file) return;
    const found = [...file.with(this.#texts.get(name) ?? []), ...file.parse([...(this.#lines.get(name) ?? [])])];
    const once = new Map(found.map((one) => [JSON.stringify(one), one]));
    const records: { [Key in Name]?: readonly ArtifactRecord<Key>[] } = this.#records;
    records[name] = [...once.values()];
  }
}

/** The name at the head of a record's line: the record's own comes before those of what it holds. */
export function nameIn(line: string): string | null {
  return textIn(line, "name");
}

/** The first text of that key in a record's line. Parsed anew, as a slice would keep the whole block that the line was read with. */
export function textIn(line: string, key: string): string | null {
  const at = line.indexOf(`"${key}":"`);
  if (at === -1) return null;
  const start = at + key.length + 3;
  for (let end = line.indexOf('"', start + 1); end !== -1; end = line.indexOf('"', end + 1))
    if (!isEscaped(line, end)) return JSON.parse(line.slice(start, end + 1)) as string;
  return null;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes++;
  return backslashes % 2 === 1;
}
