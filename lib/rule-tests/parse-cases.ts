import { closest } from "fastest-levenshtein";
import type { Day } from "../domain/dates.ts";
import { INSTANCES, type InstanceName } from "../domain/instance.ts";
import { syncedFields } from "../domain/organization.ts";
import { ConfigurationError } from "../errors.ts";
import { check, type Mistake, problemsOf, readYaml } from "../settings/files/parse-yaml-file.ts";
import { CasesSchema, type RuleCase } from "./rule-case.ts";

/**
 * Reads a file of cases (docs/rules.md). `today` is the day of cases that name none, in a file that names none.
 *
 * @throws ConfigurationError with every problem and its line: what cannot be read, a field that the instance does not have, no case.
 */
export function parseCases(content: string, fileName: string, today: Day): RuleCase[] {
  const file = readYaml(content, fileName);
  const checked = check(file.data ?? {}, CasesSchema);
  if ("mistakes" in checked) throw new ConfigurationError(problemsOf(file, checked.mistakes));
  const { value } = checked;
  if (value.cases.length === 0)
    throw new ConfigurationError(problemsOf(file, [{ path: ["cases"], what: "is empty: there is nothing to test" }]));
  const mistakes: Mistake[] = [];
  const place = (path: readonly (string | number)[]) => `${fileName}:${file.lineOf(path)}`;
  const cases = value.cases.map((one, index): RuleCase => {
    const expect = { global: one.expect.global ?? null, "us-government": one.expect["us-government"] ?? null };
    for (const instance of INSTANCES)
      mistakes.push(...unknownFields(instance, expect[instance]?.fields ?? new Map(), ["cases", index, "expect"]));
    return {
      ...one,
      expect,
      today: one.today ?? value.today ?? today,
      where: place(["cases", index]),
      placeOf: (instance, key) =>
        place(["cases", index, "expect", instance, ...(key === undefined ? [] : key.split("."))]),
    };
  });
  if (mistakes.length > 0) throw new ConfigurationError(problemsOf(file, mistakes));
  return cases;
}

/** Fields that zdsync does not keep in the instance: an expectation about them could never fail for the right reason. */
function unknownFields(
  instance: InstanceName,
  fields: ReadonlyMap<string, unknown>,
  path: readonly (string | number)[],
): Mistake[] {
  const known = syncedFields(instance).map(({ key }) => key);
  return [...fields.keys()]
    .filter((key) => !known.includes(key))
    .map((key) => ({
      path: [...path, instance, "fields", key],
      what: `is not a field that zdsync maintains in ${instance}; did you mean ${JSON.stringify(closest(key, known))}?`,
    }));
}
