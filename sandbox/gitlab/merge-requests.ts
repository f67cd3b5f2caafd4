import { createHash } from "node:crypto";
import { decoded, insufficientScope, json, message, parameterError } from "./answers.ts";
import { type AccessToken, callerOf } from "./tokens.ts";

/** A merge request of the rules' project. */
export interface SandboxMergeRequest {
  iid: number;
  state: "opened" | "merged" | "closed";
  base: string;
  head: string;
  /** The branch that it is for; absent: main. */
  target?: string;
}

/** A note on a merge request. */
export interface SandboxNote {
  id: number;
  iid: number;
  body: string;
  system: boolean;
  author: { id: number; username: string };
}

/** A private project with files at commits, merge requests, and notes on them. */
export interface RulesProjectState {
  project: { id: number; path: string };
  tokens: AccessToken[];
  /** By commit, then path. */
  files: Map<string, Map<string, string>>;
  mergeRequests: SandboxMergeRequest[];
  notes: SandboxNote[];
}

/** Characters that GitLab takes in a note. */
const LONGEST_NOTE = 1_000_000;

/** Answers what belongs to the rules' project, or null where the request is about something else. */
export async function answerMergeRequests(state: RulesProjectState, request: Request): Promise<Response | null> {
  const url = new URL(request.url);
  if (url.pathname === "/api/v4/user") {
    const caller = callerOf(request.headers, state.tokens);
    return caller.is === "known" ? json(200, caller.token.user) : message(401, "Unauthorized");
  }
  const [, project, rest] = /^\/api\/v4\/projects\/([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (project === undefined || rest === undefined) return null;
  const asked = decoded(project);
  if (asked !== String(state.project.id) && asked.toLowerCase() !== state.project.path.toLowerCase()) return null;
  const caller = callerOf(request.headers, state.tokens);
  if (caller.is === "stranger") return message(401, "Unauthorized");
  if (caller.is === "anonymous") return message(404, "Project Not Found");
  const reads = request.method === "GET";
  if (!caller.token.scopes.includes("api")) return insufficientScope(reads ? "api read_api" : "api");
  if (!caller.token.projects.includes(state.project.id)) return message(404, "Project Not Found");
  return (await dispatch(state, caller.token, request, rest, url)) ?? message(404, "Not Found");
}

async function dispatch(
  state: RulesProjectState,
  { user }: AccessToken,
  request: Request,
  rest: string,
  url: URL,
): Promise<Response | null> {
  const [, path] = /^repository\/files\/([^/]+)$/.exec(rest) ?? [];
  if (path !== undefined && request.method === "GET") return file(state, decoded(path), url.searchParams.get("ref"));
  const [, iid, of, noteId] = /^merge_requests\/(\d+)(?:\/(notes)(?:\/(\d+))?)?$/.exec(rest) ?? [];
  const found = state.mergeRequests.find((one) => one.iid === Number(iid));
  if (!found) return iid === undefined ? null : message(404, "Not found");
  if (of === undefined) return request.method === "GET" ? json(200, entity(found)) : null;
  if (request.method === "GET" && noteId === undefined) return json(200, listed(state, found.iid, url));
  const { body } = (await request.json().catch(() => ({}))) as { body?: unknown };
  if (typeof body !== "string") return parameterError("body is missing");
  if (body.length > LONGEST_NOTE) return json(400, { message: "400 Bad request - Note is too long" });
  if (request.method === "POST" && noteId === undefined) {
    const note = { id: 9000 + state.notes.length, iid: found.iid, body, system: false, author: user };
    state.notes.push(note);
    return json(201, note);
  }
  const note = state.notes.find((one) => one.id === Number(noteId) && one.iid === found.iid);
  if (!note || request.method !== "PUT") return null;
  // A Reporter changes its own notes only.
  if (note.author.id !== user.id) return message(403, "Forbidden");
  note.body = body;
  return json(200, note);
}

function listed({ notes }: RulesProjectState, iid: number, url: URL): SandboxNote[] {
  const size = Number(url.searchParams.get("per_page") ?? 20);
  const from = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
  return notes.filter((note) => note.iid === iid).slice(from, from + size);
}

function entity({ iid, state, base, head, target = "main" }: SandboxMergeRequest) {
  return {
    id: 7000 + iid,
    iid,
    title: "A change of rules",
    state,
    sha: head,
    target_branch: target,
    diff_refs: { base_sha: base, head_sha: head, start_sha: base },
  };
}

function file({ files }: RulesProjectState, path: string, ref: string | null): Response {
  if (ref === null) return parameterError("ref is missing");
  const commit = files.get(ref);
  if (!commit) return message(404, "Commit Not Found");
  const text = commit.get(path);
  if (text === undefined) return message(404, "File Not Found");
  const bytes = Buffer.from(text);
  return json(200, {
    file_name: path.split("/").at(-1),
    file_path: path,
    size: bytes.length,
    encoding: "base64",
    content: bytes.toString("base64"),
    content_sha256: createHash("sha256").update(bytes).digest("hex"),
    ref,
    commit_id: ref,
  });
}
