const SLACK_API_URL = "https://slack.com/api/";

/**
 * Whether an address that Slack gave out is one of its own, so that what a few may read is sent nowhere else: `https://hooks.slack.com/…`
 * for answers, `https://files.slack.com/…` for files, or that host of another Slack (`slack-gov.com`) that SLACK_API_URL names. Where
 * that is no public Slack (the sandbox), everything goes to that very origin.
 *
 * @param apiUrl SLACK_API_URL; undefined: Slack's own
 */
export function isSlackAddress(host: "hooks" | "files", url: string, apiUrl: string = SLACK_API_URL): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, origin, hostname, port, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  const api = new URL(apiUrl);
  if (protocol === "https:" && port === "" && hostname === `${host}.${api.hostname.replace(/^www\./, "")}`) return true;
  return !/(^|\.)slack(-gov)?\.com$/.test(api.hostname) && origin === api.origin;
}
