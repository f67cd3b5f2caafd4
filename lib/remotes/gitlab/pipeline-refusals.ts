import { CredentialError, RemoteError } from "../../errors.ts";
import { oneLine } from "../../text/outside-text.ts";

/** Context of a request to GitLab: tells which setting to look at if it is refused. */
export interface GitlabCall {
  host: string;
  project: string;
  ref: string;
  /** The setting whose token was sent. */
  tokenSetting: "GITLAB_TRIGGER_TOKEN" | "GITLAB_API_TOKEN" | "GITLAB_READ_TOKEN";
  /** `start a pipeline`, `read pipelines`, … */
  doing: string;
  /** Id of the requested pipeline: a 404 may also mean that it is missing, not only the project. */
  pipeline?: number;
}

/** GitLab's refusal as an error: a token that it does not take, or that lacks a scope, is a setting to change (exit 2). Pure. */
export function refusedByGitlab(
  call: GitlabCall,
  status: number,
  body: unknown,
  detail: RemoteError["detail"],
): RemoteError {
  const isCredential = status === 401 || (status === 403 && /insufficient_scope/.test(messageOfGitlab(body)));
  const Refusal = isCredential ? CredentialError : RemoteError;
  return new Refusal(pipelineRefusal(call, status, body), detail);
}

/** One sentence or two for a person: what GitLab said, and which setting to look at. Pure. */
export function pipelineRefusal(call: GitlabCall, status: number, body: unknown): string {
  const { host, project, ref, tokenSetting, doing } = call;
  const said = messageOfGitlab(body);
  const told = `GitLab (${host}) refused to ${doing}`;
  if (status >= 300 && status < 400)
    return `${told}: it redirects to another address. Set GITLAB_URL and GITLAB_PROJECT to where the project is now.`;
  if (status === 401)
    return `${told}: the token is wrong, expired or revoked. Create a new one and set it as ${tokenSetting}.`;
  if (status === 403) return `${told}: ${forbidden(call, body)}`;
  if (status === 404) return `${told}: ${missing(call)}`;
  if (/reference not found/i.test(said)) return `${told}: ${project} has no branch or tag ${ref}. Check GITLAB_REF.`;
  if (/unknown input|input:|required value/i.test(said))
    return `${told}: the pipeline of ${project} at ${ref} does not accept the inputs that the bot sends (${said}). Its .gitlab-ci.yml must include zdsync's pipeline in the bot's version and pass on its inputs: see docs/gitlab.md.`;
  if (/insufficient permissions/i.test(said))
    return `${told}: ${said}. Give the owner of ${tokenSetting} the role Developer in ${project}, or Maintainer where ${ref} is protected.`;
  if (/will not run|filtered out|no stages|rules/i.test(said))
    return `${told}: the rules in ${project}'s .gitlab-ci.yml exclude all jobs from a pipeline started this way. See docs/gitlab.md.`;
  if (status === 429) return `${told}: too many requests. Try again in a few minutes.`;
  if (status >= 500) return `${told}: it answered ${status}. Try again later.`;
  return `${told}: it answered ${status}${said ? ` (${said})` : ""}. Check GITLAB_PROJECT, GITLAB_REF and ${project}'s .gitlab-ci.yml.`;
}

function forbidden({ project, ref, tokenSetting, doing }: GitlabCall, body: unknown): string {
  const scope = tokenSetting === "GITLAB_READ_TOKEN" ? "read_api" : "api";
  if (/insufficient_scope/.test(messageOfGitlab(body)))
    return `the token does not allow that. Create one with the scope ${scope} and set it as ${tokenSetting}.`;
  return `the token's owner may not ${doing}. Give it the role Developer in ${project}, or Maintainer where ${ref} is protected (${tokenSetting}).`;
}

function missing({ project, tokenSetting, pipeline }: GitlabCall): string {
  if (pipeline !== undefined)
    return `pipeline ${pipeline} does not exist. It was deleted, or the token (${tokenSetting}) cannot see ${project}.`;
  if (tokenSetting === "GITLAB_TRIGGER_TOKEN")
    return `there is no project ${project}, or the trigger token is not one of its tokens. Check GITLAB_PROJECT and GITLAB_TRIGGER_TOKEN.`;
  return `there is no project ${project}, or the token cannot see it. Check GITLAB_PROJECT and that the token (${tokenSetting}) belongs to it.`;
}

/**
 * What an error body says, whichever of GitLab's shapes it has: `{"error":"ref is missing"}`, `{"message":"404 Not Found"}`,
 * `{"message":{"base":["Reference not found"]}}` (facts/gitlab-ci.md 4). Short, and without what terminals obey.
 */
export function messageOfGitlab(body: unknown): string {
  const said = texts(body).join("; ");
  return oneLine(said).slice(0, 300);
}

function texts(body: unknown): string[] {
  if (typeof body === "string") return [body];
  if (Array.isArray(body)) return body.flatMap(texts);
  if (typeof body !== "object" || body === null) return [];
  const { error, message } = body as { error?: unknown; message?: unknown };
  if (error !== undefined || message !== undefined) return [...texts(error), ...texts(message)];
  return Object.entries(body).flatMap(([field, inner]) =>
    texts(inner).map((text) => (field === "base" ? text : `${field} ${text}`)),
  );
}
