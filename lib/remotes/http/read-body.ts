import { AnswerTooLargeError } from "./bounded-fetch.ts";
import { parseBody } from "./json-body.ts";

/** Use of a successful answer's body. The body of any other answer is read as text, for its error message. */
export type BodyUse =
  | { as: "json" }
  | { as: "bytes" }
  /** Handed on chunk by chunk, from its beginning at every attempt; what `receive` throws ends the request. */
  | { as: "stream"; receive(chunks: AsyncIterable<Uint8Array>): Promise<void> }
  /** Not read at all, whatever the status is. */
  | { as: "nothing" };

/** Limits and size checks that must be known before a body is read. */
export interface BodyLimits {
  /** Bytes, once decompressed. */
  limit: number;
  /** A header that names the size of the body in bytes, beside `content-length`. */
  sizeHeader: string | undefined;
}

/** Fewer bytes came than the answer announced. */
export class IncompleteAnswerError extends Error {
  override readonly name = "IncompleteAnswerError";
}

/** Wraps an error thrown by the receiver of a stream: it is not the remote's, so there is nothing to retry. */
export class ReceiverError extends Error {
  override readonly name = "ReceiverError";
}

const NO_BYTES = new Uint8Array();

/**
 * Reads a body whole; empty where it was handed on or not wanted. Throws `AnswerTooLargeError`, `IncompleteAnswerError`,
 * `ReceiverError`, or what the connection failed with.
 */
export async function readBody(response: Response, use: BodyUse, limits: BodyLimits): Promise<Uint8Array> {
  if (use.as === "nothing") {
    await response.body?.cancel();
    return NO_BYTES;
  }
  if (!response.ok) return readRefusal(response);
  const announced = announcedSizes(response.headers, limits.sizeHeader);
  // On its way a file that is too large may just as well be cut off, and would be asked for again.
  if (announced.some((size) => size > limits.limit)) {
    await response.body?.cancel();
    throw new AnswerTooLargeError(limits.limit);
  }
  const bytes = use.as === "stream" ? await handOn(response, use.receive) : await response.bytes();
  const size = typeof bytes === "number" ? bytes : bytes.length;
  if (announced.some((expected) => expected !== size)) throw new IncompleteAnswerError("the body was truncated");
  return typeof bytes === "number" ? NO_BYTES : bytes;
}

/** The text of an answer in JSON and of any refusal, and the JSON in it. */
export function textOf(
  { status, bytes }: { status: number; bytes: Uint8Array },
  use: BodyUse,
): { text: string; body: unknown } {
  if (use.as !== "json" && status < 300) return { text: "", body: undefined };
  const text = new TextDecoder().decode(bytes);
  return { text, body: parseBody(text) };
}

/** A refusal counts by its status, also where nobody would read so much of it. */
async function readRefusal(response: Response): Promise<Uint8Array> {
  try {
    return await response.bytes();
  } catch (error) {
    if (error instanceof AnswerTooLargeError) return NO_BYTES;
    throw error;
  }
}

/** Sizes that the headers name, in bytes of what is read; `content-length` is of the compressed body where there is one. */
function announcedSizes(headers: Headers, sizeHeader: string | undefined): number[] {
  const names = [sizeHeader, headers.has("content-encoding") ? undefined : "content-length"];
  const values = names.map((name) => (name === undefined ? null : headers.get(name)));
  return values.flatMap((value) => (value !== null && /^\d{1,15}$/.test(value) ? [Number(value)] : []));
}

/** Answers how many bytes were handed on. */
async function handOn(
  response: Response,
  receive: (chunks: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<number> {
  let size = 0;
  let broken: { error: unknown } | null = null;
  async function* chunks() {
    try {
      for await (const chunk of response.body ?? []) {
        size += chunk.length;
        yield chunk;
      }
    } catch (error) {
      broken = { error };
      throw error;
    }
  }
  try {
    await receive(chunks());
  } catch (cause) {
    const { error } = (broken as { error: unknown } | null) ?? { error: new ReceiverError("", { cause }) };
    throw error;
  }
  return size;
}
