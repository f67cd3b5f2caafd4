import { expect, test } from "bun:test";
import { isSlackResponseUrl } from "./response-url.ts";

test.each<[string, string | undefined, boolean]>([
  ["https://hooks.slack.com/commands/T1/2/x", undefined, true],
  ["https://hooks.slack.com/actions/T1/2/x", "https://slack.com/api/", true],
  ["https://hooks.slack.com/commands/T1/2/x", "https://www.slack.com/api/", true],
  ["https://hooks.slack-gov.com/commands/T1/2/x", "https://slack-gov.com/api/", true],
  ["https://hooks.slack.com/commands/T1/2/x", "https://slack-gov.com/api/", false],
  ["http://127.0.0.1:4014/commands/T1/2/x", "http://127.0.0.1:4014/api/", true],
  ["http://127.0.0.1:4015/commands/T1/2/x", "http://127.0.0.1:4014/api/", false],
  ["http://127.0.0.1:4014/commands/T1/2/x", undefined, false],
  ["http://hooks.slack.com/commands/T1/2/x", undefined, false],
  ["https://hooks.slack.com:444/commands/T1/2/x", undefined, false],
  ["https://hooks.slack.com@example.com/commands/T1/2/x", undefined, false],
  ["https://me:x@hooks.slack.com/commands/T1/2/x", undefined, false],
  ["https://hooks.slack.com.example.com/x", undefined, false],
  ["https://slack.com/x", undefined, false],
  ["https://slack.com/x", "https://slack.com/api/", false],
  ["no address", undefined, false],
])("%s, where SLACK_API_URL is %p: %p", (url, apiUrl, isSlacks) => {
  expect(isSlackResponseUrl(url, apiUrl)).toBe(isSlacks);
});
