import { edges } from "../../edges/edges.ts";

/**
 * Sends one request and gives its answer as it begins to come: no repetition, no limit, no rule. The one place of the program that
 * reaches the network over HTTP (test/architecture.test.ts): Slack's clients send through it, too.
 */
export function exchange(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  return edges().fetch(input, init);
}
