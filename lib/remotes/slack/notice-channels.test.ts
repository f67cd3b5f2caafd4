import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../domain/config.ts";
import { ownChannels, settingsFor } from "./notice-channels.ts";

const slack = { ...DEFAULT_CONFIG.slack, notice_channels: { global: null, us_government: "C0GOV12345" } };

test("B5: an instance's own channel, and SLACK_CHANNEL for the rest", () => {
  const settings = { token: "xoxb", channel: "C0ALL12345" };
  expect(ownChannels(slack)).toEqual([
    { instance: "us-government", channel: "C0GOV12345", key: "slack.notice_channels.us_government" },
  ]);
  expect(settingsFor(settings, slack, "us-government").channel).toBe("C0GOV12345");
  expect(settingsFor(settings, slack, "global").channel).toBe("C0ALL12345");
});
