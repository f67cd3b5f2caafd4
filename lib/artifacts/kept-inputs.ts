import { join } from "node:path";
import * as v from "valibot";
import { checkOwnFolder, makeOwnFolder, readOwnFile } from "../files/own-files.ts";
import { writeWholeFile } from "../files/write-whole-file.ts";
import { sha256Of } from "./store.ts";

/** The folder of a data directory that holds the files of rules which the run used. */
export const INPUTS_FOLDER = "inputs";
const LIST = "inputs.json";

/** The files of rules, by what they are kept as. None holds a secret. */
export const INPUT_KINDS = ["plans", "overrides", "config"] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** A file of rules as a run used it; `name` as messages call it. */
export interface InputFile {
  name: string;
  text: string;
}
/** Null: the run had none (a team without overrides, no configuration file). */
export type InputFiles = Record<InputKind, InputFile | null>;

const Kept = v.nullable(v.object({ name: v.string(), sha256: v.string() }));
const ListSchema = v.object({ plans: Kept, overrides: Kept, config: Kept });
/** What `inputs.json` says of each file: what it was called, and the SHA-256 of its text. */
export type InputDigests = v.InferOutput<typeof ListSchema>;

/** The digests of files of rules, as manifests and the history name them. Pure. */
export function digestsOf(files: InputFiles): InputDigests {
  const digest = (file: InputFile | null) => file && { name: file.name, sha256: sha256Of(file.text) };
  return { plans: digest(files.plans), overrides: digest(files.overrides), config: digest(files.config) };
}

/** The same as inputs of a manifest: `inputs/plans.yml`. Pure. */
export function inputsOfManifest(digests: InputDigests): { name: string; sha256: string }[] {
  return INPUT_KINDS.flatMap((kind) => {
    const digest = digests[kind];
    return digest ? [{ name: `${INPUTS_FOLDER}/${kind}.yml`, sha256: digest.sha256 }] : [];
  });
}

/** Keeps the files of rules beside a run's artifacts, as `inputs/<kind>.yml`. The list comes last: what it names is there. */
export async function keepInputs(directory: string, files: InputFiles): Promise<InputDigests> {
  const folder = await makeOwnFolder(directory, INPUTS_FOLDER);
  for (const kind of INPUT_KINDS) {
    const file = files[kind];
    if (file) await writeWholeFile(join(folder, `${kind}.yml`), file.text);
  }
  const digests = digestsOf(files);
  await writeWholeFile(join(folder, LIST), `${JSON.stringify(digests, null, 2)}\n`);
  return digests;
}

/** The files of rules that lie beside a run's artifacts; null where there are none, or they are not what the list says. */
export async function readKeptInputs(directory: string): Promise<InputFiles | null> {
  await checkOwnFolder(directory, INPUTS_FOLDER);
  const folder = join(directory, INPUTS_FOLDER);
  const list = v.safeParse(
    v.pipe(v.string(), v.parseJson(), ListSchema),
    (await readOwnFile(join(folder, LIST)))?.toString("utf8"),
  );
  if (!list.success) return null;
  const files: InputFiles = { plans: null, overrides: null, config: null };
  for (const kind of INPUT_KINDS) {
    const digest = list.output[kind];
    if (!digest) continue;
    const text = (await readOwnFile(join(folder, `${kind}.yml`)))?.toString("utf8");
    if (text === undefined || sha256Of(text) !== digest.sha256) return null;
    files[kind] = { name: digest.name, text };
  }
  return files;
}
