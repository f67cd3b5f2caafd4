import { CallArguments } from "./call-arguments.ts";
import type { ConversationEntry } from "./conversation.ts";
import { messageContent } from "./message-content.ts";
import { SlackRefusal } from "./slack-refusal.ts";
import { bot, type Workspace } from "./workspace.ts";

const USES = 5;
/** Not shortened by the sandbox's time factor: who answers within half an hour is a program at its own pace. */
const LIFE_MS = 30 * 60_000;

/** What a `response_url` was given out for. */
export interface ResponseOrigin {
  channel: string;
  user: string;
  /** The message whose button was clicked; null for a command, which has nothing that could be replaced (bolt-js issue 2287). */
  clicked: ConversationEntry | null;
}

interface IssuedUrl {
  origin: ResponseOrigin;
  expiresAtMs: number;
  uses: number;
}

/** The addresses that an app answers a command or a click at: five times, within half an hour. */
export class ResponseUrls {
  readonly #workspace: Workspace;
  readonly #baseUrl: () => string;
  readonly #issued = new Map<string, IssuedUrl>();
  #count = 8_602_511_912_421;

  constructor(workspace: Workspace, baseUrl: () => string) {
    this.#workspace = workspace;
    this.#baseUrl = baseUrl;
  }

  issue(origin: ResponseOrigin): string {
    this.#count += 1;
    const path = `/${origin.clicked ? "actions" : "commands"}/${bot.team_id}/${this.#count}/${this.#workspace.bytes(12).toString("hex")}`;
    this.#issued.set(path, { origin, expiresAtMs: this.#nowMs() + LIFE_MS, uses: 0 });
    return this.#baseUrl() + path;
  }

  /** The secret parts of all of them. */
  secrets(): string[] {
    return [...this.#issued.keys()].map((path) => path.split("/")[4] ?? "");
  }

  /** Ends the life of all that were given out so far. */
  expire(): void {
    for (const issued of this.#issued.values()) issued.expiresAtMs = 0;
  }

  /** Answers a request to one of them. */
  async answer(request: Request): Promise<Response> {
    const issued = this.#issued.get(new URL(request.url).pathname);
    if (!issued || request.method !== "POST") return refused(404, "no_such_url");
    if (issued.expiresAtMs <= this.#nowMs()) return refused(404, "expired_url");
    if (issued.uses >= USES) return refused(404, "used_url");
    const body = await json(request);
    if (!body) return refused(400, "invalid_payload");
    try {
      this.#respond(issued.origin, body);
    } catch (error) {
      if (!(error instanceof SlackRefusal)) throw error;
      return refused(400, error.code);
    }
    issued.uses += 1;
    return new Response("ok", { headers: { "content-type": "text/html; charset=utf-8" } });
  }

  #respond(origin: ResponseOrigin, body: Record<string, unknown>): void {
    const call = new CallArguments(body);
    const original = origin.clicked;
    if (call.flag("delete_original")) {
      if (original) this.#delete(original);
      return;
    }
    const { text = "", blocks } = messageContent(call);
    if (text === "" && !blocks?.length) throw new SlackRefusal("no_text");
    if (original && call.flag("replace_original")) this.#replace(original, { text, blocks: blocks ?? [] });
    else say(this.#workspace, origin, call, { text, ...(blocks ? { blocks } : {}) });
  }

  /** The whole message is another one now; who sees it cannot change. */
  #replace({ channel, ts, visibleTo }: ConversationEntry, content: { text: string; blocks: unknown[] }): void {
    if (visibleTo === null) this.#workspace.change(channel, ts, content);
    else this.#workspace.seen.replace(channel, ts, content);
  }

  #delete({ channel, ts, visibleTo }: ConversationEntry): void {
    if (visibleTo === null) this.#workspace.messages.delete(channel, ts);
    this.#workspace.seen.delete(channel, ts);
  }

  #nowMs(): number {
    return this.#workspace.clock.now().getTime();
  }
}

/** A new message as an answer: to the one who asked, unless it says that it is for the channel. */
export function say(
  workspace: Workspace,
  { channel, user }: { channel: string; user: string },
  call: CallArguments,
  content: { text: string; blocks?: unknown[] },
): ConversationEntry {
  if (call.text("response_type") !== "in_channel")
    return workspace.show({ kind: "message", channel, from: bot.user_id, visibleTo: user, ...content });
  const { ts } = workspace.post({ channel, ...content });
  const posted = workspace.seen.standing(channel, ts);
  if (!posted) throw new Error("the message was posted just now");
  return posted;
}

function refused(status: number, error: string): Response {
  return Response.json({ ok: false, error }, { status });
}

/** JSON, whatever its content type says; null for anything else. */
async function json(request: Request): Promise<Record<string, unknown> | null> {
  try {
    const body: unknown = JSON.parse(await request.text());
    return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
