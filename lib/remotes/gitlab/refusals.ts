import type { Problem } from "../../errors.ts";
import type { RawFileSettings } from "./raw-file.ts";

/**
 * What is wrong where GitLab's answer is no file: the setting, and what to do about it. Null where it is one.
 * GitLab hides what the token may not see behind 404, and sends browsers and strangers to its log-in page. Pure.
 */
export function refusal(
  settings: RawFileSettings,
  answer: Pick<Response, "status" | "headers">,
  text: string,
): Problem | null {
  const { status, headers } = answer;
  const told = `GitLab (${new URL(settings.url).host}) answered ${status}`;
  const elsewhere = status >= 300 && status < 400 ? (headers.get("location") ?? "") : null;
  if (elsewhere !== null && !/sign_in/.test(elsewhere))
    return {
      where: "GITLAB_URL",
      what: `${told} and redirects${hostOf(elsewhere, settings.url)}. Set the address and OVERRIDES_PROJECT to where the project is now`,
    };
  if (elsewhere !== null || isPage(headers, text))
    return {
      where: "OVERRIDES_TOKEN",
      what: `${told} with a web page, most likely its login page. ${tokenAdvice(settings)}; check that GITLAB_URL points at GitLab itself`,
    };
  if (status === 200) return null;
  if (status === 401)
    return {
      where: "OVERRIDES_TOKEN",
      what: `${told}: the token is wrong, expired or revoked. ${tokenAdvice(settings)}`,
    };
  if (status === 403)
    return {
      where: "OVERRIDES_TOKEN",
      what: `${told}: the token does not allow reading files. It needs the scope read_api or read_repository, and the role Reporter in ${settings.project}`,
    };
  if (status === 404) return missing(settings, told, text);
  return {
    where: "OVERRIDES_PROJECT",
    what: `${told} to a request for ${settings.path} of ${settings.project}: expected the file`,
  };
}

/** A 404 says which part was not found: the project, or the file (which includes the ref). */
function missing(settings: RawFileSettings, told: string, text: string): Problem {
  const { project, path, ref } = settings;
  if (/file not found/i.test(text))
    return {
      where: "OVERRIDES_PATH",
      what: `${told}: ${project} has no file ${path} at ${ref}. Check OVERRIDES_PATH and OVERRIDES_REF`,
    };
  if (/(?:commit|reference|branch|tree) not found/i.test(text))
    return { where: "OVERRIDES_REF", what: `${told}: ${project} has no branch, tag or commit ${ref}` };
  return {
    where: "OVERRIDES_PROJECT",
    what: `${told}: there is no project ${project}, or the token cannot see it. Check OVERRIDES_PROJECT (id or full path) and that the token belongs to it`,
  };
}

function isPage(headers: Headers, text: string): boolean {
  return /^text\/html\b/i.test(headers.get("content-type") ?? "") || /^\s*<(?:!doctype html|html)\b/i.test(text);
}

function tokenAdvice({ token, project }: RawFileSettings): string {
  if (token === null) return "OVERRIDES_TOKEN is not set, and the project is not public";
  return `Create a new project access token for ${project} with the scope read_api and set it as OVERRIDES_TOKEN`;
}

/** Host of a redirection, without path and query: those may hold anything. */
function hostOf(location: string, base: string): string {
  return URL.canParse(location, base) ? ` to ${new URL(location, base).host}` : "";
}
