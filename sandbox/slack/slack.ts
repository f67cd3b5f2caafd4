import { type CallArguments, callArguments } from "./call-arguments.ts";
import type { SlackMessage } from "./messages.ts";
import { METHODS, type Method } from "./methods.ts";
import { SlackRefusal } from "./slack-refusal.ts";
import { type SlackOptions, Workspace } from "./workspace.ts";

/** A Slack workspace with one bot. */
export interface Slack {
  /** Answers any request to it; give it to `serveApp`, or use it as a `fetch` without a port. */
  fetch(request: Request): Promise<Response>;
  /** Every message as it stands now, in the order in which they were posted. */
  messages(): SlackMessage[];
  /** Grants or withdraws `channels:history`. */
  setHistoryScope(granted: boolean): void;
  archive(channel: string): void;
}

/**
 * Slack's Web API in memory, under `/api/`: as much of it as notices need, with the limits that the project's facts page
 * on Slack names ("facts 6").
 */
export function createSlack(options: SlackOptions): Slack {
  const workspace = new Workspace(options);
  return {
    async fetch(request) {
      const name = /^\/api\/([\w.]+)$/.exec(new URL(request.url).pathname)?.[1] ?? "";
      const method = METHODS[name];
      try {
        return answered(workspace, method, await answer(workspace, name, method, request));
      } catch (error) {
        if (!(error instanceof SlackRefusal)) throw error;
        return refused(workspace, method, error);
      }
    },
    messages: () => workspace.messages.all.map((message) => ({ ...message })),
    setHistoryScope: (granted) => workspace.setScope("channels:history", granted),
    archive: (channel) => {
      workspace.channel(channel).isArchived = true;
    },
  };
}

async function answer(
  workspace: Workspace,
  name: string,
  method: Method | undefined,
  request: Request,
): Promise<Record<string, unknown>> {
  if (!method) throw new SlackRefusal("unknown_method", { req_method: name });
  const call = await callArguments(request);
  workspace.requireToken(tokenOf(request, call));
  if (method.scope) workspace.requireScope(method.scope);
  return method.answer(workspace, call);
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
  const strangers = ["not_authed", "invalid_auth", "unknown_method"].includes(code);
  const headers = strangers ? {} : scopeHeaders(workspace, method);
  if (retryAfter === undefined) return Response.json(body, { headers });
  return Response.json(body, { status: 429, headers: { ...headers, "retry-after": String(retryAfter) } });
}

/** Every answer to a known token says what it was granted, and what the method asks for. */
function scopeHeaders(workspace: Workspace, method: Method | undefined): Record<string, string> {
  const scopes = { "x-oauth-scopes": workspace.scopes.join(",") };
  return method?.scope ? { ...scopes, "x-accepted-oauth-scopes": method.scope } : scopes;
}
