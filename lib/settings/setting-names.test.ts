import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSession } from "../pipeline/session.ts";
import type { Needs } from "../pipeline/stage.ts";
import { RUN_SETTINGS, runEnvironment } from "./setting-names.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-names-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Every way to log in, one after the other. */
const LOGINS: Record<string, string>[] = [
  {},
  { SALESFORCE_USERNAME: "u", ZENDESK_GLOBAL_TOKEN: "t", ZENDESK_USGOV_TOKEN: "t", SLACK_CHANNEL: "C0SANDBOX1" },
  { OVERRIDES_FILE: "none.yml", OVERRIDES_PROJECT: "1" },
];
const ALL: Needs = {
  salesforce: true,
  zendesk: ["global", "us-government"],
  overrides: true,
  plans: true,
  slack: true,
};

test("B6: what a run's session reads is what a run that the bot starts is given, and no more", async () => {
  const read = new Set<string>();
  for (const login of LOGINS) {
    const env = new Proxy<Record<string, string>>(login, {
      get: (given, name) => {
        read.add(String(name));
        return given[String(name)];
      },
    });
    const output = { out: () => {}, err: () => {}, live: false } as const;
    const base = {
      command: "run",
      runId: "",
      today: "",
      dryRun: true,
      writes: true,
      deadlineMs: null,
      rateShare: null,
    };
    const opening = openSession({ ...base, dataDir: folder, needs: ALL, env, output, clock: () => new Date() });
    expect(String(await opening.then(String, String))).toContain("not set");
  }
  // Inputs have their own variables; these are no settings of a session.
  const others = ["ZDSYNC_TODAY", "ZDSYNC_RATE_SHARE", "ZDSYNC_SNAPSHOT", "ZDSYNC_DEBUG"];
  expect([...read].sort()).toEqual(RUN_SETTINGS.filter((name) => !others.includes(name)).toSorted());
});

test("B6: nothing else gets there: no other secret, no input, nothing for Bun", () => {
  const env = {
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy",
    SALESFORCE_CLIENT_ID: "id",
    SLACK_SIGNING_SECRET: "s",
    SLACK_APP_TOKEN: "s",
    GITLAB_TRIGGER_TOKEN: "s",
    GITLAB_API_TOKEN: "s",
    GITLAB_READ_TOKEN: "s",
    GITLAB_WEBHOOK_SECRET: "s",
    AWS_SECRET_ACCESS_KEY: "s",
    INPUT_ALLOW: "creates=100000",
    INPUT_EXPECT: "none",
    ZDSYNC_RUN_ID: "other",
    BUN_OPTIONS: "--preload=./evil.ts",
    NODE_OPTIONS: "--require ./evil.js",
    PORT: "3000",
  };
  expect(runEnvironment(env)).toEqual({ PATH: "/bin", HTTPS_PROXY: "http://proxy", SALESFORCE_CLIENT_ID: "id" });
});
