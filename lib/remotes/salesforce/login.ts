import * as v from "valibot";
import { ConfigurationError, RemoteError, ZdsyncError } from "../../errors.ts";
import type { SalesforceSettings } from "../../settings/environment.ts";
import { hideFromOutput } from "../../settings/runtime-secrets.ts";
import { isExpectedInstance } from "./instance-host.ts";
import { jwtAssertion, jwtAudiences } from "./jwt.ts";
import { isAudienceRefusal, loginRefusal } from "./login-refusals.ts";

/** An access token, and the instance that takes it. */
export interface Login {
  accessToken: string;
  /** Origin of the instance: everything goes there, never to the login URL. */
  instanceUrl: string;
}

/** Sends a form to the token endpoint, answers the parsed JSON; jsforce's `OAuth2.requestToken`. */
export type RequestToken = (form: TokenForm) => Promise<unknown>;
type TokenForm = { grant_type: string; [name: string]: string };

const TokenSchema = v.object({
  access_token: v.pipe(v.string(), v.nonEmpty()),
  instance_url: v.pipe(v.string(), v.url()),
});

/** Beside the settings: the configured host of the instance (`hosts.salesforce`), and the time. */
export interface LoginOptions {
  expectedHost: string | null;
  now: () => Date;
}

/**
 * A way of logging in that can be used again and again: by client credentials, or by JWT bearer with the audience that was taken last.
 * What goes wrong names the setting to look at, never a secret.
 */
export function loginWith(
  settings: SalesforceSettings,
  requestToken: RequestToken,
  options: LoginOptions,
): () => Promise<Login> {
  let audiences = settings.auth.kind === "jwt" ? jwtAudiences(settings.loginUrl) : [""];
  return async () => {
    const { audience, answer } = await firstTaken(audiences, settings, requestToken, options.now);
    audiences = [audience, ...audiences.filter((one) => one !== audience)];
    return checkedLogin(answer, settings, options.expectedHost);
  };
}

/** Asks with each audience in turn until one is taken; any refusal but that of the audience ends it. */
async function firstTaken(
  audiences: readonly string[],
  settings: SalesforceSettings,
  requestToken: RequestToken,
  now: () => Date,
): Promise<{ audience: string; answer: unknown }> {
  let refusal: unknown;
  for (const audience of audiences) {
    try {
      return { audience, answer: await requestToken(tokenForm(settings, audience, now())) };
    } catch (error) {
      refusal = error;
      if (!(error instanceof Error && isAudienceRefusal(error.name, error.message))) break;
    }
  }
  throw loginError(refusal, settings, audiences);
}

function checkedLogin(answer: unknown, settings: SalesforceSettings, expectedHost: string | null): Login {
  const token = v.safeParse(TokenSchema, answer);
  if (!token.success)
    throw new RemoteError(
      `Salesforce (${hostOf(settings)}) answered the login without a usable access_token and instance_url. Check that SALESFORCE_LOGIN_URL is your My Domain URL, like https://example.my.salesforce.com.`,
      { service: "Salesforce" },
    );
  hideFromOutput(token.output.access_token);
  const instance = new URL(token.output.instance_url);
  if (isExpectedInstance(instance, settings.loginUrl, expectedHost))
    return { accessToken: token.output.access_token, instanceUrl: instance.origin };
  const expected = expectedHost ?? "a My Domain host like example.my.salesforce.com, or the login host itself";
  throw new ConfigurationError([
    {
      where: "SALESFORCE_LOGIN_URL",
      what: `the login at ${hostOf(settings)} names ${instance.protocol}//${instance.host} as the instance, expected https and ${expected}. The access token was not sent there. If that is your Salesforce, set SALESFORCE_LOGIN_URL, and hosts.salesforce in the config, to it`,
    },
  ]);
}

function tokenForm({ auth }: SalesforceSettings, audience: string, now: Date): TokenForm {
  if (auth.kind === "client-credentials") return { grant_type: "client_credentials" };
  const assertion = jwtAssertion({ clientId: auth.clientId, username: auth.username, audience }, auth.privateKey, now);
  return { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
}

/** A refused log-in, as one error that says which setting to look at. jsforce puts OAuth's `error` into the error's name. */
function loginError(error: unknown, settings: SalesforceSettings, audiences: readonly string[]): ZdsyncError {
  if (error instanceof ZdsyncError) return error;
  const code = error instanceof Error && /^[A-Za-z0-9_]{1,60}$/.test(error.name) ? error.name : "unknown error";
  const refusal = loginRefusal(settings.auth.kind, code, error instanceof Error ? error.message : "");
  const told = `Salesforce (${hostOf(settings)}) refused the login (${code})`;
  if (refusal) {
    const remedy = refusal.remedy.replace("{audiences}", audiences.join(", "));
    return new ConfigurationError([{ where: refusal.setting, what: `${told}. ${remedy}` }]);
  }
  return new RemoteError(`${told}. Try again later; \`zdsync doctor\` checks the settings.`, {
    service: "Salesforce",
    code,
  });
}

function hostOf({ loginUrl }: SalesforceSettings): string {
  return new URL(loginUrl).host;
}
