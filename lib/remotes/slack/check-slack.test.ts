import { describe, expect, test } from "bun:test";
import { FakeSlack, slackError } from "../../../test/support/slack/fake-slack.ts";
import { checkSlack } from "./check-slack.ts";

const where = (problems: readonly { where: string }[]) => problems.map((one) => one.where);

describe("checkSlack", () => {
  test("everything is there", async () => {
    await using slack = new FakeSlack();
    expect(await checkSlack(slack.settings)).toEqual({
      team: "Example",
      teamId: null,
      bot: "zdsync",
      scopes: ["channels:history", "channels:read", "chat:write"],
      channel: { id: "C0NOTICES", name: "ops", isPrivate: false },
      problems: [],
      warnings: [],
    });
    expect(slack.messages).toEqual([]);
  });

  test("a bad token ends it", async () => {
    await using slack = new FakeSlack(() => slackError("invalid_auth"));
    const { problems } = await checkSlack(slack.settings);
    expect(problems).toEqual([
      { where: "SLACK_BOT_TOKEN", what: "Slack refused (invalid_auth): check SLACK_BOT_TOKEN", about: "setting" },
    ]);
    expect(slack.calls).toEqual(["auth.test"]);
  });

  test("missing scopes: writing is a problem, reading back a warning", async () => {
    await using slack = new FakeSlack();
    slack.scopes = "channels:read";
    const { problems, warnings } = await checkSlack(slack.settings);
    expect(problems[0]?.what).toContain("lacks the scope chat:write");
    expect(warnings[0]?.what).toContain("lacks the scope channels:history");
  });

  test.each<[string, Record<string, unknown>, string, number]>([
    ["archived", { is_archived: true }, "chat:write,channels:history", 1],
    ["not in the channel", { is_member: false }, "chat:write,channels:history", 1],
    [
      "not in it, but may post to public ones",
      { is_member: false },
      "chat:write,chat:write.public,channels:history",
      0,
    ],
    ["not in a private one", { is_member: false, is_private: true }, "chat:write,chat:write.public,groups:history", 1],
  ])("%s", async (_, change, scopes, problems) => {
    await using slack = new FakeSlack();
    slack.channel = { ...slack.channel, ...change };
    slack.scopes = scopes;
    const check = await checkSlack(slack.settings);
    expect(where(check.problems)).toEqual(Array.from({ length: problems }, () => "SLACK_CHANNEL"));
    expect(check.warnings).toEqual([]);
  });

  test("a channel that may not be looked at is a warning, one that is not there a problem", async () => {
    const info = (code: string) => (method: string) => (method === "conversations.info" ? slackError(code) : undefined);
    await using hidden = new FakeSlack(info("missing_scope"));
    expect(where((await checkSlack(hidden.settings)).warnings)).toEqual(["SLACK_CHANNEL"]);
    await using absent = new FakeSlack(info("channel_not_found"));
    expect(where((await checkSlack(absent.settings)).problems)).toEqual(["SLACK_CHANNEL"]);
  });
});
