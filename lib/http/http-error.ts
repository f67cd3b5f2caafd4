import { RemoteError } from "../errors.ts";

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
  ) {
    super(message, detail);
    // Whoever prints an error with its properties must not print what the body echoes.
    Object.defineProperty(this, "body", { enumerable: false });
  }
}

/** A write whose outcome nobody knows: it may have been applied. Look before sending it again (S5). */
export class AmbiguousWriteError extends RemoteError {}
