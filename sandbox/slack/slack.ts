import { type CallArguments, callArguments } from "./call-arguments.ts";
import type { ConversationEntry } from "./conversation.ts";
import type { SlackMessage } from "./messages.ts";
import { METHODS, type Method } from "./methods.ts";
import { createPerson, type PersonOptions, type SlackPerson } from "./person.ts";
import { answerRemotePerson } from "./remote-person.ts";
import { ResponseUrls } from "./response-urls.ts";
import { SlackRefusal } from "./slack-refusal.ts";
import { SocketMode } from "./socket-mode.ts";
import { type SlackOptions, Workspace } from "./workspace.ts";

/** A Slack workspace with one app and its bot. */
export interface Slack {
  /** Answers any request to it; give it to `serveApp`, or use it as a `fetch` without a port. */
  fetch(request: Request): Promise<Response>;
  /** Every message in channels as it stands now, in the order in which they were posted. */
  messages(): SlackMessage[];
  /** Everything anybody saw: see {@link ConversationEntry}. */
  conversation(): ConversationEntry[];
  /** Somebody who types commands and clicks buttons. */
  person(options?: PersonOptions): SlackPerson;
  /** The sockets of Socket Mode; give them to `serveApp`. */
  sockets: SocketMode;
  /** Grants or withdraws a scope of the bot. */
  setScope(scope: string, granted: boolean): void;
  /** Grants or withdraws `channels:history`. */
  setHistoryScope(granted: boolean): void;
  /** Ends the life of every `response_url` given out so far. */
  expireResponseUrls(): void;
  /** Archives a channel, or takes it back. */
  archive(channel: string, archived?: boolean): void;
  /** What was uploaded under a file's id; null where nothing was. */
  fileBytes(id: string): Uint8Array | null;
  /** The secret parts of the addresses it gave out. */
  tokens(): string[];
}

/**
 * Slack in memory: its Web API under `/api/`, the addresses that commands and clicks are answered at, and Socket Mode; as much of
 * it as notices and the bot need, with the limits that the project's facts page on Slack names ("facts 6").
 */
export function createSlack(options: SlackOptions): Slack {
  const workspace = new Workspace(options);
  const { baseUrl, signingSecret } = options;
  const responseUrls = new ResponseUrls(workspace, baseUrl);
  const sockets = new SocketMode(baseUrl);
  const person = (given: PersonOptions = {}) =>
    createPerson({ workspace, responseUrls, sockets, signingSecret }, given);
  const conversation = () => workspace.seen.all();
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/sandbox/")) return answerRemotePerson(request, { person, conversation });
      if (workspace.files.isFor(pathname)) return workspace.files.receive(request);
      if (/^\/(commands|actions)\//.test(pathname)) return responseUrls.answer(request);
      const name = /^\/api\/([\w.]+)$/.exec(pathname)?.[1] ?? "";
      const method = METHODS[name];
      try {
        return answered(workspace, method, await answer({ workspace, sockets }, name, method, request));
      } catch (error) {
        if (!(error instanceof SlackRefusal)) throw error;
        return refused(workspace, method, error);
      }
    },
    messages: () => workspace.messages.all.map((message) => ({ ...message })),
    conversation,
    person,
    sockets,
    setScope: (scope, granted) => workspace.setScope(scope, granted),
    setHistoryScope: (granted) => workspace.setScope("channels:history", granted),
    expireResponseUrls: () => responseUrls.expire(),
    archive: (channel, archived = true) => {
      workspace.channel(channel).isArchived = archived;
    },
    fileBytes: (id) => workspace.files.bytes(id),
    tokens: () => [...responseUrls.secrets(), ...workspace.files.secrets()],
  };
}

async function answer(
  { workspace, sockets }: { workspace: Workspace; sockets: SocketMode },
  name: string,
  method: Method | undefined,
  request: Request,
): Promise<Record<string, unknown>> {
  if (!method) throw new SlackRefusal("unknown_method", { req_method: name });
  const call = await callArguments(request);
  workspace.requireToken(tokenOf(request, call), method.token);
  if (method.scope && !method.token) workspace.requireScope(method.scope);
  return method.answer(workspace, call, sockets);
}

function tokenOf(request: Request, call: CallArguments): string | undefined {
  const [, bearer] = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return bearer ?? call.text("token");
}

function answered(workspace: Workspace, method: Method | undefined, body: Record<string, unknown>): Response {
  return Response.json({ ok: true, ...body }, { headers: scopeHeaders(workspace, method) });
}

function refused(workspace: Workspace, method: Method | undefined, refusal: SlackRefusal): Response {
  const { code, details, retryAfter } = refusal;
  const body = { ok: false, error: code, ...details };
  const strangers = ["not_authed", "invalid_auth", "not_allowed_token_type", "unknown_method"].includes(code);
  const headers = strangers ? {} : scopeHeaders(workspace, method);
  if (retryAfter === undefined) return Response.json(body, { headers });
  return Response.json(body, { status: 429, headers: { ...headers, "retry-after": String(retryAfter) } });
}

/** Every answer to a known token says what it was granted, and what the method asks for. */
function scopeHeaders(workspace: Workspace, method: Method | undefined): Record<string, string> {
  const scopes = { "x-oauth-scopes": method?.token === "app" ? "connections:write" : workspace.scopes.join(",") };
  return method?.scope ? { ...scopes, "x-accepted-oauth-scopes": method.scope } : scopes;
}
