import * as v from "valibot";
import { ConfigurationError, RemoteError } from "../../errors.ts";
import type { HttpRequest, HttpTiming } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { AmbiguousWriteError, HttpError } from "../http/http-error.ts";
import { putNote } from "../http/note-in-place.ts";
import { readAnswer } from "./pipeline-answers.ts";
import { messageOfGitlab } from "./pipeline-refusals.ts";

/** The project whose merge requests change the rules, and the token that reads it and writes notes there. */
export interface RulesProject {
  /** `https://gitlab.example.com`, without a slash at its end. */
  url: string;
  /** Numeric id or full path. */
  project: string;
  /** A project access token of that project: scope `api`, role Reporter. */
  token: string;
}

const Sha = v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/));
const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** A merge request, as far as it is looked at (facts: API v4, merge requests). */
const MergeRequestSchema = v.object({
  iid: Id,
  state: v.string(),
  target_branch: v.string(),
  sha: v.nullable(Sha),
  diff_refs: v.nullable(v.object({ base_sha: Sha, head_sha: Sha })),
});
export type MergeRequest = v.InferOutput<typeof MergeRequestSchema>;

const NoteSchema = v.object({ id: Id, body: v.string(), system: v.boolean(), author: v.object({ id: Id }) });
const FileSchema = v.object({ encoding: v.literal("base64"), content: v.string(), size: v.number() });
const UserSchema = v.object({ id: Id });

/** Requests to the rules' project. Every method throws `RemoteError` or `ConfigurationError` with a message for people. */
export interface MergeRequests {
  find(iid: number): Promise<MergeRequest>;
  /** The text of a file at a commit; null where the commit has none there. */
  fileAt(path: string, commit: string): Promise<string | null>;
  /** Writes a note, or puts it in place of the one of this token's user that begins with `marker`. */
  say(iid: number, marker: string, text: string): Promise<"created" | "updated">;
}

/** Files that people edit are smaller. */
const LARGEST_FILE_BYTES = 10_000_000;
const PAGE = 100;

export function mergeRequests(settings: RulesProject, timing: HttpTiming = {}): MergeRequests {
  const { url, project, token } = settings;
  const host = new URL(url).host;
  const client = new HttpClient({
    service: `GitLab (${host})`,
    headers: async () => ({ "PRIVATE-TOKEN": token }),
    retryBudget: { maxAttempts: 4, maxWaitMs: 60_000 },
    timeoutMs: 20_000,
    ...timing,
  });
  const base = `${url}/api/v4/projects/${encodeURIComponent(project)}`;
  const send = (request: HttpRequest, doing: string) => ask(client, request, { host, project, doing });
  const notesOf = (iid: number) => `${base}/merge_requests/${iid}/notes`;
  const me = async () =>
    readAnswer(UserSchema, await send({ method: "GET", url: `${url}/api/v4/user` }, "say who it is"), "user").id;
  return {
    async find(iid) {
      const body = await send({ method: "GET", url: `${base}/merge_requests/${iid}` }, `show merge request ${iid}`);
      return readAnswer(MergeRequestSchema, body, `merge request ${iid}`);
    },
    async fileAt(path, commit) {
      const address = `${base}/repository/files/${encodeURIComponent(path)}?ref=${commit}`;
      try {
        const body = await send({ method: "GET", url: address }, `hand out ${path}`);
        return textOf(readAnswer(FileSchema, body, path), path);
      } catch (error) {
        if (error instanceof HttpError && error.status === 404 && /File Not Found/i.test(messageOfGitlab(error.body)))
          return null;
        throw error;
      }
    },
    async say(iid, marker, text) {
      const own = await me();
      return putNote(
        {
          pageSize: PAGE,
          async page(page) {
            const query = `?sort=asc&order_by=created_at&per_page=${PAGE}&page=${page}`;
            const body = await send({ method: "GET", url: `${notesOf(iid)}${query}` }, "list notes");
            const notes = readAnswer(v.array(NoteSchema), body, "notes");
            return notes.map((one) => ({ ...one, own: !one.system && one.author.id === own }));
          },
          async create(body) {
            await send({ method: "POST", url: notesOf(iid), body: { body } }, "write a note");
          },
          async change(id, body) {
            const request: HttpRequest = {
              method: "PUT",
              url: `${notesOf(iid)}/${id}`,
              body: { body },
              effect: "sets",
            };
            await send(request, "change its note");
            return true;
          },
        },
        marker,
        text,
      );
    },
  };
}

function textOf({ content, size }: v.InferOutput<typeof FileSchema>, path: string): string {
  const wrong = (what: string) => new ConfigurationError([{ where: path, what }]);
  if (size > LARGEST_FILE_BYTES) throw wrong("is larger than 10 MB: is it the right file?");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(content, "base64"));
  } catch {
    throw wrong("is not UTF-8 text: is it the right file?");
  }
}

/** One request; where it is refused, what to look at. A missing file is the caller's matter. */
async function ask(
  client: HttpClient,
  request: HttpRequest,
  { host, project, doing }: { host: string; project: string; doing: string },
): Promise<unknown> {
  try {
    return (await client.send(request)).body;
  } catch (error) {
    if (error instanceof AmbiguousWriteError || !(error instanceof HttpError)) throw error;
    const told = `GitLab (${host}) refused to ${doing} of ${project}`;
    if (error.status === 404 && /File Not Found/i.test(messageOfGitlab(error.body))) throw error;
    const why =
      error.status === 401
        ? "the token is wrong, expired or revoked. Create a new one and set it as RULES_TOKEN."
        : error.status === 403
          ? "the token does not allow that. RULES_TOKEN needs the scope api and the role Reporter in that project."
          : error.status === 404
            ? "it does not exist, or the token cannot see it. Check RULES_PROJECT and RULES_TOKEN."
            : `it answered ${error.status}.`;
    throw new RemoteError(`${told}: ${why}`, { service: "GitLab", status: error.status });
  }
}
