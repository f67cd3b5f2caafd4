import { describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { botFindings, checkConfig, checkDataDir, checkPlans, hostFindings } from "./check-files.ts";
import type { Found } from "./finding.ts";

const HOSTS = { salesforce: "one.my.salesforce.com", global: "one.zendesk.com", us_government: "" };
const lines = (found: readonly Found[]) => found.map(({ severity, check }) => `${severity} ${check}`);

async function withFile(name: string, text: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-doctor-"));
  try {
    await Bun.write(join(folder, name), text);
    await use(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("the config", () => {
  test("every problem of the file is a finding with its line", async () => {
    await withFile("bad.yml", "limts: {}\nhistory_days: -1\n", async (path) => {
      const { found } = await checkConfig({ ZDSYNC_CONFIG: path }, HOSTS);
      expect(found.map((one) => one.check)).toEqual([`${path}:1`, `${path}:2`]);
      expect(found.every((one) => one.severity === "problem")).toBe(true);
    });
  });

  test("a file that is named and missing is a problem", async () => {
    expect(lines((await checkConfig({ ZDSYNC_CONFIG: "/nowhere.yml" }, HOSTS)).found)).toEqual([
      "problem ZDSYNC_CONFIG",
    ]);
  });

  test("a host that is not held against anything is warned about, with the host to write there", () => {
    const hosts = { ...DEFAULT_CONFIG.hosts, salesforce: "one.my.salesforce.com" };
    const found = hostFindings({ ...DEFAULT_CONFIG, hosts }, HOSTS);
    expect(lines(found)).toEqual([
      "ok config hosts.salesforce",
      "warning config hosts.global",
      "warning config hosts.us_government",
    ]);
    expect(found[1]?.remedy).toEndWith("under hosts: global: one.zendesk.com");
    expect(found[2]?.remedy).toEndWith("under hosts: us_government: the host");
  });
});

describe("plans.yml", () => {
  test("the project's own is in order", async () => {
    const { plans, found } = await checkPlans({ PLANS_FILE: join(import.meta.dir, "../../plans.yml") });
    expect(lines(found)).toEqual(["ok plans"]);
    expect(plans?.types.size).toBeGreaterThan(0);
  });

  test("missing or broken is a problem", async () => {
    expect(lines((await checkPlans({ PLANS_FILE: "/nowhere.yml" })).found)).toEqual(["problem PLANS_FILE"]);
    await withFile("plans.yml", "subscriptions: [", async (path) => {
      const { plans, found } = await checkPlans({ PLANS_FILE: path });
      expect(plans).toBeNull();
      expect(found[0]?.check).toStartWith(path);
    });
  });
});

describe("the data directory", () => {
  test("need not exist, and is not made", async () => {
    await withFile("here", "", async (path) => {
      const folder = join(path, "..");
      expect(lines(await checkDataDir(join(folder, "data", "deep")))).toEqual(["ok data directory"]);
      expect(await readdir(folder)).toEqual(["here"]);
    });
  });

  test("that is a file, or lies in one, is a problem", async () => {
    await withFile("file", "", async (path) => {
      expect(lines(await checkDataDir(path))).toEqual(["problem data directory"]);
      expect(lines(await checkDataDir(join(path, "data")))).toEqual(["problem data directory"]);
    });
  });
});

describe("the bot", () => {
  test("is not asked for where nothing of it is set", () => {
    expect(botFindings({ SLACK_BOT_TOKEN: "x" }, DEFAULT_CONFIG)).toEqual([]);
  });

  test("half set up is warned about, setting by setting", () => {
    expect(lines(botFindings({ GITLAB_PROJECT: "7" }, DEFAULT_CONFIG))).toEqual([
      "warning SLACK_SIGNING_SECRET (or SLACK_APP_TOKEN)",
      "warning SLACK_BOT_TOKEN",
      "warning SLACK_CHANNEL",
      "warning GITLAB_TRIGGER_TOKEN",
      "warning config slack",
    ]);
  });

  test("without GitLab it runs zdsync itself, and lacks nothing of GitLab", () => {
    const slack = { ...DEFAULT_CONFIG.slack, team: "T1", channels: ["C1"], users: ["U1"], user_groups: [] };
    const env = { SLACK_SIGNING_SECRET: "x", SLACK_BOT_TOKEN: "x", SLACK_CHANNEL: "C1" };
    expect(lines(botFindings(env, { ...DEFAULT_CONFIG, slack }))).toEqual(["ok config slack"]);
    const elsewhere = { ...DEFAULT_CONFIG, slack: { ...slack, channels: ["C2"] } };
    expect(lines(botFindings(env, elsewhere))).toEqual(["ok config slack", "warning config slack.channels"]);
    const own = { global: "C3", us_government: "C1" };
    expect(botFindings(env, { ...DEFAULT_CONFIG, slack: { ...slack, notice_channels: own } }).at(-1)?.found).toBe(
      "does not include the channel of slack.notice_channels.global: nobody can use the buttons under messages there",
    );
    for (const missing of [{ team: null }, { channels: [] }, { users: [] }])
      expect(lines(botFindings(env, { ...DEFAULT_CONFIG, slack: { ...slack, ...missing } }))).toEqual([
        "warning config slack",
      ]);
  });
});
