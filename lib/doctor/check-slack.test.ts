import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { problemOf, type SlackCheck } from "../remotes/slack/check-slack.ts";
import { slackFailure } from "../remotes/slack/slack-errors.ts";
import { checkSlackSettings, slackFindings } from "./check-slack.ts";
import { exitOfFindings } from "./finding.ts";

const IN_ORDER: SlackCheck = {
  team: "T",
  teamId: "T0123ABCD",
  bot: "zdsync",
  scopes: ["channels:history", "chat:write"],
  channel: { id: "C0123ABCD", name: "renewals-of-acme", isPrivate: false },
  problems: [],
  warnings: [],
};

describe("Slack", () => {
  test("in order: token, scopes, channel; the channel by its id only", () => {
    const found = slackFindings(IN_ORDER);
    expect(found.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      "ok SLACK_BOT_TOKEN",
      "ok scopes",
      "ok SLACK_CHANNEL",
    ]);
    expect(JSON.stringify(found)).not.toContain("acme");
  });

  test("a missing scope is a problem of the setting, a missing history a warning", () => {
    const problems = [{ where: "SLACK_BOT_TOKEN", what: "lacks the scope chat:write", about: "scope" as const }];
    const warnings = [{ where: "SLACK_CHANNEL", what: "Slack refused (missing_scope)", about: "scope" as const }];
    const found = slackFindings({ ...IN_ORDER, problems, warnings }).filter((one) => one.severity !== "ok");
    expect(found.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      "problem SLACK_BOT_TOKEN",
      "warning SLACK_CHANNEL",
    ]);
    expect(found.every((one) => one.remedy?.includes("OAuth & Permissions"))).toBe(true);
    expect(exitOfFindings(found)).toBe(2);
  });

  test("that could not be asked says nothing about the settings", () => {
    const failures = [
      { code: "slack_webapi_request_error", original: { code: "ECONNREFUSED" } },
      { code: "slack_webapi_http_error", statusCode: 503 },
      { code: "slack_webapi_request_error" },
    ].map(slackFailure);
    const problems = failures.map((one) => problemOf("SLACK_BOT_TOKEN", one));
    const found = slackFindings({ ...IN_ORDER, bot: null, channel: null, problems });
    expect(found.map((one) => one.unreachable)).toEqual([true, true, true]);
    expect(exitOfFindings(found)).toBe(1);
  });

  test("that is not configured is a warning; half configured, a problem", async () => {
    expect((await checkSlackSettings({}, DEFAULT_CONFIG)).map((one) => one.severity)).toEqual(["warning"]);
    const half = await checkSlackSettings({ SLACK_CHANNEL: "#general" }, DEFAULT_CONFIG);
    expect(half.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      "problem SLACK_BOT_TOKEN",
      "problem SLACK_CHANNEL",
    ]);
  });
});
