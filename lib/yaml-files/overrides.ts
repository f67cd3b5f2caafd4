import * as v from "valibot";
import type { Note } from "../domain/changeset.ts";
import { INSTANCES } from "../domain/instance.ts";
import type { Override } from "../domain/overrides.ts";
import { reason } from "../domain/reason.ts";
import { ConfigurationError } from "../errors.ts";
import { check, type Mistake, problemsOf, readYaml, sentence, type YamlFile } from "./parse-yaml-file.ts";
import { day, flag, mapOf, mapping, optional, orNull, salesforceId, text, word } from "./schema.ts";

/** The overrides of a file that are valid in themselves, and a note for each that is not. */
export interface ParsedOverrides {
  overrides: Override[];
  notes: Note[];
}

const EntrySchema = v.pipe(
  mapping({
    salesforce_id: salesforceId(),
    reason: text(),
    instance: optional(word(INSTANCES), "global"),
    subscriptions: optional(mapOf(flag()), new Map<string, boolean>()),
    expiration_date: orNull(day()),
    ends_on: orNull(day()),
  }),
  v.check(
    ({ subscriptions, expiration_date }) => subscriptions.size > 0 || expiration_date !== null,
    "sets nothing: neither subscriptions nor expiration_date",
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
    const what = "is empty; write [] where there are no overrides now, or overrides: none in zdsync.config.yml";
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

function invalidEntry(file: YamlFile, index: number, entry: unknown, mistakes: readonly Mistake[]): Note {
  const id = check((entry as { salesforce_id?: unknown } | null)?.salesforce_id, salesforceId());
  const problems = mistakes.map(({ path, what }) => {
    const mistake = path.length === 0 ? `the override ${what}` : sentence({ path, what });
    return `${mistake} (line ${file.lineOf([index, ...path])})`;
  });
  return {
    rule: "E8",
    salesforce_id: "value" in id ? id.value : null,
    id: null,
    reason: reason("override.invalid", { where: `${file.name}:${file.lineOf([index])}`, problems }),
  };
}
