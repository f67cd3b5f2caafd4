import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { exitOfFindings, type Finding } from "../lib/doctor/finding.ts";
import type { RunningSandbox } from "../sandbox/start.ts";
import { BotWorld } from "../test/support/bot/bot-world.ts";
import { checkBot } from "./check-bot.ts";

const TODAY = "2026-11-24";

async function checked(
  env: (sandbox: RunningSandbox) => Record<string, string> = () => ({}),
  change: (sandbox: RunningSandbox) => void = () => {},
): Promise<{ findings: Finding[]; notOk: string[]; exit: number; world: BotWorld }> {
  await using world = await BotWorld.start(env);
  change(world.sandbox);
  const findings = await checkBot(world.env, TODAY);
  const notOk = findings.flatMap(({ severity, group, check }) =>
    severity === "ok" ? [] : [`${severity} ${group} ${check}`],
  );
  expect(world.sandbox.writes()).toEqual([]);
  expect(existsSync(`${world.folder}/data`)).toBe(false);
  const text = JSON.stringify(findings);
  for (const secret of world.sandbox.secrets) expect(text).not.toContain(secret);
  for (const { remedy, severity } of findings) expect(severity === "ok" || (remedy ?? "").length > 10).toBe(true);
  return { findings, notOk, exit: exitOfFindings(findings), world };
}

describe("bot --check, which changes nothing", () => {
  test("everything in order", async () => {
    const { notOk, exit, findings } = await checked();
    expect([notOk, exit]).toEqual([[], 0]);
    expect([...new Set(findings.map(({ group }) => group))]).toEqual(["Settings", "Slack", "GitLab", "Access"]);
  });

  test.each<[string, string, number]>([
    ["commands", "problem Slack scope commands", 2],
    ["chat:write", "problem Slack scope chat:write", 2],
    ["usergroups:read", "problem Slack scope usergroups:read", 2],
    ["channels:history", "warning Slack scope channels:history", 0],
    ["chat:write.public", "warning Slack scope chat:write.public", 0],
  ])("without the scope %s", async (scope, said, status) => {
    const { notOk, exit, findings } = await checked(undefined, (sandbox) => sandbox.setSlackScope(scope, false));
    expect(notOk).toContain(said);
    expect(exit).toBe(status);
    expect(findings.find(({ check }) => check === `scope ${scope}`)?.remedy).toContain("slack-manifest");
  });

  test("scopes of private channels are not asked for where the channel is public", async () => {
    const { notOk } = await checked(undefined, (sandbox) => {
      sandbox.setSlackScope("groups:read", false);
      sandbox.setSlackScope("groups:history", false);
    });
    expect(notOk).toEqual([]);
  });

  test("the scope for pages is asked for where the config has pages put into threads, and only there", async () => {
    await using world = await BotWorld.start();
    world.sandbox.setSlackScope("files:write", false);
    const said = async () => (await checkBot(world.env, TODAY)).filter(({ check }) => /page|files/.test(check));
    expect(await said()).toEqual([]);
    const file = world.env.ZDSYNC_CONFIG ?? "";
    await Bun.write(file, (await Bun.file(file).text()).replace(/^slack:$/m, "slack:\n  page: true"));
    const findings = await said();
    expect(findings.map(({ check, severity }) => [check, severity])).toEqual([
      ["config slack.page", "ok"],
      ["scope files:write", "warning"],
    ]);
    expect(findings[1]?.remedy).toContain("slack-manifest");
    world.sandbox.setSlackScope("files:write", true);
    expect((await said()).map(({ check }) => check)).toEqual(["config slack.page"]);
  });

  test("B5: channels of instances' own are looked at like SLACK_CHANNEL; whether us-government is named is said", async () => {
    await using world = await BotWorld.start();
    const file = world.env.ZDSYNC_CONFIG ?? "";
    const config = await Bun.file(file).text();
    const own =
      "slack:\n  us_government: ids_only\n  notice_channels: { global: C0SANDBOX2, us_government: C0NOWHERE1 }";
    await Bun.write(file, config.replace(/^slack:$/m, own));
    const findings = await checkBot(world.env, TODAY);
    const of = (check: string) => findings.filter((one) => one.check === check).map(({ severity }) => severity);
    expect(of("config slack.notice_channels.us_government")).toContain("problem");
    expect(of("config slack.notice_channels.global")).toEqual(["ok"]);
    expect(of("config slack.channels")).toEqual(["warning", "warning"]);
    expect(findings.find(({ check }) => check === "config slack.us_government")?.found).toStartWith("ids_only");
  });

  test("a wrong token, an archived channel", async () => {
    const wrong = await checked(() => ({ SLACK_BOT_TOKEN: "xoxb-wrong-0123456789" }));
    expect([wrong.notOk, wrong.exit]).toEqual([["problem Slack SLACK_BOT_TOKEN"], 2]);
    const archived = await checked(undefined, (sandbox) => sandbox.archiveSlackChannel());
    expect(archived.notOk).toContain("problem Slack SLACK_CHANNEL");
  });

  test("Slack and GitLab down: exit 1, as nothing is known to be wrong", async () => {
    const dead = "http://127.0.0.1:1";
    const { findings, exit } = await checked(() => ({
      SLACK_API_URL: `${dead}/api/`,
      GITLAB_URL: dead,
      GITLAB_PROJECT: "support/zdsync",
      GITLAB_TRIGGER_TOKEN: "glptt-0123456789",
      GITLAB_READ_TOKEN: "glpat-0123456789",
    }));
    const problems = findings.filter(({ severity }) => severity === "problem");
    expect(problems.map(({ group }) => group).sort()).toEqual(["GitLab", "Slack"]);
    expect(exit).toBe(1);
  });

  test("all settings missing or wrong: each named, nobody asked", async () => {
    const { notOk, exit } = await checked(() => ({
      SLACK_BOT_TOKEN: "",
      SLACK_CHANNEL: "",
      SLACK_SIGNING_SECRET: "",
      PORT: "http",
      GITLAB_PROJECT: "zdsync",
    }));
    for (const name of [
      "SLACK_BOT_TOKEN",
      "SLACK_CHANNEL",
      "SLACK_SIGNING_SECRET",
      "PORT",
      "GITLAB_PROJECT",
      "GITLAB_TRIGGER_TOKEN",
    ])
      expect(notOk).toContain(`problem Settings ${name}`);
    expect(exit).toBe(2);
  });

  test("GitLab in order, with what its tokens may", async () => {
    const { notOk, findings } = await checked((sandbox) => sandbox.gitlabEnv);
    expect(notOk.filter((one) => one.startsWith("problem"))).toEqual([]);
    const gitlab = findings.flatMap(({ group, check, found }) => (group === "GitLab" ? [`${check}: ${found}`] : []));
    expect(gitlab.join("\n")).toContain("reads the pipelines of ");
  });

  test("GitLab's tokens: one that may not read is a problem", async () => {
    const { notOk, findings } = await checked(() => ({
      GITLAB_PROJECT: "support/zdsync",
      GITLAB_TRIGGER_TOKEN: "glptt-0123456789",
      GITLAB_READ_TOKEN: "glpat-wrong-0123456789",
    }));
    expect(notOk).toEqual(["problem GitLab GITLAB_READ_TOKEN"]);
    expect(findings.map(({ check }) => check)).toContain("GITLAB_TRIGGER_TOKEN");
  });
});
