import * as v from "valibot";
import { type Day, isDay } from "../domain/dates.ts";
import { HttpClient } from "../remotes/http/http-client.ts";
import { HttpError } from "../remotes/http/http-error.ts";
import { ONE_ATTEMPT } from "../remotes/http/retry-budget.ts";
import { gitlabTokenFindings, type TokenFacts } from "./expiry.ts";
import { type Found, ok } from "./finding.ts";

const TIMEOUT_MS = 10_000;

const TokenSchema = v.object({
  expires_at: v.nullable(v.pipe(v.string(), v.check(isDay))),
  scopes: v.array(v.string()),
});

/**
 * When a GitLab token ends and what it may do. GitLab tells a token about itself only where its scopes allow that (not with
 * `read_repository` alone, nor a deploy token): then nothing is known of its end, and that is said.
 */
export async function gitlabTokenEnd(setting: string, url: string, token: string, today: Day): Promise<Found[]> {
  const facts = await tokenFacts(url, token).catch(() => null);
  if (facts === null) return [ok(setting, "GitLab does not report when this token expires; check there")];
  return gitlabTokenFindings(setting, facts, today);
}

/** Asks GitLab for the facts about the token itself; null if it returns none. Throws if GitLab cannot be reached. */
export async function tokenFacts(url: string, token: string): Promise<TokenFacts | null> {
  const client = new HttpClient({
    service: `GitLab (${new URL(url).host})`,
    headers: async () => ({ "PRIVATE-TOKEN": token }),
    timeoutMs: TIMEOUT_MS,
    retryBudget: ONE_ATTEMPT,
  });
  const self = `${url.replace(/\/+$/, "")}/api/v4/personal_access_tokens/self`;
  const answer = await client.send({ method: "GET", url: self }).catch((error: unknown) => {
    if (error instanceof HttpError) return null;
    throw error;
  });
  const read = v.safeParse(TokenSchema, answer?.body ?? null);
  return read.success ? read.output : null;
}
