import * as v from "valibot";
import { INSTANCES, type InstanceName } from "../../domain/instance.ts";
import type { ConcerningNote } from "../../domain/notes-by-instance.ts";
import type { Override } from "../../domain/overrides.ts";
import { reason } from "../../domain/reason.ts";
import { ConfigurationError } from "../../errors.ts";
import { check, type Mistake, problemsOf, readYaml, sentence, type YamlFile } from "./parse-yaml-file.ts";
import { day, flag, mapOf, mapping, optional, orNull, salesforceId, text, word } from "./schema.ts";

/** The overrides of a file that are valid in themselves, and a note for each that is not. */
export interface ParsedOverrides {
  overrides: Override[];
  notes: ConcerningNote[];
}

const ENTRIES = {
  salesforce_id: salesforceId(),
  reason: text(),
  instance: optional(word(INSTANCES), "global"),
  subscriptions: optional(mapOf(flag()), new Map<string, boolean>()),
  expiration_date: orNull(day()),
  ends_on: orNull(day()),
};

/** Every key that an override may have. */
export const OVERRIDE_KEYS: readonly string[] = Object.keys(ENTRIES);

const EntrySchema = v.pipe(
  mapping(ENTRIES),
  v.check(
    ({ subscriptions, expiration_date }) => subscriptions.size > 0 || expiration_date !== null,
    "sets nothing: it has neither subscriptions nor expiration_date",
  ),
);

/**
 * Reads the overrides file (entitlements.md). An invalid entry becomes a note with its line; the others apply. Whether an
 * entry has ended, stands twice or names an unknown type or account is `applicableOverrides`' matter.
 *
 * @throws ConfigurationError where the file is empty, is no list, or cannot be parsed: running without overrides would take
 *   support away. A list without entries (`[]`) is none on purpose.
 */
export function parseOverrides(content: string, fileName: string): ParsedOverrides {
  const file = readYaml(content, fileName);
  if (file.data === null) {
    const what = "is empty; write [] if there are no overrides, or overrides: none in zdsync.config.yml";
    throw new ConfigurationError([{ where: fileName, what }]);
  }
  const list = check(file.data, v.array(v.unknown(), "must be a list of overrides"));
  if ("mistakes" in list) throw new ConfigurationError(problemsOf(file, list.mistakes));
  const parsed: ParsedOverrides = { overrides: [], notes: [] };
  list.value.forEach((entry, index) => {
    const checked = check(entry, EntrySchema);
    if ("mistakes" in checked) parsed.notes.push(invalidEntry(file, index, entry, checked.mistakes));
    else parsed.overrides.push({ ...checked.value, where: `${fileName}:${file.lineOf([index])}` });
  });
  return parsed;
}

function invalidEntry(file: YamlFile, index: number, entry: unknown, mistakes: readonly Mistake[]): ConcerningNote {
  const id = check((entry as { salesforce_id?: unknown } | null)?.salesforce_id, salesforceId());
  const problems = mistakes.map(({ path, what }) => {
    const mistake = path.length === 0 ? `the override ${what}` : sentence({ path, what });
    return `${mistake} (line ${file.lineOf([index, ...path])})`;
  });
  const note = {
    rule: "E8",
    salesforce_id: "value" in id ? id.value : null,
    id: null,
    reason: reason("override.invalid", { where: `${file.name}:${file.lineOf([index])}`, problems }),
  };
  return { note, instances: instancesOf(entry) };
}

/** The instance that an entry is for, whatever else is wrong with it; both where it names none that is known. */
function instancesOf(entry: unknown): readonly InstanceName[] {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return INSTANCES;
  const { instance = "global" } = entry as { instance?: unknown };
  const named = INSTANCES.filter((one) => one === instance);
  return named.length > 0 ? named : INSTANCES;
}

/**
 * The overrides file without what is the other instance's: each entry on its own line, the one where it began, so that messages name the
 * same lines. Comments are left out, and the reasons of entries whose instance nobody knows: either may speak of anybody.
 *
 * @throws ConfigurationError as `parseOverrides`
 */
export function overridesOfInstance(content: string, fileName: string, instance: InstanceName): string {
  const file = readYaml(content, fileName);
  const entries = Array.isArray(file.data) ? (file.data as unknown[]) : [];
  return onLines(
    entries.flatMap((entry, index) => {
      const instances = instancesOf(entry);
      if (!instances.includes(instance)) return [];
      const shown = instances.length === 1 ? entry : withoutReason(entry);
      return [{ line: file.lineOf([index]), text: `- ${JSON.stringify(shown)}` }];
    }),
  );
}

/** Joins the texts that `overridesOfInstance` made of one file for several instances back into one text. */
export function joinOverrides(parts: readonly string[]): string {
  const lines = parts.flatMap((part) => part.split("\n").map((text, index) => ({ line: index + 1, text })));
  const entries = lines.filter(({ text }) => text.startsWith("- "));
  return onLines([...new Map(entries.map((entry) => [`${entry.line} ${entry.text}`, entry])).values()]);
}

/** Puts texts on their lines, or where those are taken, on the next free ones. `[]` is no overrides on purpose. */
function onLines(entries: readonly { line: number; text: string }[]): string {
  if (entries.length === 0) return "[]\n";
  const lines: string[] = [];
  for (const { line, text } of [...entries].sort((one, other) => one.line - other.line)) {
    while (lines.length < line - 1) lines.push("");
    lines.push(text);
  }
  return `${lines.join("\n")}\n`;
}

function withoutReason(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return null;
  const { salesforce_id, instance } = entry as Record<string, unknown>;
  return { salesforce_id, instance, reason: "left out: it does not say which instance it is for" };
}
