import * as v from "valibot";
import { ConfigurationError, RemoteError, ZdsyncError } from "../errors.ts";
import type { SalesforceSettings } from "../settings/environment.ts";
import { jwtAssertion } from "./jwt.ts";
import { loginRefusal } from "./login-refusals.ts";

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

/** Logs in by client credentials or JWT bearer. What goes wrong names the setting to look at, never a secret. */
export async function logIn(settings: SalesforceSettings, requestToken: RequestToken, now: () => Date): Promise<Login> {
  const answer = await requestToken(tokenForm(settings, now())).catch((error: unknown) => {
    throw loginError(error, settings);
  });
  const token = v.safeParse(TokenSchema, answer);
  if (!token.success)
    throw new RemoteError(
      `Salesforce (${hostOf(settings)}) answered the log-in without a usable access_token and instance_url. Check that SALESFORCE_LOGIN_URL is your My Domain URL, like https://example.my.salesforce.com.`,
      { service: "Salesforce" },
    );
  const instance = new URL(token.output.instance_url);
  if (instance.protocol !== "https:" && instance.protocol !== new URL(settings.loginUrl).protocol)
    throw new RemoteError(
      `Salesforce (${hostOf(settings)}) sent the log-in on to an instance without https. The access token was not sent there.`,
      { service: "Salesforce" },
    );
  return { accessToken: token.output.access_token, instanceUrl: instance.origin };
}

function tokenForm({ auth, loginUrl }: SalesforceSettings, now: Date): TokenForm {
  if (auth.kind === "client-credentials") return { grant_type: "client_credentials" };
  const assertion = jwtAssertion({ clientId: auth.clientId, username: auth.username, loginUrl }, auth.privateKey, now);
  return { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
}

/** A refused log-in, as one error that says which setting to look at. jsforce puts OAuth's `error` into the error's name. */
function loginError(error: unknown, settings: SalesforceSettings): ZdsyncError {
  if (error instanceof ZdsyncError) return error;
  const code = error instanceof Error && /^[A-Za-z0-9_]{1,60}$/.test(error.name) ? error.name : "unknown error";
  const refusal = loginRefusal(settings.auth.kind, code, error instanceof Error ? error.message : "");
  const told = `Salesforce (${hostOf(settings)}) refused the log-in (${code})`;
  if (refusal) return new ConfigurationError([{ where: refusal.setting, what: `${told}. ${refusal.remedy}` }]);
  return new RemoteError(`${told}. Try again later; \`zdsync doctor\` checks the settings.`, {
    service: "Salesforce",
    code,
  });
}

function hostOf({ loginUrl }: SalesforceSettings): string {
  return new URL(loginUrl).host;
}
