import type { SalesforceSettings } from "../../settings/environment.ts";

type Flow = SalesforceSettings["auth"]["kind"];

/** A text for both ways of logging in, or one for each. */
type ByFlow = string | Record<Flow, string>;

interface Refusal {
  /** OAuth's `error`. */
  code: RegExp;
  /** Its `error_description`, in lower case; absent: whatever it says. */
  says?: RegExp;
  setting: ByFlow;
  remedy: ByFlow;
}

const USER: ByFlow = { jwt: "SALESFORCE_USERNAME", "client-credentials": "SALESFORCE_CLIENT_ID" };
const CREDENTIAL: ByFlow = { jwt: "SALESFORCE_PRIVATE_KEY", "client-credentials": "SALESFORCE_CLIENT_SECRET" };

const INVALID_GRANT = /^invalid_grant$/;
const AUDIENCE = /audience/;

/** The token endpoint's errors mapped to our settings, the most specific first. */
const REFUSALS: readonly Refusal[] = [
  {
    code: INVALID_GRANT,
    says: AUDIENCE,
    setting: "SALESFORCE_LOGIN_URL",
    remedy:
      "It took the assertion for none of the audiences tried: {audiences}. Set it to the My Domain URL of the org that SALESFORCE_USERNAME belongs to: of a sandbox https://example--name.sandbox.my.salesforce.com, of production https://example.my.salesforce.com.",
  },
  {
    code: INVALID_GRANT,
    says: /not supported on this domain/,
    setting: "SALESFORCE_LOGIN_URL",
    remedy:
      "Use your My Domain URL (https://….my.salesforce.com): client credentials do not work at login. or test.salesforce.com.",
  },
  {
    code: INVALID_GRANT,
    says: /no client credentials user/,
    setting: "SALESFORCE_CLIENT_ID",
    remedy:
      "The app has no run-as user: in Salesforce, open its OAuth policies and choose one for the client credentials flow.",
  },
  {
    code: /^(?:invalid_grant|invalid_app_access)$/,
    says: /approved|app_access|not admin/,
    setting: USER,
    remedy:
      "The user is not allowed to use the app: pre-authorize it by profile or permission set in the app's policies.",
  },
  {
    code: /^(?:inactive_user|inactive_org)$/,
    setting: USER,
    remedy: "The user or the whole Salesforce org is not active: an administrator has to activate it.",
  },
  {
    code: /^invalid_client_id$/,
    setting: "SALESFORCE_CLIENT_ID",
    remedy: "No app has this consumer key. A new app may take ten minutes to become available.",
  },
  {
    code: /^invalid_client$/,
    setting: CREDENTIAL,
    remedy: "The app exists but refuses the credentials: they may have been rotated. Check SALESFORCE_CLIENT_ID too.",
  },
  {
    code: /^(?:unsupported_grant_type|unauthorized_client)$/,
    setting: "SALESFORCE_CLIENT_ID",
    remedy: {
      jwt: "The app does not allow this flow: enable the JWT bearer flow with your certificate in the app.",
      "client-credentials": "The app does not allow this flow: enable the client credentials flow in the app.",
    },
  },
  {
    code: /^(?:invalid_grant|invalid_app_access|invalid_request)$/,
    setting: CREDENTIAL,
    remedy: {
      jwt: "The assertion was refused: check that the key belongs to the app's certificate, SALESFORCE_USERNAME, SALESFORCE_CLIENT_ID, and this machine's clock.",
      "client-credentials": "Check SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET, and the app's run-as user.",
    },
  },
  {
    code: /^ERROR_HTTP_4(?!29)\d\d$/,
    setting: "SALESFORCE_LOGIN_URL",
    remedy:
      "There is no Salesforce log-in at this address: expected your My Domain URL, like https://example.my.salesforce.com.",
  },
];

/**
 * The setting to look at after a refused log-in and what to do; null where it is none of the settings. `{audiences}` in the text stands for
 * those that were tried. Pure.
 */
export function loginRefusal(
  flow: Flow,
  code: string,
  description: string,
): { setting: string; remedy: string } | null {
  const says = description.toLowerCase();
  const refusal = REFUSALS.find((one) => one.code.test(code) && (one.says?.test(says) ?? true));
  return refusal ? { setting: inFlow(refusal.setting, flow), remedy: inFlow(refusal.remedy, flow) } : null;
}

/** True if an assertion was refused because it is meant for another audience: then another may be tried. Pure. */
export function isAudienceRefusal(code: string, description: string): boolean {
  return INVALID_GRANT.test(code) && AUDIENCE.test(description.toLowerCase());
}

function inFlow(text: ByFlow, flow: Flow): string {
  return typeof text === "string" ? text : text[flow];
}
