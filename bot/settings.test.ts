import { describe, expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../lib/domain/config.ts";
import { ConfigurationError, type Problem } from "../lib/errors.ts";
import { botSettings, readBotSettings } from "./settings.ts";

const LEAST = {
  SLACK_BOT_TOKEN: "xoxb-0123456789-abc",
  SLACK_CHANNEL: "C0SANDBOX1",
  SLACK_SIGNING_SECRET: "8f742231b10e8888abcd99",
};
const GITLAB = {
  GITLAB_PROJECT: "support/zdsync",
  GITLAB_TRIGGER_TOKEN: "glptt-0123456789",
  GITLAB_READ_TOKEN: "glpat-0123456789",
};

function read(env: Record<string, string>) {
  const problems: Problem[] = [];
  return { settings: botSettings(env, DEFAULT_CONFIG, problems), problems, named: problems.map(({ where }) => where) };
}

describe("settings of the bot", () => {
  test("the least there is: over HTTP on port 3000, runs as child processes", () => {
    const { settings, problems } = read(LEAST);
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      port: 3000,
      host: null,
      slack: { token: LEAST.SLACK_BOT_TOKEN, channel: LEAST.SLACK_CHANNEL },
      signingSecret: LEAST.SLACK_SIGNING_SECRET,
      appToken: null,
      pipelines: null,
      dataDir: "data",
      config: DEFAULT_CONFIG,
    });
  });

  test("an app token means Socket Mode, whether there is a signing secret or not", () => {
    const { SLACK_SIGNING_SECRET, ...rest } = LEAST;
    const appToken = "xapp-1-A0123456789";
    for (const env of [rest, { ...rest, SLACK_SIGNING_SECRET }])
      expect(read({ ...env, SLACK_APP_TOKEN: appToken }).settings).toMatchObject({ appToken, signingSecret: null });
  });

  test("GitLab, where its project is set", () => {
    const { settings, problems } = read({ ...LEAST, ...GITLAB, GITLAB_REF: "release", ZDSYNC_DATA_DIR: "/var/zdsync" });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      dataDir: "/var/zdsync",
      pipelines: { project: "support/zdsync", ref: "release" },
    });
  });

  test("nothing set: everything that is needed is named, at once", () => {
    const { settings, named } = read({});
    expect(settings).toBeNull();
    expect(named).toEqual(["SLACK_BOT_TOKEN", "SLACK_CHANNEL", "SLACK_SIGNING_SECRET"]);
  });

  test.each(["1", "3000", "65535", " 8080 "])("PORT %p is taken", (port) => {
    expect(read({ ...LEAST, PORT: port })).toMatchObject({ named: [], settings: { port: Number(port) } });
  });

  test.each(["0", "65536", "-1", "http", "3000.5", "0x10"])("PORT %p is not", (port) => {
    expect(read({ ...LEAST, PORT: port }).problems).toEqual([
      { where: "PORT", what: "expected a number from 1 to 65535" },
    ]);
  });

  test.each<[string, string, string]>([
    ["SLACK_BOT_TOKEN", "xoxb-0123456789 abc", "a space"],
    ["SLACK_BOT_TOKEN", "xapp-0123456789-abc", "starts with xoxb-"],
    ["SLACK_BOT_TOKEN", "xoxb-1", "fewer than 16"],
    ["SLACK_SIGNING_SECRET", "8f742231b10e8888\n", "line break"],
    ["SLACK_SIGNING_SECRET", "5h0rt", "fewer than 16"],
    ["SLACK_APP_TOKEN", "xoxb-0123456789-abc", "starts with xapp-"],
    ["GITLAB_TRIGGER_TOKEN", " glptt-0123456789", "a space"],
    ["GITLAB_API_TOKEN", "q9z", "fewer than 8"],
    ["GITLAB_READ_TOKEN", "glpat-0123456789\t", "a space"],
    ["GITLAB_WEBHOOK_SECRET", "0123456789", "fewer than 16"],
  ])("%s = %p: %s", (name, value, said) => {
    const { problems } = read({ ...LEAST, ...GITLAB, [name]: value });
    expect(problems.map(({ where }) => where)).toEqual([name]);
    expect(problems[0]?.what).toContain(said);
    expect(problems[0]?.what).not.toContain(value.trim());
  });

  test.each(["127.0.0.1", "::1", "0.0.0.0", "localhost", "bot.internal", " 10.0.0.7 "])("HOST %p", (HOST) => {
    expect(read({ ...LEAST, HOST })).toMatchObject({ settings: { host: HOST.trim() }, problems: [] });
  });

  test.each(["127.0.0.1:3000", "https://bot.example", "10.0.0", "300.1.1.1", "[::1]", "a b", "-", "bot.", "*"])(
    "HOST %p is no address",
    (HOST) => expect(read({ ...LEAST, HOST }).named).toEqual(["HOST"]),
  );

  test("without HOST, all addresses", () => expect(read({ ...LEAST, HOST: "" }).settings?.host).toBeNull());

  test("the config's problems come together with the environment's", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "zdsync-settings-")), "zdsync.config.yml");
    writeFileSync(file, "history_dayz: 3\n");
    const error = await readBotSettings({ ...LEAST, PORT: "x", ZDSYNC_CONFIG: file }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).message).toContain("history_dayz");
    expect((error as ConfigurationError).message).toContain("PORT");
  });
});
