import { ConfigurationError, type Problem } from "../errors.ts";
import { type ParsedRules, parseRules, RULE_FILES, type RuleFile, type RuleTexts } from "../storage/kept-rules.ts";

/** New texts in place of those that a run kept; what is not given stays as it was. */
export type NewRules = Partial<RuleTexts>;

/**
 * The rules after a change: every file is read, and the problems of all of them are told at once. An override that cannot be read is a problem
 * here, as nobody wants to merge it; in a run it would only be noted. Throws `ConfigurationError`.
 */
export function changedRules(kept: RuleTexts, changed: NewRules): ParsedRules {
  const problems: Problem[] = [];
  const texts = { ...kept, ...changed };
  for (const file of Object.keys(RULE_FILES) as RuleFile[]) {
    const alone = changed[file];
    if (!alone) continue;
    try {
      const { overrideNotes } = parseRules({ ...kept, [file]: alone });
      if (file !== "overrides") continue;
      for (const { reason } of overrideNotes)
        if (reason.code === "override.invalid")
          problems.push({ where: reason.params.where, what: reason.params.problems.join("; ") });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return parseRules(texts);
}
