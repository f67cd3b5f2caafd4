import type { Reason } from "../domain/reason.ts";
import { messageOf, RefusedError } from "../errors.ts";
import { type Place, refusalText } from "./reason-text.ts";

/** The error that says why nothing is written, to be thrown. */
export function refused(...reasons: readonly [Reason, ...Reason[]]): RefusedError {
  return new RefusedError(refusalText(reasons), reasons);
}

/** The message of any error, with what to do in the words of where it is read. */
export function messageIn(place: Place, error: unknown): string {
  return error instanceof RefusedError ? refusalText(error.reasons, place) : messageOf(error);
}
