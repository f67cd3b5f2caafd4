import type { InputFiles } from "../artifacts/kept-inputs.ts";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import type { Allowances } from "../domain/limits.ts";
import { parseConfig } from "../yaml-files/config.ts";
import { parseOverrides } from "../yaml-files/overrides.ts";
import { chargePlaces, parsePlans } from "../yaml-files/plans.ts";
import type { Rules } from "./evidence.ts";

/** The rules that files hold. Throws `ConfigurationError` with every problem where one of them cannot be read. */
export function rulesOf({ plans, overrides, config }: InputFiles, allow: Allowances = {}): Rules {
  const text = plans?.text ?? "";
  const name = plans?.name ?? "plans.yml";
  const parsed = overrides ? parseOverrides(overrides.text, overrides.name) : { overrides: [], notes: [] };
  return {
    plans: parsePlans(text, name),
    placeOfCharge: chargePlaces(text, name),
    overrides: parsed.overrides,
    overrideNotes: parsed.notes,
    config: config ? parseConfig(config.text, config.name) : DEFAULT_CONFIG,
    allow,
  };
}
