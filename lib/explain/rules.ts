import { chargePlaces } from "../settings/files/plans.ts";
import { parseRules, type RuleTexts } from "../storage/kept-rules.ts";
import type { Rules } from "./evidence.ts";

/** The rules that texts hold. Throws `ConfigurationError` with the problems of one that cannot be read. Pure. */
export function rulesOf(texts: RuleTexts): Rules {
  return { ...parseRules(texts), placeOfCharge: chargePlaces(texts.plans.text, texts.plans.name) };
}
