import { describe, expect, test } from "bun:test";
import { COMMAND, MANIFEST_LIMITS, manifestProblems, slackManifest } from "./manifest.ts";
import { SCOPES } from "./scopes.ts";

const URL_FORM = { name: "Zendesk Sync", url: "https://bot.example.com" };
const SOCKET_FORM = { name: "Zendesk Sync", url: null };

/** What Slack's manifest holds, as far as ours goes (facts 7); read back, so that a missing part shows. */
interface Manifest {
  display_information: { name: string; description: string; background_color: string };
  features: {
    bot_user: { display_name: string };
    slash_commands: {
      command: string;
      url?: string;
      description: string;
      usage_hint: string;
      should_escape: boolean;
    }[];
  };
  oauth_config: { scopes: { bot: string[] } };
  settings: { interactivity: { is_enabled: boolean; request_url?: string }; socket_mode_enabled: boolean };
}
const manifest = (order: typeof URL_FORM | typeof SOCKET_FORM) => slackManifest(order) as unknown as Manifest;

describe("the app manifest", () => {
  test("over HTTP: commands and clicks go to the bot's address", () => {
    const { features, settings } = manifest(URL_FORM);
    expect(features.slash_commands).toMatchObject([
      { command: "/zdsync", url: "https://bot.example.com/slack/events" },
    ]);
    expect(settings).toMatchObject({
      interactivity: { is_enabled: true, request_url: "https://bot.example.com/slack/events" },
      socket_mode_enabled: false,
      org_deploy_enabled: false,
      token_rotation_enabled: false,
    });
  });

  test("in Socket Mode: no address at all", () => {
    expect(JSON.stringify(manifest(SOCKET_FORM))).not.toMatch(/url"|https?:/);
    expect(manifest(SOCKET_FORM).settings).toMatchObject({
      interactivity: { is_enabled: true },
      socket_mode_enabled: true,
    });
  });

  test.each([
    ["https://bot.example.com/", "https://bot.example.com/slack/events"],
    ["https://bot.example.com/zdsync/", "https://bot.example.com/zdsync/slack/events"],
    ["https://bot.example.com/slack/events", "https://bot.example.com/slack/events"],
    ["https://bot.example.com:8443", "https://bot.example.com:8443/slack/events"],
  ])("%s: Slack sends to %s", (url, address) => {
    expect(manifest({ ...URL_FORM, url }).features.slash_commands[0]?.url).toBe(address);
  });

  test("within Slack's limits", () => {
    const { display_information: shown, features } = manifest(URL_FORM);
    expect(shown.name.length).toBeLessThanOrEqual(35);
    expect(shown.description.length).toBeLessThanOrEqual(140);
    expect(shown.background_color).toMatch(/^#[0-9a-f]{6}$/);
    expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    for (const { command, description, usage_hint, should_escape } of features.slash_commands) {
      expect(command).toMatch(/^\/[a-z0-9_-]+$/);
      expect(command.length).toBeLessThanOrEqual(32);
      expect(description.length).toBeGreaterThan(0);
      expect(description.length).toBeLessThanOrEqual(2000);
      expect(usage_hint.length).toBeLessThanOrEqual(1000);
      expect(should_escape).toBe(false);
    }
    expect(COMMAND.length).toBeLessThanOrEqual(MANIFEST_LIMITS.command);
  });

  test("the scopes are the list's, each once, each with what goes wrong without it", () => {
    const { bot } = manifest(URL_FORM).oauth_config.scopes;
    expect([...bot].sort()).toEqual([
      "channels:history",
      "channels:read",
      "chat:write",
      "chat:write.public",
      "commands",
      "files:write",
      "groups:history",
      "groups:read",
      "usergroups:read",
    ]);
    for (const { without } of SCOPES) expect(without.length).toBeGreaterThan(10);
  });

  test("the usage hint names every command of the bot", () => {
    const hint = manifest(URL_FORM).features.slash_commands[0]?.usage_hint ?? "";
    for (const verb of ["run", "preview", "status", "last", "explain", "cancel", "help", "--dry-run", "us-government"])
      expect(hint).toContain(verb);
  });
});

describe("what no manifest is made for", () => {
  test.each([
    ["bot.example.com", "expected the bot's address"],
    ["", "expected the bot's address"],
    ["http://bot.example.com", "must start with https://"],
    ["ftp://bot.example.com", "must start with https://"],
    ["https://user:pass@bot.example.com", "must not contain a user name or password"],
    ["https://bot.example.com/?a=b", "without ? and #"],
    ["https://bot.example.com/#a", "without ? and #"],
  ])("--url %p", (url, said) => {
    const problems = manifestProblems({ ...URL_FORM, url });
    expect(problems.map(({ where }) => where)).toEqual(["--url"]);
    expect(problems[0]?.what).toContain(said);
  });

  test("a name of none or of more than 35 characters; 35 are taken", () => {
    for (const name of ["", "  ", "x".repeat(36)])
      expect(manifestProblems({ ...SOCKET_FORM, name }).map(({ where }) => where)).toEqual(["--name"]);
    expect(manifestProblems({ ...SOCKET_FORM, name: "é".repeat(35) })).toEqual([]);
    expect(manifestProblems(URL_FORM)).toEqual([]);
  });
});
