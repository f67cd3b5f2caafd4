import * as v from "valibot";
import { RemoteError } from "../../errors.ts";
import type { HttpRequest, HttpTiming } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { AmbiguousWriteError, HttpError } from "../http/http-error.ts";
import { putNote, type SeenNote } from "../http/note-in-place.ts";
import type { Outcome } from "../http/outcome.ts";
import type { GitHubSettings } from "./pull-request-settings.ts";

/** Writes comments on pull requests. */
export interface PullRequestNotes {
  /**
   * Writes a comment, or puts it in place of our own that begins with `marker`. Throws `RemoteError` with a message for people, and
   * `AmbiguousWriteError` where nobody knows whether it was written.
   */
  say(number: number, marker: string, text: string): Promise<"created" | "updated">;
}

const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const CommentSchema = v.object({
  id: Id,
  body: v.nullish(v.string(), ""),
  // Null for accounts that are deleted.
  user: v.nullable(v.object({ id: Id, type: v.string() })),
});
type Comment = v.InferOutput<typeof CommentSchema>;
const UserSchema = v.object({ id: Id });

const PAGE = 100;

/** Comments on pull requests of one repository (REST API 2022-11-28: to it a pull request is an issue). */
export function pullRequestNotes(settings: GitHubSettings, timing: HttpTiming = {}): PullRequestNotes {
  const { apiUrl, repository, token } = settings;
  const client = new HttpClient({
    service: `GitHub (${new URL(apiUrl).host})`,
    headers: async () => ({
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      // Without one GitHub refuses.
      "user-agent": "zdsync",
    }),
    classify: classifyRateLimit,
    retryBudget: { maxAttempts: 4, maxWaitMs: 60_000 },
    timeoutMs: 20_000,
    ...timing,
  });
  const base = `${apiUrl}/repos/${repository}/issues`;
  const send = (request: HttpRequest, doing: string) => ask(client, request, settings, doing);
  return {
    async say(number, marker, text) {
      const isOwn = ownedBy(await whoSpeaks(client, settings));
      return putNote(
        {
          pageSize: PAGE,
          async page(page): Promise<SeenNote[]> {
            const url = `${base}/${number}/comments?per_page=${PAGE}&page=${page}`;
            const found = await send({ method: "GET", url }, `list the comments of pull request ${number}`);
            return read(v.array(CommentSchema), found, settings).map((one) => ({ ...one, own: isOwn(one) }));
          },
          async create(body) {
            const url = `${base}/${number}/comments`;
            await send({ method: "POST", url, body: { body } }, `comment on pull request ${number}`);
          },
          async change(id, body) {
            const request: HttpRequest = {
              method: "PATCH",
              url: `${base}/comments/${id}`,
              body: { body },
              effect: "sets",
            };
            return (await unlessGone(client, request, settings)) !== null;
          },
        },
        marker,
        text,
      );
    },
  };
}

/** Whose the token is: a person's id; null for a workflow's or an App's, which GitHub does not tell. */
async function whoSpeaks(client: HttpClient, settings: GitHubSettings): Promise<number | null> {
  const request: HttpRequest = { method: "GET", url: `${settings.apiUrl}/user` };
  try {
    return read(UserSchema, (await client.send(request)).body, settings).id;
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return null;
    throw refusalOf(error, settings, "say whose the token is");
  }
}

/** If GitHub does not say who we are, our notes are those written by bots: no person can write one that passes for ours. */
function ownedBy(id: number | null): (comment: Comment) => boolean {
  return ({ user }) => user !== null && (id === null ? user.type === "Bot" : user.id === id);
}

/** Null where what is to be changed is not there any more. */
async function unlessGone(client: HttpClient, request: HttpRequest, settings: GitHubSettings): Promise<unknown> {
  try {
    return (await client.send(request)).body ?? {};
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return null;
    throw refusalOf(error, settings, "change its comment");
  }
}

async function ask(
  client: HttpClient,
  request: HttpRequest,
  settings: GitHubSettings,
  doing: string,
): Promise<unknown> {
  try {
    return (await client.send(request)).body;
  } catch (error) {
    throw refusalOf(error, settings, doing);
  }
}

/** A refusal with what to look at; anything else as it is. */
function refusalOf(error: unknown, { apiUrl, repository }: GitHubSettings, doing: string): unknown {
  if (error instanceof AmbiguousWriteError || !(error instanceof HttpError)) return error;
  const { status } = error;
  const why =
    status === 401
      ? "the token is wrong, expired or revoked. Check GITHUB_TOKEN."
      : status === 403
        ? "the token does not allow that, or the conversation is locked. The job needs permissions: pull-requests: write; a workflow started by a fork's pull request cannot have them, but workflow_run can."
        : status === 404
          ? "there is no such pull request, or the token cannot see it. Check GITHUB_REPOSITORY and the number."
          : `it answered ${status}.`;
  return new RemoteError(`GitHub (${new URL(apiUrl).host}) refused to ${doing} of ${repository}: ${why}`, {
    service: "GitHub",
    status,
  });
}

function read<S extends v.GenericSchema>(schema: S, body: unknown, { apiUrl }: GitHubSettings): v.InferOutput<S> {
  const found = v.safeParse(schema, body);
  if (found.success) return found.output;
  const text = `GitHub (${new URL(apiUrl).host}) sent an unexpected response. Check that GITHUB_API_URL is the address of GitHub's REST API.`;
  throw new RemoteError(text, { service: "GitHub" });
}

/** Both of GitHub's rate limits may come as 403; only their texts tell them from a refusal. */
function classifyRateLimit({ status, text }: { status: number; text: string }): Outcome | null {
  if (status !== 403 || !/\brate limit\b/i.test(text)) return null;
  return { is: "not-done", failure: { is: "status", status, code: null }, limited: "all" };
}
