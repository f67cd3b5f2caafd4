import type { Effect } from "../domain/limits.ts";
import type { HandOverTerms } from "./hand-over.ts";

/** The inputs of every stage that writes, as parsed (stage/inputs.ts). */
export interface WritingInputs {
  allow: Partial<Record<Effect, number>>;
  expect: readonly string[];
  "max-age": number | null;
}

/** What a person demands of the change files. */
export function termsOf(inputs: WritingInputs): HandOverTerms {
  return { expect: inputs.expect, maxAgeMs: inputs["max-age"] };
}
