import type { SlackSettings } from "../../../lib/settings/environment.ts";

/** A message that stands in the fake channel. */
export interface FakeMessage {
  ts: string;
  thread_ts?: string;
  text: string;
  blocks: { type: string }[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
}

/** What the fake answers instead of its own answer; `count` counts the calls of that method from 1. */
export type Interception = (method: string, count: number) => Response | undefined;

/** A Slack channel over real HTTP, with the limits that Slack holds messages to. */
export class FakeSlack implements AsyncDisposable {
  readonly messages: FakeMessage[] = [];
  readonly calls: string[] = [];
  scopes = "chat:write,channels:history,channels:read";
  channel: Record<string, unknown> = { id: "C0NOTICES", name: "ops", is_member: true };
  readonly #server: ReturnType<typeof Bun.serve>;

  constructor(
    readonly intercept: Interception = () => undefined,
    readonly pageSize = 2,
  ) {
    this.#server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
  }

  get settings(): SlackSettings {
    return { token: "xoxb-the-token", channel: "C0NOTICES", apiUrl: `${this.#server.url.origin}/api/` };
  }

  /** Messages in threads. */
  get replies(): FakeMessage[] {
    return this.messages.filter((one) => one.thread_ts !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const method = new URL(request.url).pathname.slice("/api/".length);
    const form = new URLSearchParams(await request.text());
    this.calls.push(method);
    const instead = this.intercept(method, this.calls.filter((one) => one === method).length);
    // A lost answer: the work is done, then the connection is cut.
    if (instead && instead.status !== LOST) return instead;
    const answer = this.#call(method, form);
    if (instead) return new Response(new ReadableStream({ start: (controller) => controller.error(undefined) }));
    return Response.json(answer, { headers: { "x-oauth-scopes": this.scopes } });
  }

  #call(method: string, form: URLSearchParams): Record<string, unknown> {
    switch (method) {
      case "chat.postMessage":
        return this.#post(form);
      case "conversations.history":
        return this.#page(form, this.#topLevel(Number(form.get("oldest"))));
      case "conversations.replies":
        return this.#page(
          form,
          this.messages.filter((one) => (one.thread_ts ?? one.ts) === form.get("ts")),
        );
      case "auth.test":
        return { ok: true, team: "Example", user: "zdsync" };
      case "conversations.info":
        return { ok: true, channel: this.channel };
      default:
        return { ok: false, error: "unknown_method" };
    }
  }

  #post(form: URLSearchParams): Record<string, unknown> {
    const blocks = JSON.parse(form.get("blocks") ?? "[]");
    const long = blocks.some((block: { text?: { text?: string } }) => (block.text?.text?.length ?? 0) > 3000);
    if (blocks.length > 50 || long) return { ok: false, error: "invalid_blocks" };
    if (JSON.stringify(blocks).length > 13_000) return { ok: false, error: "msg_blocks_too_long" };
    const ts = `${1_700_000_000 + this.messages.length}.000100`;
    const thread = form.get("thread_ts");
    const metadata = form.get("metadata");
    this.messages.push({
      ts,
      text: form.get("text") ?? "",
      blocks,
      ...(thread ? { thread_ts: thread } : {}),
      ...(metadata ? { metadata: JSON.parse(metadata) } : {}),
    });
    return { ok: true, ts, channel: form.get("channel") };
  }

  #topLevel(oldest: number): (FakeMessage & { reply_count?: number })[] {
    const top = this.messages.filter((one) => one.thread_ts === undefined && Number(one.ts) >= oldest);
    return top.map((message) => {
      const count = this.replies.filter((one) => one.thread_ts === message.ts).length;
      return count > 0 ? { ...message, thread_ts: message.ts, reply_count: count } : message;
    });
  }

  #page(form: URLSearchParams, all: FakeMessage[]): Record<string, unknown> {
    const from = Number(form.get("cursor") ?? 0);
    const next = from + this.pageSize;
    const shown = all
      .slice(from, next)
      .map(({ metadata, ...message }) =>
        metadata && form.get("include_all_metadata") === "true" ? { ...message, metadata } : message,
      );
    return { ok: true, messages: shown, response_metadata: { next_cursor: next < all.length ? String(next) : "" } };
  }
}

/** The status that stands for a lost answer in an interception; none that Slack has. */
const LOST = 599;

export function lostAnswer(): Response {
  return new Response("", { status: LOST });
}

/** An error of the Web API: status 200. */
export function slackError(error: string): Response {
  return Response.json({ ok: false, error });
}

/** A refusal for too many messages. */
export function tooMany(retryAfter?: number): Response {
  return new Response("", { status: 429, ...(retryAfter ? { headers: { "retry-after": String(retryAfter) } } : {}) });
}
