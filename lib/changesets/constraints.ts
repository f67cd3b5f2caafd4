import type { ConfirmedCounts } from "../domain/confirmed-counts.ts";
import type { Allowable } from "../domain/limits.ts";
import type { ChangeFileConstraints } from "./change-files.ts";

/** Inputs that a comparison is checked against, in addition to the limits of the configuration (stage/inputs.ts). */
export interface LimitInputs {
  allow: Partial<Record<Allowable, number>>;
  /** Null: nobody confirmed counts. */
  "at-most": ConfirmedCounts | null;
}

/** The inputs of every stage that writes, as parsed (stage/inputs.ts). */
export interface WritingInputs extends LimitInputs {
  expect: readonly string[];
  "max-age": number | null;
}

/** Returns the constraints that a person's inputs put on the change files. */
export function constraintsOf(inputs: WritingInputs): ChangeFileConstraints {
  return { expect: inputs.expect, maxAgeMs: inputs["max-age"] };
}
