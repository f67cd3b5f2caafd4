const SLACK_API_URL = "https://slack.com/api/";

/**
 * Whether an address is Slack's own for answers, so that what only one person may read is sent nowhere else: `https://hooks.slack.com/…`,
 * or the `hooks.` host of another Slack (`slack-gov.com`) that SLACK_API_URL names. Where that is no public Slack (the sandbox), answers
 * go to that very origin.
 *
 * @param apiUrl SLACK_API_URL; undefined: Slack's own
 */
export function isSlackResponseUrl(url: string, apiUrl: string = SLACK_API_URL): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin, hostname, port, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  const api = new URL(apiUrl);
  if (protocol === "https:" && port === "" && hostname === `hooks.${api.hostname.replace(/^www\./, "")}`) return true;
  return !/(^|\.)slack(-gov)?\.com$/.test(api.hostname) && origin === api.origin;
}
