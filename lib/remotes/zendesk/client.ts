import packageJson from "../../../package.json";
import { ENVIRONMENT_PREFIX, type InstanceName } from "../../domain/instance.ts";
import { DEFAULT_USER_MARK_FIELD } from "../../domain/user.ts";
import { CredentialError, RemoteError } from "../../errors.ts";
import type { ZendeskSettings } from "../../settings/environment.ts";
import type { HttpAnswer, HttpRequest, HttpTiming } from "../http/client-options.ts";
import { HttpClient } from "../http/http-client.ts";
import { HttpError } from "../http/http-error.ts";
import { Pacer } from "../http/pacer.ts";
import { DEFAULT_RATE_SHARE } from "../http/rate-window.ts";
import { RemoteClock } from "../http/remote-clock.ts";
import type { RetryBudget } from "../http/retry-budget.ts";
import type { Waits } from "../http/waits.ts";
import { type Credential, credentialOf, type Scope } from "./auth.ts";
import { isTooManyJobs, readErrorEnvelope } from "./error-envelope.ts";

/** Settings of a reader or writer, with hooks. */
export interface ZendeskOptions extends ZendeskSettings {
  /** Ends requests and waits at once; what was being written has an unknown outcome then. */
  signal?: AbortSignal;
  /** Told what is waited for. */
  waits?: Waits;
  /** Shared by all clients of the account; absent: this one has its own. */
  pacer?: Pacer | undefined;
  /** For tests. */
  timing?: HttpTiming & { pollMs?: number };
  /** The user field that marks users; `mark_for_deletion` where absent. */
  userMarkField?: string | undefined;
  /** Requested lifetime of access tokens; see `CredentialOptions`. */
  tokenSeconds?: number | undefined;
  /** Zendesk dropped something silently (said once for each kind, without values), or a token could not be revoked. */
  onWarning?(message: string): void;
  /** Called with the headers of every answer. */
  onHeaders?(headers: Headers): void;
}

/** Requests to one instance with one credential. Paths are below `/api/v2`. */
export class ZendeskClient {
  readonly instance: InstanceName;
  readonly host: string;
  readonly http: HttpClient;
  readonly userMarkField: string;
  private readonly origin: string;
  private readonly credential: Credential;
  private readonly warned = new Set<string>();
  private endsReads: AbortSignal | undefined;
  private readonly remoteClock = new RemoteClock();

  constructor(
    private readonly options: ZendeskOptions,
    scope: Scope,
  ) {
    const { origin, host } = new URL(options.url);
    this.instance = options.instance;
    this.host = host;
    this.origin = origin;
    this.userMarkField = options.userMarkField ?? DEFAULT_USER_MARK_FIELD;
    const pacer = options.pacer ?? new Pacer(DEFAULT_RATE_SHARE, options.timing);
    const shared = {
      ...options.timing,
      pause: pacer.pause,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.waits ? { waits: options.waits } : {}),
      service: `Zendesk ${options.instance} (${host})`,
      errorCode: (body: unknown) => readErrorEnvelope(body).code,
    };
    this.credential = credentialOf(
      options,
      { scope, tokenSeconds: options.tokenSeconds, warn: options.onWarning },
      shared,
    );
    const { credential } = this;
    this.http = new HttpClient({
      ...shared,
      pacer,
      headers: async (signal) => ({
        "user-agent": `zdsync/${packageJson.version}`,
        authorization: await credential.authorization(signal),
      }),
      renew: (used, signal) => credential.renew(used.authorization, signal),
      // Whoever sends jobs knows better when there will be room than a pause does.
      classify: ({ body }) => (isTooManyJobs(body) ? { is: "refused" } : null),
      onHeaders: (headers) => {
        this.noteRateLimitWarning(headers);
        // What a proxy on the way answers by itself tells the proxy's time.
        if (headers.has("x-zendesk-api-version")) this.remoteClock.heard(headers);
        options.onHeaders?.(headers);
      },
    });
  }

  /** GET of a path or of an absolute link that Zendesk gave; a link to another host is refused: it would get the token. */
  async get(pathOrUrl: string): Promise<unknown> {
    return (await this.ask(pathOrUrl)).body;
  }

  /** As `get`, with the headers of the answer; `retryBudget`: for what can be done without. */
  async ask(pathOrUrl: string, retryBudget?: Partial<RetryBudget>): Promise<Pick<HttpAnswer, "headers" | "body">> {
    const url = /^https?:/.test(pathOrUrl) ? pathOrUrl : this.urlOf(pathOrUrl);
    if (new URL(url).origin !== this.origin)
      throw new RemoteError(
        `Zendesk ${this.instance} (${this.host}) returned a link to another host, which was not followed.`,
        { service: "Zendesk" },
      );
    return this.send({ method: "GET", url, signal: this.endsReads, retryBudget });
  }

  /** The client or user that sends the requests: what an account shows depends on it. Not a secret. */
  get credentialName(): string {
    const { auth } = this.options;
    return auth.kind === "oauth" ? `client ${auth.clientId}` : `user ${auth.email}`;
  }

  /** Zendesk's time, milliseconds since 1970: at most a little behind it. Null before it has answered with one. */
  remoteNow(): number | null {
    return this.remoteClock.now();
  }

  /** The same client, with its token and its pauses, whose reads end at once when the signal says so. */
  endingReadsAt(signal: AbortSignal): ZendeskClient {
    const twin: ZendeskClient = Object.create(this);
    twin.endsReads = signal;
    return twin;
  }

  /** POST or PUT with a JSON body. */
  async write(
    method: "POST" | "PUT",
    path: string,
    body: unknown,
    effect: NonNullable<HttpRequest["effect"]>,
  ): Promise<unknown> {
    return (await this.send({ method, url: this.urlOf(path), body, effect })).body;
  }

  private async send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.http.send(request);
    } catch (error) {
      if (!(error instanceof HttpError && error.status === 401)) throw error;
      throw new CredentialError(`${error.message} They are ${this.credentialSettings()}.`, error.detail);
    }
  }

  private credentialSettings(): string {
    const prefix = ENVIRONMENT_PREFIX[this.instance];
    const names = this.options.auth.kind === "oauth" ? ["CLIENT_ID", "CLIENT_SECRET"] : ["EMAIL", "TOKEN"];
    return names.map((name) => `${prefix}_${name}`).join(" and ");
  }

  /** Asks for a token, where there is none, before it is needed. Never throws. */
  prepare(): void {
    // What is wrong with the credential is heard by the first request.
    void this.credential.authorization(this.options.signal).catch(() => undefined);
  }

  /** Revokes tokens that may write. Never throws, and never takes long; nothing is to be sent afterwards. */
  close(): Promise<void> {
    return this.credential.close();
  }

  private urlOf(path: string): string {
    return `${this.origin}/api/v2${path}`;
  }

  /** The only sign of a key that Zendesk does not know: it is dropped, and this header names it (facts/zendesk.md 1). */
  private noteRateLimitWarning(headers: Headers): void {
    const text = headers.get("x-zendesk-api-warn");
    if (text === null) return;
    const keys = [...(/unpermitted_keys=>\[([^\]]*)/.exec(text)?.[1] ?? "").matchAll(/"([\w.-]{1,80})"/g)].map(
      ([, key]) => key,
    );
    const ignored = keys.length > 0 ? `keys it does not know: ${keys.join(", ")}` : "part of what was written";
    const message = `Zendesk ${this.instance} ignored ${ignored}.`;
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.options.onWarning?.(message);
  }
}
