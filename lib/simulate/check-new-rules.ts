import { ConfigurationError } from "../errors.ts";
import type { RuleTexts } from "../storage/kept-rules.ts";
import { changedRules, type NewRules } from "./read-rule-files.ts";
import { unreadableNote } from "./simulation-note.ts";

/**
 * Makes sure that the new rules can be read, and says so where they are reviewed if they cannot. Throws `ConfigurationError` with every problem,
 * and what `say` throws.
 *
 * @param commit whose rules they are; empty where nobody says
 */
export async function checkNewRules(
  before: RuleTexts,
  changed: NewRules,
  { commit, say }: { commit: string; say(note: string): Promise<unknown> },
): Promise<void> {
  try {
    changedRules(before, changed);
  } catch (error) {
    if (error instanceof ConfigurationError) await say(unreadableNote(error.problems, commit));
    throw error;
  }
}
