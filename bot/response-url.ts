import { isSlackAddress } from "../lib/remotes/slack/slack-address.ts";

/** True if an address is Slack's own for answers. `apiUrl`: SLACK_API_URL. */
export function isSlackResponseUrl(url: string, apiUrl?: string): boolean {
  return isSlackAddress("hooks", url, apiUrl);
}
