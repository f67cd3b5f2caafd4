import * as v from "valibot";
import type { InstanceName } from "../domain/instance.ts";
import { RemoteError } from "../errors.ts";
import { HttpError } from "../http/http-error.ts";
import { HttpClient, type HttpClientOptions } from "../http/request.ts";
import { ENVIRONMENT_PREFIX, type ZendeskSettings } from "../settings/environment.ts";

/** What a token may do; stages that only read ask for no more (S9). */
export type Scope = "read" | "read write";

/** The credentials themselves are refused, or do not allow what they are for: nothing at all can be done with them. */
export class CredentialError extends RemoteError {}

/** What authorizes requests. */
export interface Credential {
  /** The value of the `Authorization` header. */
  authorization(): Promise<string>;
  /** After a 401: whether there is, or could be made, another one than `used`. */
  renew(used: string | undefined): Promise<boolean>;
}

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
  scope: Scope,
  http: Omit<HttpClientOptions, "headers">,
): Credential {
  const { auth } = settings;
  if (auth.kind === "oauth") return new OAuthToken(settings, auth, scope, http);
  const basic = `Basic ${Buffer.from(`${auth.email}/token:${auth.token}`).toString("base64")}`;
  return { authorization: async () => basic, renew: async () => false };
}

interface Token {
  authorization: string;
  endsAt: number;
}

/** An OAuth access token by client credentials, renewed before it ends and once where it is refused. Shared by all requests. */
class OAuthToken implements Credential {
  private token: Promise<Token> | null = null;
  private readonly http: HttpClient;
  private readonly now: () => number;

  constructor(
    private readonly settings: ZendeskSettings,
    private readonly auth: Extract<ZendeskSettings["auth"], { kind: "oauth" }>,
    private readonly scope: Scope,
    http: Omit<HttpClientOptions, "headers">,
  ) {
    this.now = http.now ?? Date.now;
    this.http = new HttpClient({ ...http, headers: async () => ({}) });
  }

  async authorization(): Promise<string> {
    for (;;) {
      this.token ??= this.request();
      const asked = this.token;
      const token = await asked;
      if (token.endsAt - this.now() > RENEW_BEFORE_MS) return token.authorization;
      // Of all requests that find it ending, the first one renews it. A token that never lasted that long is used as it is.
      if (this.token !== asked) continue;
      this.token = this.request();
      return (await this.token).authorization;
    }
  }

  async renew(used: string | undefined): Promise<boolean> {
    const asked = this.token;
    const current = await asked;
    // Another request may have renewed it meanwhile.
    if (this.token === asked && (!current || current.authorization === used)) this.token = this.request();
    await this.token;
    return true;
  }

  private request(): Promise<Token> {
    const asked = this.ask().catch((error: unknown) => {
      if (this.token === asked) this.token = null;
      throw error;
    });
    return asked;
  }

  private async ask(): Promise<Token> {
    const { url, instance } = this.settings;
    const body = {
      grant_type: "client_credentials",
      client_id: this.auth.clientId,
      client_secret: this.auth.clientSecret,
      scope: this.scope,
    };
    const answer = await this.http
      .send({ method: "POST", url: `${new URL(url).origin}/oauth/tokens`, body, effect: "none" })
      .catch((error: unknown) => {
        throw noToken(instance, error);
      });
    const parsed = v.safeParse(TokenSchema, answer.body);
    if (!parsed.success)
      throw new CredentialError(
        `Zendesk ${instance} answered no access token: does ${ENVIRONMENT_PREFIX[instance]}_URL name a Zendesk account?`,
        { service: "Zendesk", status: answer.status },
      );
    const { access_token: token, scope, expires_in: seconds } = parsed.output;
    checkScope(instance, this.scope, scope);
    return {
      authorization: `Bearer ${token}`,
      endsAt: seconds ? this.now() + seconds * 1000 : Number.POSITIVE_INFINITY,
    };
  }
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
    `Zendesk ${instance} grants its OAuth client no scope "${missing.join(" ")}". Add it to the client that ${ENVIRONMENT_PREFIX[instance]}_CLIENT_ID names.`,
    { service: "Zendesk", code: "scope" },
  );
}
