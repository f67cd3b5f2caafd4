import { PassThrough } from "node:stream";
import type { Connection } from "jsforce/core";
import { currentDate } from "../../edges/clock.ts";
import { RemoteError, StoppedError } from "../../errors.ts";
import type { SalesforceSettings } from "../../settings/environment.ts";
import { DEFAULT_API_VERSION, mayMeanVersion, readVersions, versionError } from "./api-version.ts";
import { type Login, loginWith } from "./login.ts";
import type { ApiUsage } from "./ports.ts";
import { errorCodeOf, requestError } from "./request-errors.ts";
import { Streams } from "./streams.ts";
import { createTransport, type TransportOptions, type TransportRequest, type TransportResponse } from "./transport.ts";

/** Maximum number of renewals of a session: jsforce would endlessly renew a session that is refused at once. */
const MAX_RENEWALS = 5;

/** Options of a session, in addition to the settings; all but the first are for tests. */
export interface SessionOptions extends TransportOptions {
  /** The host that the instance must have (`hosts.salesforce` in the config); without one, any My Domain. */
  expectedHost?: string | null;
  now?: () => Date;
}

/** A logged-in session. */
export interface Session {
  /** Host with port of the instance. */
  readonly host: string;
  /** `/services/data/v66.0`: what paths begin with. */
  readonly basePath: string;
  /** Asks for a path of the instance, answers the parsed JSON; throws `RemoteError` or `ConfigurationError`. */
  get(path: string): Promise<unknown>;
  /** Length of the present access token; it travels with every request. */
  tokenBytes(): number;
  apiUsage(): ApiUsage | null;
  /** Through which every `get` goes: how many requests run at once. */
  readonly streams: Streams;
}

/** The path of a query. `queryAll` finds deleted records as well. */
export function queryPath({ basePath }: Session, soql: string, resource: "query" | "queryAll" = "query"): string {
  return `${basePath}/${resource}?q=${encodeURIComponent(soql)}`;
}

/** Logs in to Salesforce. The session is renewed when it expires, a few times. jsforce is loaded here and only here. */
export async function openSession(settings: SalesforceSettings, options: SessionOptions = {}): Promise<Session> {
  const { Connection, OAuth2, StreamPromise } = await import("jsforce/core");
  const streams = new Streams();
  const send = createTransport({ ...options, onCrowded: () => streams.slowDown() });
  const httpRequest = (request: TransportRequest) =>
    StreamPromise.create<TransportResponse>(() => ({ stream: new PassThrough(), promise: send(request) }));
  const oauth2 = new OAuth2({ loginUrl: settings.loginUrl, ...clientOf(settings) });
  Object.assign(oauth2._transport, { httpRequest });
  const login = loginWith(settings, (form) => oauth2.requestToken(form), {
    expectedHost: options.expectedHost ?? null,
    now: options.now ?? currentDate,
  });
  const first = await login();
  const renewal = new Renewal(first, login);
  const connection = new Connection({
    ...first,
    version: settings.version ?? DEFAULT_API_VERSION,
    refreshFn: (_, done) => {
      renewal.renew().then(
        (token) => done(null, token),
        (error: Error) => done(error),
      );
    },
  });
  const parsedRequest = (request: TransportRequest) =>
    StreamPromise.create(() => ({ stream: new PassThrough(), promise: send(request).then(asParsed) }));
  Object.assign(connection._transport, { httpRequest: parsedRequest });
  return sessionOn(connection, renewal, { configured: settings.version, send, streams });
}

/** A page is parsed once, by our client. jsforce hands on the body of a type that it does not know as it is. */
function asParsed(answer: TransportResponse): Omit<TransportResponse, "body"> & { body: unknown } {
  if (answer.json === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, "content-type": "application/x-parsed" }, body: answer.json };
}

function sessionOn(
  connection: Connection,
  renewal: Renewal,
  {
    configured,
    send,
    streams,
  }: { configured: string | undefined; send: ReturnType<typeof createTransport>; streams: Streams },
): Session {
  const host = new URL(connection.instanceUrl).host;
  const apiUsage = () => connection.limitInfo.apiUsage ?? null;
  // Asked for once, however many streams are refused.
  let offering: ReturnType<typeof offeredVersions> | null = null;
  const offeredOnce = () => {
    offering ??= offeredVersions(connection.instanceUrl, send);
    return offering;
  };
  return {
    host,
    basePath: `/services/data/v${connection.version}`,
    apiUsage,
    streams,
    tokenBytes: () => connection.accessToken?.length ?? 0,
    async get(path) {
      try {
        const headers = { "Sforce-Query-Options": "batchSize=2000" };
        return await streams.send(() => connection.request<unknown>({ method: "GET", url: path, headers }));
      } catch (error) {
        // jsforce keeps only the message of what went wrong in a renewal.
        if (renewal.failure) throw renewal.failure;
        const code = errorCodeOf(error);
        const offered = mayMeanVersion(code) ? await offeredOnce() : null;
        const noVersion = code === null ? null : versionError(code, { configured, offered, host });
        throw noVersion ?? requestError(error, host, apiUsage());
      }
    },
  };
}

/** The API versions that Salesforce has; null where it does not say. Anybody may ask, so no token goes along. */
async function offeredVersions(
  instanceUrl: string,
  send: ReturnType<typeof createTransport>,
): Promise<string[] | null> {
  try {
    const { body } = await send({ method: "GET", url: `${instanceUrl}/services/data` });
    return readVersions(JSON.parse(body));
  } catch (error) {
    if (error instanceof StoppedError) throw error;
    // The refusal that led here says more than this one would.
    return null;
  }
}

/** Renews an expired session, a few times in its life. */
class Renewal {
  failure: unknown;
  #renewals = 0;

  constructor(
    readonly first: Login,
    readonly login: () => Promise<Login>,
  ) {}

  /** A new access token; what goes wrong is kept in `failure`. */
  async renew(): Promise<string> {
    try {
      return await this.#renew();
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  async #renew(): Promise<string> {
    const host = new URL(this.first.instanceUrl).host;
    if (++this.#renewals > MAX_RENEWALS)
      throw new RemoteError(
        `Salesforce (${host}) refused the session again after ${MAX_RENEWALS} renewals. Check the session time-out, the IP restrictions and the API permission of the integration user.`,
        { service: "Salesforce", status: 401, code: "INVALID_SESSION_ID" },
      );
    const { accessToken, instanceUrl } = await this.login();
    if (instanceUrl === this.first.instanceUrl) return accessToken;
    throw new RemoteError(
      `Salesforce moved from ${host} to ${new URL(instanceUrl).host} during the run. The next run starts there.`,
      { service: "Salesforce" },
    );
  }
}

function clientOf({ auth }: SalesforceSettings): { clientId?: string; clientSecret?: string } {
  // In the JWT flow the client is named in the assertion.
  return auth.kind === "jwt" ? {} : { clientId: auth.clientId, clientSecret: auth.clientSecret };
}
