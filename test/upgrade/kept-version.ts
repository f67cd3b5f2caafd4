import { Database } from "bun:sqlite";
import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { DeclaredInput } from "../../sandbox/gitlab/pipeline-inputs.ts";
import type { World } from "../../sandbox/types.ts";

/** What version 0.1.0 (commit 4d37f09) left behind; how it was made: keep-version.ts. */
export const KEPT = join(import.meta.dir, "data-0.1.0");

/** When it was made: tests whose program asks what is recent begin here. */
const KEPT_AT = Date.parse("2026-11-27T12:28:30Z");

/** Runs in its history. */
export const RUNS = {
  /** Confirmed in Slack, and told to its end there. */
  whole: "20261127T122752Z-05cd87",
  /** A retry of one organization's contacts, by a button. */
  retry: "20261127T122759Z-128653",
  /** Confirmed in Slack; its bot was stopped before its end. */
  untold: "20261127T122802Z-40ac9f",
  /** A preview of what was to be done next; only where `layOut` lays it over the rest. */
  preview: "20261127T122803Z-def766",
} as const;

/** A clock that goes on from when the version was left. */
export function clockFromThen(): () => Date {
  const begun = Date.now();
  return () => new Date(KEPT_AT + Date.now() - begun);
}

/** The remotes as that version left them. */
export async function keptWorld(): Promise<World> {
  return JSON.parse(await readFile(join(KEPT, "world.json"), "utf8"));
}

/** Makes a data directory of what was left behind, databases included; `previewed`: with change files that nobody applied yet. */
export async function layOut(dataDir: string, { previewed = false } = {}): Promise<void> {
  for (const part of previewed ? ["left-behind", "previewed"] : ["left-behind"])
    await cp(join(KEPT, part), dataDir, { recursive: true });
  for (const name of ["outbox", "bot/bot"]) {
    const sql = await readFile(join(dataDir, `${name}.sql`), "utf8");
    const database = new Database(join(dataDir, `${name}.sqlite`), { create: true });
    database.run(sql.replaceAll("DATA_DIR", dataDir));
    database.close();
    await rm(join(dataDir, `${name}.sql`));
  }
}

/** The inputs that the version's pipeline declares. */
export async function keptPipelineInputs(): Promise<Record<string, DeclaredInput>> {
  return parse(await readFile(join(KEPT, "pipeline-inputs.yml"), "utf8")).spec.inputs;
}

/** The inputs that the pipeline of this version declares. */
export async function pipelineInputs(): Promise<Record<string, DeclaredInput>> {
  const text = await readFile(join(import.meta.dir, "../../.gitlab/ci/pipeline.yml"), "utf8");
  return parseAllDocuments(text)[0]?.toJS().spec.inputs;
}

/** Every file of the data directory, with its bytes, by path. */
export async function filesIn(dataDir: string): Promise<Record<string, string>> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(path, "latin1")])));
}
