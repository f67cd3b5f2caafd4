/** A call of the Web API that is not done: `{ ok: false, error }`, with status 200 but for rate limits. */
export class SlackRefusal extends Error {
  readonly code: string;
  /** Further parts of the answer's body. */
  readonly details: Record<string, unknown>;
  /** Seconds to wait; makes the answer a 429. */
  readonly retryAfter: number | undefined;

  constructor(code: string, details: Record<string, unknown> = {}, retryAfter?: number) {
    super(code);
    this.code = code;
    this.details = details;
    this.retryAfter = retryAfter;
  }
}

/** Slack's answer to blocks it does not take: where they are wrong stands twice. */
export function invalidBlocks(what: string, pointer: string): SlackRefusal {
  const error = `${what} [json-pointer:${pointer}]`;
  return new SlackRefusal("invalid_blocks", {
    errors: [error],
    response_metadata: { messages: [`[ERROR] ${error}`] },
  });
}
