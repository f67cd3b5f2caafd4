import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { createUserGroups } from "../../lib/remotes/slack/user-groups.ts";
import { slackSettings } from "../../lib/settings/environment.ts";
import type { Sandbox } from "../../sandbox/types.ts";
import { start } from "../../test/support/bot/colleagues.ts";
import { createAuditLog } from "../audit/audit-log.ts";
import { openDatabase } from "../database.ts";
import { ACTION } from "../ports.ts";

/** Slack's user groups decide: the sandbox has one, with Ann and Bob. */
const slack = { team: "T1", channels: ["C1"], users: [], user_groups: ["S0SUPPORT1"] };
const ann = { team: "T1", channel: "C1", user: "U0ANN00001" };
const stranger = { ...ann, user: "U0EVE00001" };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ accounts: 1, timeFactor: 10_000 });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.clearFaults();
  sandbox.clearRequests();
});

function startBot() {
  const settings = slackSettings(sandbox.env, []);
  if (!settings) throw new Error("the sandbox's own settings are not complete");
  const clock = { now: new Date("2026-11-24T12:00:00Z") };
  const userGroups = createUserGroups(settings, { clock: () => clock.now, minTimeoutMs: 1, timeoutMs: 200 });
  const audit = createAuditLog(openDatabase(":memory:"));
  return { ...start({ slack, userGroups, change: { audit, clock: () => clock.now } }), audit, clock };
}

test("members are let in, others are not; both with one look-up in five minutes", async () => {
  const bot = startBot();
  await bot.command("cancel", ann);
  await bot.click(ACTION.confirmRun, "token", ann);
  expect((await bot.command("run", stranger)).all).toContain("You are not allowed to do this");
  expect((await bot.click(ACTION.retryContacts, "1", stranger)).all).toContain("You are not allowed to do this");
  expect(bot.calls).toEqual([
    ["cancel", ann],
    ["confirm", "token", ann],
  ]);
  const requests = () => sandbox.requests.filter(({ path }) => path.includes("usergroups.users.list")).length;
  expect(requests()).toBe(1);
  bot.clock.now = new Date(bot.clock.now.getTime() + 5 * 60_000);
  await bot.command("cancel", ann);
  expect(requests()).toBe(2);
  expect(bot.audit.latest(10).map(({ by, what }) => [by.user, what])).toEqual([["U0EVE00001", "run"]]);
});

test.each([["429"], ["500"], ["stall"], ["401"]] as const)("Slack answers %s: nobody is let in", async (kind) => {
  const bot = startBot();
  sandbox.addFault({ kind, service: "slack", path: "usergroups", times: 9, retryAfter: 30 });
  expect((await bot.command("cancel", ann)).all).toContain("whether you are in an allowed user group");
  expect((await bot.click(ACTION.confirmRun, "token", ann)).all).toContain("whether you are in an allowed user group");
  expect(bot.calls).toEqual([]);
  sandbox.clearFaults();
  await bot.command("cancel", ann);
  expect(bot.calls).toEqual([["cancel", ann]]);
});
