import * as v from "valibot";
import packageJson from "../../package.json";
import type { InstanceName } from "../domain/instance.ts";
import { RemoteError } from "../errors.ts";
import { HttpClient, type HttpTiming } from "../http/request.ts";
import { ENVIRONMENT_PREFIX, type ZendeskSettings } from "../settings/environment.ts";
import { readErrorEnvelope } from "./error-envelope.ts";

/** What a token may do; stages that only read ask for no more (S9). */
export type Scope = "read" | "read write";

/** Settings of a reader or writer, with hooks. */
export interface ZendeskOptions extends ZendeskSettings {
  timing?: HttpTiming & { pollMs?: number };
  /** Zendesk dropped something silently, or a credential ends soon: said once each, without values. */
  onWarning?(message: string): void;
}

/** Renew a token this long before it ends. */
const RENEW_BEFORE_MS = 60_000;

const TokenSchema = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  scope: v.optional(v.string()),
  expires_in: v.nullish(v.number()),
});

/** Requests to one instance with one credential. Paths are below `/api/v2`. */
export class ZendeskClient {
  readonly instance: InstanceName;
  readonly host: string;
  readonly http: HttpClient;
  private readonly base: string;
  private readonly warned = new Set<string>();

  constructor(
    private readonly options: ZendeskOptions,
    scope: Scope,
  ) {
    this.instance = options.instance;
    this.host = new URL(options.url).host;
    this.base = `${options.url}/api/v2`;
    const credential = options.auth.kind === "oauth" ? new OAuthToken(options, scope) : null;
    this.http = new HttpClient({
      ...options.timing,
      service: `Zendesk ${options.instance} (${this.host})`,
      errorCode: (body) => readErrorEnvelope(body).code,
      headers: async () => ({
        "user-agent": `zdsync/${packageJson.version}`,
        authorization: credential ? `Bearer ${await credential.current()}` : basic(options),
      }),
      ...(credential ? { renew: () => credential.renew() } : {}),
      onHeaders: (headers) => this.heedWarning(headers),
    });
  }

  /** GET of a path or of an absolute link that Zendesk gave; a link to another host is refused: it would get the token. */
  async get(pathOrUrl: string): Promise<unknown> {
    const url = pathOrUrl.startsWith("http") ? pathOrUrl : `${this.base}${pathOrUrl}`;
    if (new URL(url).host !== this.host)
      throw new RemoteError(
        `Zendesk ${this.instance} (${this.host}) answered a link to another host, which was not followed.`,
        { service: "Zendesk" },
      );
    return (await this.http.send({ method: "GET", url })).body;
  }

  /** POST or PUT with a JSON body. */
  async write(method: "POST" | "PUT", path: string, body: unknown, repeatable: boolean): Promise<unknown> {
    return (await this.http.send({ method, url: `${this.base}${path}`, body, repeatable })).body;
  }

  /** The only sign of a key that Zendesk does not know: it is dropped, and this header names it (facts/zendesk.md 1). */
  private heedWarning(headers: Headers): void {
    const keys = /unpermitted_keys=>\[([^\]]*)\]/.exec(headers.get("x-zendesk-api-warn") ?? "")?.[1];
    if (!keys || this.warned.has(keys)) return;
    this.warned.add(keys);
    this.options.onWarning?.(
      `Zendesk ${this.instance} ignored keys it does not know: ${keys.replaceAll('"', "").slice(0, 200)}.`,
    );
  }
}

/** An OAuth access token by client credentials, renewed before it ends and once where it is refused. */
class OAuthToken {
  private token: Promise<{ value: string; endsAt: number }> | null = null;
  private readonly http: HttpClient;
  private readonly now: () => number;

  constructor(
    private readonly options: ZendeskOptions,
    private readonly scope: Scope,
  ) {
    this.now = options.timing?.now ?? Date.now;
    const host = new URL(options.url).host;
    this.http = new HttpClient({
      ...options.timing,
      service: `Zendesk ${options.instance} (${host})`,
      headers: async () => ({}),
      errorCode: (body) => readErrorEnvelope(body).code,
    });
  }

  async current(): Promise<string> {
    this.token ??= this.request();
    const { value, endsAt } = await this.token.catch((error) => {
      this.token = null;
      throw error;
    });
    if (endsAt - this.now() > RENEW_BEFORE_MS) return value;
    this.token = this.request();
    return (await this.token).value;
  }

  async renew(): Promise<boolean> {
    this.token = this.request();
    await this.token;
    return true;
  }

  private async request(): Promise<{ value: string; endsAt: number }> {
    const { auth, url, instance } = this.options;
    if (auth.kind !== "oauth") throw new Error("unreachable: only OAuth credentials have tokens");
    const body = {
      grant_type: "client_credentials",
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
      scope: this.scope,
    };
    const answer = await this.http
      .send({ method: "POST", url: `${url}/oauth/tokens`, body, repeatable: true })
      .catch((error) => {
        const prefix = ENVIRONMENT_PREFIX[instance];
        const reason = error instanceof RemoteError ? error.message : "the request failed";
        throw new RemoteError(
          `Zendesk ${instance}: no access token. ${reason} Check ${prefix}_URL, ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET.`,
          error instanceof RemoteError ? error.detail : { service: "Zendesk" },
          { cause: error },
        );
      });
    const parsed = v.safeParse(TokenSchema, answer.body);
    if (!parsed.success) throw new RemoteError(`Zendesk ${instance} answered no access token.`, { service: "Zendesk" });
    const { access_token: value, scope, expires_in: seconds } = parsed.output;
    this.checkScope(scope);
    return { value, endsAt: seconds ? this.now() + seconds * 1000 : Number.POSITIVE_INFINITY };
  }

  /** Zendesk grants a token even for a scope it does not know; then every call fails (facts/zendesk.md 1). */
  private checkScope(granted: string | undefined): void {
    if (granted === undefined) return;
    const missing = this.scope.split(" ").filter((wanted) => !granted.split(/[\s,]+/).includes(wanted));
    if (missing.length === 0) return;
    const { instance } = this.options;
    throw new RemoteError(
      `Zendesk ${instance} grants its OAuth client no scope "${missing.join(" ")}". Add it to the client that ${ENVIRONMENT_PREFIX[instance]}_CLIENT_ID names.`,
      { service: "Zendesk", code: "scope" },
    );
  }
}

function basic({ auth }: ZendeskOptions): string {
  if (auth.kind !== "api-token") return "";
  return `Basic ${Buffer.from(`${auth.email}/token:${auth.token}`).toString("base64")}`;
}
