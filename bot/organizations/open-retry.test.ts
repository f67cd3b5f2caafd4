import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../lib/domain/config.ts";
import { ConfigurationError, RefusedError } from "../../lib/errors.ts";
import { hostNames } from "../../lib/settings/host-names.ts";
import { takeLock } from "../../lib/storage/runs/run-lock.ts";
import { openDatabase } from "../database.ts";
import { createProcessRunner } from "../runs/process-runner.ts";
import { retryOpener } from "./open-retry.ts";

async function opener(change: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-open-retry-"));
  const config = join(folder, "zdsync.config.yml");
  await writeFile(config, "overrides: none\n");
  const env = {
    ZDSYNC_CONFIG: config,
    PLANS_FILE: join(import.meta.dir, "../../plans.yml"),
    SALESFORCE_LOGIN_URL: "https://example.my.salesforce.com",
    SALESFORCE_CLIENT_ID: "id",
    SALESFORCE_CLIENT_SECRET: "salesforce-secret",
    ZENDESK_GLOBAL_URL: "https://example.zendesk.com",
    ZENDESK_GLOBAL_CLIENT_ID: "id",
    ZENDESK_GLOBAL_CLIENT_SECRET: "zendesk-secret",
    ...change,
  };
  const said: string[] = [];
  const clock = () => new Date("2026-11-24T10:00:00Z");
  const dataDir = join(folder, "data");
  const open = retryOpener({ dataDir, env, clock, say: (text) => void said.push(text) });
  const runner = createProcessRunner({ argv: [], dataDir, env }, { database: openDatabase(":memory:"), clock });
  return { open, runner, dataDir, said, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

test("S11: a retry is refused while a run goes on, and keeps no run from beginning", async () => {
  await using given = await opener();
  const unlock = await takeLock(given.dataDir, "run", "20261124T100000Z-000001");
  await expect(given.open()).rejects.toThrow(RefusedError);
  await unlock();
  const session = await given.open();
  await (await takeLock(given.dataDir, "run", "20261124T100000Z-000002"))();
  await session.close();
  expect(given.said.join("\n")).not.toMatch(/secret/);
});

test("a retry is no run: whoever cancels the present run must not end the bot", async () => {
  await using given = await opener();
  const session = await given.open();
  expect(await given.runner.current()).toBeNull();
  await session.close();
});

test("today of the environment holds for a retry, too; missing settings are named one and all", async () => {
  await using given = await opener({ ZDSYNC_TODAY: "2026-01-02" });
  const session = await given.open();
  expect(session.context.today).toBe("2026-01-02");
  await session.close();
  await using bare = await opener({ SALESFORCE_LOGIN_URL: "", ZENDESK_GLOBAL_URL: "" });
  const refusal = bare.open();
  await expect(refusal).rejects.toThrow(ConfigurationError);
  await expect(refusal).rejects.toThrow(/SALESFORCE_LOGIN_URL.*ZENDESK_GLOBAL_URL/s);
});

test("links lead to the configured hosts, else to those of the environment, else nowhere", () => {
  const hosts = { ...DEFAULT_CONFIG.hosts, salesforce: "company.my.salesforce.com" };
  const env = {
    SALESFORCE_LOGIN_URL: "https://login.salesforce.com",
    ZENDESK_GLOBAL_URL: "https://example.zendesk.com",
  };
  expect(hostNames(env, { hosts })).toEqual({
    salesforce: "company.my.salesforce.com",
    global: "example.zendesk.com",
    "us-government": null,
  });
});
