import { RemoteError } from "../errors.ts";

/** A remote's refusal, with what its error body said in codes; texts may echo customer data and are not kept in the message. */
export class HttpError extends RemoteError {
  constructor(
    message: string,
    readonly status: number,
    /** The parsed error body: for classifying, never for printing. */
    readonly body: unknown,
    detail: RemoteError["detail"],
  ) {
    super(message, detail);
  }
}

/** A write whose outcome nobody knows: it may have been applied. Look before sending it again (S5). */
export class AmbiguousWriteError extends RemoteError {}
