import { exchange } from "./exchange.ts";

/** More than any answer of a remote comes to, in bytes once decompressed: a page of 2,000 Salesforce accounts is a few million. */
export const LARGEST_ANSWER_BYTES = 64 * 1024 ** 2;

/** A remote answers more than any answer of its kind comes to; the rest of it was not read. */
export class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";
  constructor(readonly limit: number) {
    super(`the response is larger than ${megabytes(limit)}`);
  }
}

/**
 * A `fetch` (for clients of others, and below our own) whose answer's body fails with `AnswerTooLargeError` as soon as more than so many bytes have come out of it. Counted while
 * it streams, after decompression: what `content-length` says is the sender's word, and a compressed megabyte may hold a gigabyte.
 */
export function boundedFetch(limit: number = LARGEST_ANSWER_BYTES) {
  return async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> =>
    bounded(await exchange(input, init), limit);
}

function bounded(response: Response, limit: number): Response {
  if (response.body === null) return response;
  let read = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      read += chunk.length;
      if (read > limit) controller.error(new AnswerTooLargeError(limit));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counting), { status, statusText, headers });
}

function megabytes(bytes: number): string {
  return bytes >= 1024 ** 2 ? `${Math.round(bytes / 1024 ** 2)} MB` : `${bytes} bytes`;
}
