import * as v from "valibot";
import { type Day, isDay } from "../domain/dates.ts";
import { boundedFetch } from "../http/bounded-fetch.ts";
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
  if (facts === null) return [ok(setting, "GitLab does not tell this token when it expires: look there")];
  return gitlabTokenFindings(setting, facts, today);
}

/** What GitLab tells a token about itself; null where it tells nothing. Throws where GitLab cannot be reached. */
export async function tokenFacts(url: string, token: string): Promise<TokenFacts | null> {
  const response = await boundedFetch()(`${url.replace(/\/+$/, "")}/api/v4/personal_access_tokens/self`, {
    headers: { "PRIVATE-TOKEN": token },
    // fetch would take the token along to wherever it is sent.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const read = v.safeParse(TokenSchema, response.status === 200 ? await response.json() : null);
  return read.success ? read.output : null;
}
