import type { SandboxBytes } from "../server/chance.ts";
import type { SandboxClock } from "../server/clock.ts";
import { forbidden, parameterMissing, recordNotFound, tokenExpired, unauthenticated, ZendeskError } from "./errors.ts";
import { timestamp } from "./records.ts";

export interface Credentials {
  clientId: string;
  clientSecret: string;
  email: string;
  apiToken: string;
}

/** Who is asking: nobody, or somebody with or without a limit to certain scopes. */
export type Caller = "nobody" | "api token" | { scopes: string[] };

/** Half an hour, the default of clients created today (facts 1). Token lives are not compressed. */
const tokenSeconds = 1800;
const firstTokenId = 19_442_893_058_100;

const scopePattern =
  /^(read|write|impersonate|(tickets|users|auditlogs|organizations|hc|apps|triggers|automations|targets|webhooks|zis|macros|requests|satisfaction_ratings|dynamic_content|any_channel|web_widget):(read|write))$/;

/** What `expires_in` may be, both ends excluded: "more than 300 seconds and less than 172,800" (Zendesk's reference). */
const expiryBounds = { above: 300, below: 172_800 };

/** An OAuth access token. */
interface Token {
  id: number;
  scopes: string[];
  createdMs: number;
  expiresMs: number;
}

/** API token and OAuth client-credentials authentication of one instance. */
export class Authentication {
  readonly #credentials: Credentials;
  readonly #clock: SandboxClock;
  readonly #bytes: SandboxBytes;
  readonly #tokens = new Map<string, Token>();

  constructor(credentials: Credentials, clock: SandboxClock, bytes: SandboxBytes) {
    this.#bytes = bytes;
    this.#credentials = credentials;
    this.#clock = clock;
  }

  /** Every access token issued so far. */
  get issued(): string[] {
    return [...this.#tokens.keys()];
  }

  expireTokens(): void {
    for (const token of this.#tokens.values()) token.expiresMs = 0;
  }

  /**
   * The body of `POST /oauth/tokens`. A misspelled scope is granted like any other; only the calls made with it are
   * refused (facts 1).
   */
  grant(body: Record<string, unknown>): Record<string, unknown> {
    if (body.grant_type === undefined) throw parameterMissing("grant_type");
    if (body.grant_type !== "client_credentials") throw oauthError(400, "unsupported_grant_type");
    if (body.client_id !== this.#credentials.clientId || body.client_secret !== this.#credentials.clientSecret) {
      throw oauthError(401, "invalid_client");
    }
    const scope = typeof body.scope === "string" && body.scope.trim() !== "" ? body.scope.trim() : "read";
    const seconds = expirySeconds(body.expires_in);
    const token = this.#bytes(32).toString("hex");
    const createdMs = this.#clock.now().getTime();
    const id = firstTokenId + this.#tokens.size * 7;
    this.#tokens.set(token, { id, scopes: scope.split(/\s+/), createdMs, expiresMs: createdMs + seconds * 1000 });
    return { access_token: token, token_type: "bearer", scope, expires_in: seconds };
  }

  /**
   * The caller of a request.
   * @throws 401 for a wrong or expired token; a wrong *password* makes an anonymous caller (facts 1)
   */
  caller(authorization: string | undefined): Caller {
    const [scheme = "", value = ""] = (authorization ?? "").split(" ", 2);
    if (scheme.toLowerCase() === "bearer") return this.#bearer(value);
    if (scheme.toLowerCase() !== "basic") return "nobody";
    const [user = "", secret = ""] = Buffer.from(value, "base64").toString().split(":", 2);
    // E-mail and password is gone since 2025-12-31: whatever has no "/token" is nobody.
    if (!user.endsWith("/token")) return "nobody";
    const { email, apiToken } = this.#credentials;
    if (user.toLowerCase() !== `${email.toLowerCase()}/token` || secret !== apiToken) throw unauthenticated();
    return "api token";
  }

  /** Scopes of the tokens that would still be taken. */
  get valid(): string[][] {
    const now = this.#clock.now().getTime();
    return [...this.#tokens.values()].filter(({ expiresMs }) => expiresMs > now).map(({ scopes }) => scopes);
  }

  /** The token of a request, or that with an id, in wire form; its beginning is all that is shown of it. */
  show(which: { authorization: string | undefined } | { id: number }, origin: string): Record<string, unknown> {
    const [value, token] = this.#find(which);
    return {
      url: `${origin}/api/v2/oauth/tokens/${token.id}.json`,
      id: token.id,
      user_id: 1,
      client_id: 1,
      token: value.slice(0, 10),
      refresh_token: null,
      created_at: timestamp(new Date(token.createdMs)),
      expires_at: timestamp(new Date(token.expiresMs)),
      used_at: timestamp(this.#clock.now()),
      scopes: token.scopes,
    };
  }

  /** Ends the token with an id. */
  revoke(id: number): void {
    const [value] = this.#find({ id });
    this.#tokens.set(value, { ...this.#find({ id })[1], expiresMs: 0 });
  }

  /** @throws 404 for a token that is not there, or has ended; for an API token there is none */
  #find(which: { authorization: string | undefined } | { id: number }): [string, Token] {
    const now = this.#clock.now().getTime();
    const found = [...this.#tokens].find(([value, token]) =>
      "id" in which ? token.id === which.id : which.authorization?.endsWith(` ${value}`),
    );
    if (!found || found[1].expiresMs <= now) throw recordNotFound();
    return found;
  }

  #bearer(value: string): Caller {
    const token = this.#tokens.get(value);
    if (!token) throw unauthenticated();
    if (token.expiresMs <= this.#clock.now().getTime()) throw tokenExpired();
    return { scopes: token.scopes };
  }
}

/** @throws 401 for nobody, 403 when the scopes do not cover the method, or one of them is none */
export function requireScope(caller: Caller, method: string, resource: string): void {
  if (caller === "nobody") throw unauthenticated();
  if (caller === "api token") return;
  if (!caller.scopes.every((scope) => scopePattern.test(scope))) throw forbidden();
  const needed = method === "GET" || method === "HEAD" ? "read" : "write";
  if (!caller.scopes.includes(needed) && !caller.scopes.includes(`${resource}:${needed}`)) throw forbidden();
}

/** @throws 400 where `expires_in` is out of bounds; how Zendesk words that is not known */
function expirySeconds(asked: unknown): number {
  if (asked === undefined || asked === null) return tokenSeconds;
  const seconds = Number(asked);
  if (seconds > expiryBounds.above && seconds < expiryBounds.below) return seconds;
  throw oauthError(400, "invalid_request");
}

function oauthError(status: 400 | 401, error: string): ZendeskError {
  return new ZendeskError(status, { error, error_description: "Client authentication failed" });
}
