import { type SandboxBytes, unguessable } from "../server/chance.ts";
import type { SalesforceBehaviour } from "../types.ts";
import { requireAssertion } from "./assertion.ts";
import { invalidSession, oauthError } from "./errors.ts";

export interface Credentials {
  clientId: string;
  clientSecret: string;
  username: string;
  /** PEM, of the key that signs the assertions of the JWT bearer flow. */
  publicKey: string;
}

const organizationId = "00D4M0000000001UAA";
const userId = "0054M0000000001QAA";
const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const commonAudiences = ["https://login.salesforce.com", "https://test.salesforce.com"];

type LogInBehaviour = Partial<Pick<SalesforceBehaviour, "jwtAudiences" | "instanceUrl">>;

/** Log-ins and access tokens. */
export class Sessions {
  readonly #credentials: Credentials;
  readonly #baseUrl: () => string;
  readonly #now: () => Date;
  readonly #bytes: SandboxBytes;
  readonly #behaviour: LogInBehaviour;
  readonly #valid = new Set<string>();
  /** Every token so far, valid or not. */
  readonly issued: string[] = [];

  constructor(
    credentials: Credentials,
    baseUrl: () => string,
    now: () => Date,
    behaviour: LogInBehaviour = {},
    bytes: SandboxBytes = unguessable,
  ) {
    this.#bytes = bytes;
    this.#behaviour = behaviour;
    this.#credentials = credentials;
    this.#baseUrl = baseUrl;
    this.#now = now;
  }

  /** Makes every token invalid that was issued so far. */
  expire(): void {
    this.#valid.clear();
  }

  /** @throws INVALID_SESSION_ID without a valid token */
  require(authorization: string | undefined): void {
    const [, token = ""] = /^(?:Bearer|OAuth) (.+)$/i.exec(authorization ?? "") ?? [];
    if (!this.#valid.has(token)) throw invalidSession();
  }

  /**
   * The body of the token endpoint's answer. There is no refresh token and no `expires_in` (facts 1.1).
   * @throws OAuth error 400 or 401
   */
  grant(form: URLSearchParams, authorization: string | undefined): Record<string, string> {
    switch (form.get("grant_type")) {
      case "client_credentials":
        this.#requireClient(form, authorization);
        break;
      case jwtBearer:
        requireAssertion(form.get("assertion") ?? "", {
          ...this.#credentials,
          audiences: this.#behaviour.jwtAudiences ?? [this.#baseUrl(), ...commonAudiences],
          now: this.#now(),
        });
        break;
      default:
        throw oauthError(400, "unsupported_grant_type", "grant type not supported");
    }
    return this.#session();
  }

  #requireClient(form: URLSearchParams, authorization: string | undefined): void {
    const [id, secret] = basic(authorization) ?? [form.get("client_id"), form.get("client_secret")];
    if (id !== this.#credentials.clientId) throw oauthError(400, "invalid_client_id", "client identifier invalid");
    if (secret !== this.#credentials.clientSecret)
      throw oauthError(401, "invalid_client", "invalid client credentials");
  }

  #session(): Record<string, string> {
    const token = `${organizationId.slice(0, 15)}!${this.#bytes(72).toString("base64url")}`;
    this.#valid.add(token);
    this.issued.push(token);
    return {
      access_token: token,
      signature: this.#bytes(32).toString("base64"),
      token_format: "opaque",
      scope: "api",
      instance_url: this.#behaviour.instanceUrl ?? this.#baseUrl(),
      id: `${this.#baseUrl()}/id/${organizationId}/${userId}`,
      token_type: "Bearer",
      issued_at: String(this.#now().getTime()),
    };
  }
}

function basic(authorization: string | undefined): [id: string, secret: string] | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [id = "", secret = ""] = Buffer.from(encoded, "base64").toString().split(":", 2);
  return [id, secret];
}
