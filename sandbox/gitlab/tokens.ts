import type { GitLabUser } from "./pipeline-store.ts";

/** A personal or project access token. */
export interface AccessToken {
  token: string;
  name: string;
  scopes: Array<"api" | "read_api" | "read_repository">;
  /** Ids of the projects its user is a member of. */
  projects: number[];
  user: GitLabUser;
  /** YYYY-MM-DD; null: never. */
  expiresAt: string | null;
}

/** Who asks: nobody, somebody, or one with a token that does not exist. */
export type Caller = { is: "anonymous" } | { is: "stranger"; bearer: boolean } | { is: "known"; token: AccessToken };

/** Whose token a request carries; GitLab takes no token from the address here: it must never be there. */
export function callerOf(headers: Headers, tokens: readonly AccessToken[]): Caller {
  const [, bearer] = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  const given = headers.get("private-token") ?? bearer;
  if (given === undefined) return { is: "anonymous" };
  const token = tokens.find((one) => one.token === given);
  return token ? { is: "known", token } : { is: "stranger", bearer: headers.get("private-token") === null };
}

/** `GET /personal_access_tokens/self`: allowed to tokens that may read the API. */
export function tokenEntity({ name, scopes, user, expiresAt }: AccessToken) {
  return {
    id: user.id * 10,
    name,
    revoked: false,
    created_at: "2026-01-01T00:00:00.000Z",
    description: null,
    scopes,
    user_id: user.id,
    last_used_at: null,
    active: true,
    expires_at: expiresAt,
  };
}
