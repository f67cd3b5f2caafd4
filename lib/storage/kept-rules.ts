import { join } from "node:path";
import { stringify } from "yaml";
import type { Note } from "../domain/changeset.ts";
import { type Config, DEFAULT_CONFIG } from "../domain/config.ts";
import { FILE_PREFIX, INSTANCES, type InstanceName } from "../domain/instance.ts";
import type { Override } from "../domain/overrides.ts";
import type { Plans } from "../domain/plans.ts";
import { rm } from "../edges/files.ts";
import { parseConfig } from "../settings/files/config.ts";
import { joinOverrides, overridesOfInstance, parseOverrides } from "../settings/files/overrides.ts";
import { parsePlans } from "../settings/files/plans.ts";
import { sha256Of } from "./artifacts/store.ts";
import { checkOwnFolder, makeOwnFolder, readOwnFile } from "./files/own-files.ts";
import { writeWholeFile } from "./files/write-whole-file.ts";

/** The folder of a data directory that has the rules its artifacts were made by. */
export const RULES_FOLDER = "inputs";

/** The files that people edit, by what they are called in `RULES_FOLDER` and in every message. */
export const RULE_FILES = { plans: "plans.yml", overrides: "overrides.yml", config: "zdsync.config.yml" } as const;
export type RuleFile = keyof typeof RULE_FILES;

/** The overrides of one instance, where only that one's were kept: what `process --instance` hands on has no other's. */
export function overridesPartName(prefix: string): string {
  return `${prefix}_${RULE_FILES.overrides}`;
}
const PARTS = INSTANCES.map((instance) => overridesPartName(FILE_PREFIX[instance]));

/** The text of a file, and what messages call it. */
export interface NamedText {
  text: string;
  name: string;
}

/** The three files that decide; `overrides` null where there are none, `config` null for the defaults. */
export interface RuleTexts {
  plans: NamedText;
  overrides: NamedText | null;
  config: NamedText | null;
}

/** The rules that a run decides by. */
export interface ParsedRules {
  plans: Plans;
  /** The valid entries of the overrides file. */
  overrides: readonly Override[];
  /** Problems with the other overrides (E8). */
  overrideNotes: readonly Note[];
  config: Config;
}

/** Reads the three texts. Throws `ConfigurationError` with the problems of the first file that has any. Pure. */
export function parseRules({ plans, overrides, config }: RuleTexts): ParsedRules {
  const parsed = overrides ? parseOverrides(overrides.text, overrides.name) : { overrides: [], notes: [] };
  return {
    plans: parsePlans(plans.text, plans.name),
    overrides: parsed.overrides,
    overrideNotes: parsed.notes.map(({ note }) => note),
    config: config ? parseConfig(config.text, config.name) : DEFAULT_CONFIG,
  };
}

/** A text that a manifest names among its inputs. */
export interface RuleInput {
  name: string;
  sha256: string;
}

/** One run asks for the text of one configuration several times. */
const configTexts = new WeakMap<Config, string>();

/** The configuration in force as text, defaults included. Pure: nobody changes a configuration that was read. */
function configText(config: Config): string {
  const text = configTexts.get(config) ?? stringify(config);
  configTexts.set(config, text);
  return text;
}

/** The configuration as an input of a manifest. Pure. */
export function configInput(config: Config): RuleInput {
  return inputOf("config", configText(config));
}

/** The rules as inputs of a manifest (`inputs/plans.yml`), with the SHA-256 of each. Pure. */
export function ruleInputs(texts: { plans: string; overrides: string | null; config: Config }): RuleInput[] {
  const kept = keptTexts(texts);
  return (Object.keys(RULE_FILES) as RuleFile[]).map((file) => inputOf(file, kept[file]));
}

function inputOf(file: RuleFile, text: string): RuleInput {
  return { name: `${RULES_FOLDER}/${RULE_FILES[file]}`, sha256: sha256Of(text) };
}

/** `[]` is no overrides on purpose: an empty file would be a mistake. */
function keptTexts({ plans, overrides, config }: { plans: string; overrides: string | null; config: Config }) {
  return { plans, overrides: overrides ?? "[]\n", config: configText(config) };
}

/**
 * Keeps the rules beside the artifacts that they decide: plans and overrides byte for byte, the configuration as it is in force,
 * defaults included. None of them holds a secret. Of a run of one instance only its overrides are kept, without comments.
 */
export async function keepRules(
  base: string,
  rules: { plans: string; overrides: string | null; config: Config },
  instances: readonly InstanceName[] = INSTANCES,
): Promise<void> {
  const folder = await makeOwnFolder(base, RULES_FOLDER);
  const { overrides, ...texts } = keptTexts(rules);
  const isWhole = instances.length === INSTANCES.length;
  const kept: Record<string, string> = { [RULE_FILES.plans]: texts.plans, [RULE_FILES.config]: texts.config };
  if (isWhole) kept[RULE_FILES.overrides] = overrides;
  else
    for (const instance of instances)
      kept[overridesPartName(FILE_PREFIX[instance])] = overridesOfInstance(overrides, RULE_FILES.overrides, instance);
  // What earlier runs kept of the same overrides would be read instead, or beside.
  for (const name of isWhole ? PARTS : [RULE_FILES.overrides]) await rm(join(folder, name), { force: true });
  for (const [name, text] of Object.entries(kept)) await writeWholeFile(join(folder, name), text);
}

/** The rules that a data directory keeps; null where its artifacts were made by a version that kept none. */
export async function readKeptRules(base: string): Promise<RuleTexts | null> {
  await checkOwnFolder(base, RULES_FOLDER);
  const textOf = async (name: string) => (await readOwnFile(join(base, RULES_FOLDER, name)))?.toString("utf8") ?? null;
  const read = async (file: RuleFile): Promise<NamedText | null> => {
    const text = await textOf(RULE_FILES[file]);
    return text === null ? null : { text, name: RULE_FILES[file] };
  };
  const plans = await read("plans");
  if (plans === null) return null;
  const parts = (await Promise.all(PARTS.map(textOf))).flatMap((text) => text ?? []);
  const joined = parts.length === 0 ? null : { text: joinOverrides(parts), name: RULE_FILES.overrides };
  return { plans, overrides: (await read("overrides")) ?? joined, config: await read("config") };
}
