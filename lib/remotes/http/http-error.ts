import { RemoteError } from "../../errors.ts";
import type { Failure } from "./failure.ts";

/** A remote's refusal, with what its error body said in codes; texts may echo customer data and are not kept in the message. */
export class HttpError extends RemoteError {
  constructor(
    message: string,
    readonly status: number,
    /** The parsed error body: for classifying, never for printing. */
    readonly body: unknown,
    /** Certainly not done, for a reason that passes: a rate limit, a collision in the database. */
    readonly isPassing: boolean,
    detail: RemoteError["detail"],
    /** The whole answer: for classifying, and for clients of others that read it themselves. */
    readonly answer: { headers: Headers; text: string } = { headers: new Headers(), text: "" },
  ) {
    super(message, detail);
    // Whoever prints an error with its properties must not print what the body echoes.
    for (const name of ["body", "answer"]) Object.defineProperty(this, name, { enumerable: false });
  }
}

/** No whole answer came, or none that can be used; see `failure`. */
export class NoAnswerError extends RemoteError {
  constructor(
    message: string,
    readonly failure: Failure,
    detail: RemoteError["detail"],
  ) {
    super(message, detail);
  }
}

/** A write whose outcome nobody knows: it may have been applied. Look before sending it again (S5). */
export class AmbiguousWriteError extends RemoteError {
  constructor(
    message: string,
    detail?: RemoteError["detail"],
    /** Why nobody knows; null where the answer came and cannot be read. */
    readonly failure: Failure | null = null,
  ) {
    super(message, detail);
  }
}
