/** A comment on a pull request. */
export interface SandboxComment {
  id: number;
  number: number;
  body: string;
  user: GitHubUser | null;
}

export interface GitHubUser {
  id: number;
  login: string;
  type: "User" | "Bot";
}

/** A token: a person's, or that of a workflow's job, which is an App's installation. */
export interface GitHubToken {
  token: string;
  user: GitHubUser;
  /** Of an installation GitHub says nobody's name (`GET /user`). */
  installation: boolean;
  /** Whether it may write comments (`pull-requests: write`). */
  writes: boolean;
}

/** A private repository with pull requests and comments on them. */
export interface GitHubState {
  repository: string;
  tokens: GitHubToken[];
  pullRequests: number[];
  /** Those whose conversation is locked. */
  locked: number[];
  comments: SandboxComment[];
  /** How many more requests are refused by the secondary rate limit. */
  limited: number;
}

/** Characters that GitHub takes in a comment. */
const LONGEST_COMMENT = 65_536;
const NOT_ACCESSIBLE = "Resource not accessible by integration";

/** Answers as GitHub's REST API does (2022-11-28), as far as comments on pull requests go. */
export async function answerGitHub(state: GitHubState, request: Request): Promise<Response> {
  if (!request.headers.get("user-agent")) return message(403, "Request forbidden by administrative rules.");
  const [, given] = /^(?:Bearer|token) (.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  const token = state.tokens.find((one) => one.token === given);
  if (given !== undefined && !token) return message(401, "Bad credentials");
  if (state.limited > 0) {
    state.limited--;
    return message(403, "You have exceeded a secondary rate limit. Please wait a few minutes.", { "retry-after": "1" });
  }
  const url = new URL(request.url);
  if (url.pathname === "/user") {
    if (!token) return message(401, "Requires authentication");
    return token.installation ? message(403, NOT_ACCESSIBLE) : json(200, token.user);
  }
  const [, owner, name, rest] = /^\/repos\/([^/]+)\/([^/]+)\/issues\/(.+)$/.exec(url.pathname) ?? [];
  const isHere = `${owner}/${name}`.toLowerCase() === state.repository.toLowerCase();
  // What a token cannot see is not there.
  if (!isHere || !token || rest === undefined) return message(404, "Not Found");
  const [, number] = /^(\d+)\/comments$/.exec(rest) ?? [];
  if (number !== undefined) return ofPullRequest(state, token, Number(number), request, url);
  const [, id] = /^comments\/(\d+)$/.exec(rest) ?? [];
  return id !== undefined && request.method === "PATCH"
    ? changed(state, token, Number(id), request)
    : message(404, "Not Found");
}

async function ofPullRequest(
  state: GitHubState,
  token: GitHubToken,
  number: number,
  request: Request,
  url: URL,
): Promise<Response> {
  if (!state.pullRequests.includes(number)) return message(404, "Not Found");
  if (request.method === "GET") return page(state, number, url);
  if (request.method !== "POST") return message(404, "Not Found");
  if (!token.writes) return message(403, NOT_ACCESSIBLE);
  if (state.locked.includes(number)) return message(403, "Unable to create comment because issue is locked.");
  const body = await bodyOf(request);
  if (body === null) return unprocessable();
  const id = 1 + state.comments.reduce((highest, one) => Math.max(highest, one.id), 1000);
  const comment = { id, number, body, user: token.user };
  state.comments.push(comment);
  return json(201, comment);
}

async function changed(state: GitHubState, token: GitHubToken, id: number, request: Request): Promise<Response> {
  const comment = state.comments.find((one) => one.id === id);
  if (!comment) return message(404, "Not Found");
  // Whoever may write comments may change anybody's.
  if (!token.writes) return message(403, NOT_ACCESSIBLE);
  const body = await bodyOf(request);
  if (body === null) return unprocessable();
  comment.body = body;
  return json(200, comment);
}

/** By ascending id, thirty a page or as many as are asked for, at most a hundred. */
function page({ comments }: GitHubState, number: number, url: URL): Response {
  const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
  const at = Number(url.searchParams.get("page") ?? 1);
  const own = comments.filter((one) => one.number === number).sort((one, other) => one.id - other.id);
  const next = new URL(url);
  next.searchParams.set("page", String(at + 1));
  const links: Record<string, string> = own.length > at * size ? { link: `<${next}>; rel="next"` } : {};
  return json(200, own.slice((at - 1) * size, at * size), links);
}

async function bodyOf(request: Request): Promise<string | null> {
  const { body } = (await request.json().catch(() => ({}))) as { body?: unknown };
  return typeof body === "string" && body !== "" && body.length <= LONGEST_COMMENT ? body : null;
}

function unprocessable(): Response {
  return json(422, {
    message: "Validation Failed",
    errors: [{ resource: "IssueComment", field: "data" }],
    status: "422",
  });
}

function message(status: number, text: string, headers: Record<string, string> = {}): Response {
  const documentation_url = "https://docs.github.com/rest";
  return json(status, { message: text, documentation_url, status: String(status) }, headers);
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "x-github-media-type": "github.v3; format=json", ...headers } });
}
