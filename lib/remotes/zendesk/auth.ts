import * as v from "valibot";
import { ENVIRONMENT_PREFIX, type InstanceName } from "../../domain/instance.ts";
import { now } from "../../edges/clock.ts";
import { CredentialError, RemoteError, StoppedError } from "../../errors.ts";
import type { ZendeskSettings } from "../../settings/environment.ts";
import { hideFromOutput } from "../../settings/runtime-secrets.ts";
import type { HttpClientOptions } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError } from "../http/http-error.ts";
import { revokeToken } from "./revoke-token.ts";

/** Permissions of an access token; stages that only read request `read` alone (S9). */
export type Scope = "read" | "read write";

/** Provides the `Authorization` header for requests, and renews and revokes it. */
export interface Credential {
  /** The value of the `Authorization` header. `signal` ends waiting for it. */
  authorization(signal?: AbortSignal): Promise<string>;
  /** After a 401: whether there is, or could be made, another one than `used`. */
  renew(used: string | undefined, signal?: AbortSignal): Promise<boolean>;
  /** Ends what was obtained and may write; what may only read runs out. Never throws: says once what could not be ended. */
  close(): Promise<void>;
}

/** Options of a credential, in addition to the settings. */
export interface CredentialOptions {
  scope: Scope;
  /** Requested lifetime of a token; Zendesk accepts more than 300 and less than 172,800 seconds, with no default for older clients. */
  tokenSeconds?: number | undefined;
  warn?: ((message: string) => void) | undefined;
}

/** For work of unknown length: a token is renewed when the work takes longer. */
const TOKEN_SECONDS = 3_600;

/** Renew a token this long before it ends. */
const RENEW_BEFORE_MS = 60_000;

const TokenSchema = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  scope: v.optional(v.string()),
  expires_in: v.nullish(v.number()),
});

/** The credential of an instance: an OAuth token with this scope, or the API token of the settings, which has no scopes. */
export function credentialOf(
  settings: ZendeskSettings,
  options: CredentialOptions,
  http: Omit<HttpClientOptions, "headers">,
): Credential {
  const { auth } = settings;
  if (auth.kind === "oauth") return new OAuthToken(settings, auth, options, http);
  const basic = `Basic ${Buffer.from(`${auth.email}/token:${auth.token}`).toString("base64")}`;
  return { authorization: async () => basic, renew: async () => false, close: async () => {} };
}

interface Token {
  authorization: string;
  endsAt: number;
}

/** An OAuth access token by client credentials, renewed before it ends and once where it is refused. Shared by all requests. */
class OAuthToken implements Credential {
  private token: Promise<Token> | null = null;
  private readonly obtained: Token[] = [];
  private takesExpiry = true;
  private readonly http: HttpClient;
  private readonly now: () => number;

  constructor(
    private readonly settings: ZendeskSettings,
    private readonly auth: Extract<ZendeskSettings["auth"], { kind: "oauth" }>,
    private readonly credentialOptions: CredentialOptions,
    private readonly options: Omit<HttpClientOptions, "headers">,
  ) {
    const http = options;
    this.now = http.now ?? now;
    this.http = new HttpClient({ ...http, headers: async () => ({}) });
  }

  async authorization(signal?: AbortSignal): Promise<string> {
    for (;;) {
      this.token ??= this.request(signal);
      const asked = this.token;
      const token = await asked.catch((error: unknown) => {
        // Whoever asked for it was stopped. A read that belongs to a write in flight goes on, and asks for one of its own.
        if (error instanceof StoppedError && signal?.aborted !== true) return null;
        throw error;
      });
      if (token === null) continue;
      if (token.endsAt - this.now() > RENEW_BEFORE_MS) return token.authorization;
      // Of all requests that find it ending, the first one renews it. A token that never lasted that long is used as it is.
      if (this.token !== asked) continue;
      this.token = this.request(signal);
      return (await this.token).authorization;
    }
  }

  async renew(used: string | undefined, signal?: AbortSignal): Promise<boolean> {
    const asked = this.token;
    const current = await asked;
    // Another request may have renewed it meanwhile.
    if (this.token === asked && (!current || current.authorization === used)) this.token = this.request(signal);
    await this.token;
    return true;
  }

  async close(): Promise<void> {
    await this.token?.catch(() => null);
    if (!this.credentialOptions.scope.includes("write")) return;
    const { origin } = new URL(this.settings.url);
    for (const { authorization, endsAt } of this.obtained.splice(0)) {
      if (endsAt <= this.now()) continue;
      try {
        await revokeToken(origin, authorization, this.options);
      } catch (error) {
        this.credentialOptions.warn?.(notRevoked(this.settings.instance, error, endsAt - this.now()));
        return;
      }
    }
  }

  private request(signal?: AbortSignal): Promise<Token> {
    const asked = this.ask(signal).catch((error: unknown) => {
      if (this.token === asked) this.token = null;
      throw error;
    });
    return asked;
  }

  private async ask(signal: AbortSignal | undefined): Promise<Token> {
    const { url, instance } = this.settings;
    const expiry = this.takesExpiry ? { expires_in: this.credentialOptions.tokenSeconds ?? TOKEN_SECONDS } : {};
    const body = {
      grant_type: "client_credentials",
      client_id: this.auth.clientId,
      client_secret: this.auth.clientSecret,
      scope: this.credentialOptions.scope,
      ...expiry,
    };
    const answer = await this.http
      .send({ method: "POST", url: `${new URL(url).origin}/oauth/tokens`, body, effect: "none", signal })
      .catch((error: unknown) => {
        if (!(this.takesExpiry && isMalformed(error))) throw noToken(instance, error);
        this.takesExpiry = false;
        return null;
      });
    if (answer === null) return this.ask(signal);
    const parsed = v.safeParse(TokenSchema, answer.body);
    if (!parsed.success)
      throw new CredentialError(
        `Zendesk ${instance} returned no access token: does ${ENVIRONMENT_PREFIX[instance]}_URL name a Zendesk account?`,
        { service: "Zendesk", status: answer.status },
      );
    const { access_token: token, scope, expires_in: seconds } = parsed.output;
    hideFromOutput(token);
    const endsAt = seconds ? this.now() + seconds * 1000 : Number.POSITIVE_INFINITY;
    const obtained = { authorization: `Bearer ${token}`, endsAt };
    this.obtained.push(obtained);
    checkScope(instance, this.credentialOptions.scope, scope);
    return obtained;
  }
}

/** Refused for its form: an account that knows no `expires_in` gets the request without it. */
function isMalformed(error: unknown): boolean {
  return error instanceof HttpError && (error.status === 400 || error.status === 422);
}

function notRevoked(instance: InstanceName, error: unknown, leftMs: number): string {
  const why = error instanceof RemoteError ? error.message : "Zendesk's response cannot be read.";
  const end = Number.isFinite(leftMs)
    ? `It expires in ${Math.ceil(leftMs / 60_000)} minutes.`
    : "It does not expire: revoke it in Admin Center → Apps and integrations → APIs → OAuth clients.";
  return `Zendesk ${instance}: the access token that this run wrote with could not be revoked. ${why} ${end}`;
}

/** A refusal is final for everything; anything else may pass. */
function noToken(instance: InstanceName, error: unknown): unknown {
  if (!(error instanceof RemoteError)) return error;
  const prefix = ENVIRONMENT_PREFIX[instance];
  const message = `Zendesk ${instance}: no access token. ${error.message} Check ${prefix}_URL, ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET.`;
  const refused = error instanceof HttpError && error.status < 500 && error.status !== 429;
  return refused ? new CredentialError(message, error.detail) : new RemoteError(message, error.detail);
}

/** Zendesk grants a token even for a scope it does not know; then every call fails (facts/zendesk.md 1). */
function checkScope(instance: InstanceName, wanted: Scope, granted: string | undefined): void {
  if (granted === undefined) return;
  const missing = wanted.split(" ").filter((one) => !granted.split(/[\s,]+/).includes(one));
  if (missing.length === 0) return;
  throw new CredentialError(
    `Zendesk ${instance} does not grant its OAuth client the scope "${missing.join(" ")}". Add it to the client that ${ENVIRONMENT_PREFIX[instance]}_CLIENT_ID names.`,
    { service: "Zendesk", code: "scope" },
  );
}
