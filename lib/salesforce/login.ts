import * as v from "valibot";
import { ConfigurationError, RemoteError, ZdsyncError } from "../errors.ts";
import type { SalesforceSettings } from "../settings/environment.ts";
import { jwtAssertion } from "./jwt.ts";

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
  const description = error instanceof Error ? error.message.toLowerCase() : "";
  const refusal = refusals(settings).find((one) => one.code.test(code) && (one.says?.test(description) ?? true));
  const told = `Salesforce (${hostOf(settings)}) refused the log-in (${code})`;
  if (!refusal)
    return new RemoteError(`${told}. Run \`zdsync doctor\`, or try again later.`, { service: "Salesforce", code });
  return new ConfigurationError([{ where: refusal.setting, what: `${told}. ${refusal.remedy}` }]);
}

interface Refusal {
  code: RegExp;
  says?: RegExp;
  setting: string;
  remedy: string;
}

/** What OAuth errors mean here, the most exact first. */
function refusals({ auth }: SalesforceSettings): Refusal[] {
  const credential = auth.kind === "jwt" ? "SALESFORCE_PRIVATE_KEY" : "SALESFORCE_CLIENT_SECRET";
  const user = auth.kind === "jwt" ? "SALESFORCE_USERNAME" : "SALESFORCE_CLIENT_ID";
  return [
    {
      code: /^invalid_grant$/,
      says: /not supported on this domain/,
      setting: "SALESFORCE_LOGIN_URL",
      remedy:
        "Use your My Domain URL (https://….my.salesforce.com): client credentials do not work at login. or test.salesforce.com.",
    },
    {
      code: /^invalid_grant$/,
      says: /no client credentials user/,
      setting: "SALESFORCE_CLIENT_ID",
      remedy:
        "The app has no run-as user: in Salesforce, open its OAuth policies and choose one for the client credentials flow.",
    },
    {
      code: /^(?:invalid_grant|invalid_app_access)$/,
      says: /approved|app_access|not admin/,
      setting: user,
      remedy:
        "The user is not allowed to use the app: pre-authorize it by profile or permission set in the app's policies.",
    },
    {
      code: /^(?:inactive_user|inactive_org)$/,
      setting: user,
      remedy: "The user or the whole Salesforce org is not active: an administrator has to activate it.",
    },
    {
      code: /^invalid_client_id$/,
      setting: "SALESFORCE_CLIENT_ID",
      remedy: "No app has this consumer key. A new app may take ten minutes until it is known.",
    },
    {
      code: /^invalid_client$/,
      setting: credential,
      remedy: `The app exists but refuses the credentials: check SALESFORCE_CLIENT_ID and ${credential}, they may have been rotated.`,
    },
    {
      code: /^(?:unsupported_grant_type|unauthorized_client)$/,
      setting: "SALESFORCE_CLIENT_ID",
      remedy: `The app does not allow this flow: enable ${auth.kind === "jwt" ? "the JWT bearer flow with your certificate" : "the client credentials flow"} in the app.`,
    },
    {
      code: /^(?:invalid_grant|invalid_app_access|invalid_request)$/,
      setting: credential,
      remedy:
        auth.kind === "jwt"
          ? "The assertion was refused: check that the key belongs to the app's certificate, SALESFORCE_USERNAME, SALESFORCE_CLIENT_ID, and this machine's clock."
          : "Check SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET, and the app's run-as user.",
    },
    {
      code: /^ERROR_HTTP_(?:3|4)(?!29)\d\d$/,
      setting: "SALESFORCE_LOGIN_URL",
      remedy:
        "There is no Salesforce log-in at this address: expected your My Domain URL, like https://example.my.salesforce.com.",
    },
  ];
}

function hostOf({ loginUrl }: SalesforceSettings): string {
  return new URL(loginUrl).host;
}
