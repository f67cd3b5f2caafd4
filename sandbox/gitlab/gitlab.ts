import { createHash } from "node:crypto";
import { decoded, json, message, revokedToken } from "./answers.ts";

/** The one private project the sandbox's GitLab has, and its one file. */
export interface GitLabOptions {
  /** Numeric id and path both name it. */
  project: { id: number; path: string };
  /** A token that can read it. */
  token: string;
  file: { path: string; ref: string; text: string };
}

/** A GitLab with one private project. */
export interface GitLab {
  /** Answers any request to it; give it to `serveApp`, or use it as a `fetch` without a port. */
  fetch(request: Request): Response;
  /** Replaces the file's text, as a commit would. */
  setText(text: string): void;
  /** The file's text as it stands now. */
  text(): string;
}

/** Project, and path in it, are percent-encoded: each is one segment of the address. */
const rawFile = /^\/api\/v4\/projects\/([^/]+)\/repository\/files\/([^/]+)\/raw$/;

/** The raw-file endpoint of GitLab's API v4, with the answers it gives to strangers and to wrong paths. */
export function createGitLab(options: GitLabOptions): GitLab {
  let { text } = options.file;
  return {
    fetch(request) {
      const url = new URL(request.url);
      const [, project, path] = rawFile.exec(url.pathname) ?? [];
      const reads = request.method === "GET" || request.method === "HEAD";
      if (project === undefined || path === undefined || !reads) return json(404, { error: "404 Not Found" });
      const asked = { project: decoded(project), path: decoded(path), ref: url.searchParams.get("ref") };
      return refusal(options, asked, request.headers) ?? file({ ...options.file, text });
    },
    text: () => text,
    setText(changed) {
      text = changed;
    },
  };
}

interface AskedFile {
  project: string;
  path: string;
  ref: string | null;
}

/** What GitLab answers instead of the file, if anything, in the order in which it looks at things. */
function refusal({ project, token, file }: GitLabOptions, asked: AskedFile, headers: Headers): Response | null {
  const privateToken = headers.get("private-token");
  const [, bearer] = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (privateToken !== null && privateToken !== token) return message(401, "Unauthorized");
  if (privateToken === null && bearer !== undefined && bearer !== token) return revokedToken();
  const anonymous = privateToken === null && bearer === undefined;
  const known = asked.project === String(project.id) || asked.project.toLowerCase() === project.path.toLowerCase();
  // To someone without access a private project does not exist.
  if (anonymous || !known) return message(404, "Project Not Found");
  // Without a ref it is the default branch, which HEAD names too.
  if (asked.ref !== null && asked.ref !== "HEAD" && asked.ref !== file.ref) return message(404, "Commit Not Found");
  if (asked.path !== file.path) return message(404, "File Not Found");
  return null;
}

function file({ path, ref, text }: GitLabOptions["file"]): Response {
  const bytes = new TextEncoder().encode(text);
  return new Response(bytes, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "x-gitlab-blob-id": gitHash("blob", bytes),
      "x-gitlab-content-sha256": createHash("sha256").update(bytes).digest("hex"),
      "x-gitlab-file-name": path.split("/").at(-1) ?? path,
      "x-gitlab-file-path": path,
      "x-gitlab-ref": ref,
      "x-gitlab-size": String(bytes.length),
    },
  });
}

/** A Git object's id: equal texts have equal ids, whoever asks. */
function gitHash(type: string, bytes: Uint8Array): string {
  return createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
}
