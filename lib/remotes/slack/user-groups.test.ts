import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import type { Sandbox } from "../../../sandbox/types.ts";
import { slackSettings } from "../../settings/environment.ts";
import { createUserGroups } from "./user-groups.ts";

const GROUP = "S0SUPPORT1";
let sandbox: Sandbox;
let now = 0;

beforeAll(async () => {
  sandbox = await startSandbox({ accounts: 1, timeFactor: 10_000 });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  sandbox.clearRequests();
  sandbox.clearFaults();
  now = Date.UTC(2026, 10, 24);
});

function start(timing: { timeoutMs?: number } = {}) {
  const settings = slackSettings(sandbox.env, []);
  if (!settings) throw new Error("the sandbox's own settings are not complete");
  return createUserGroups(settings, { clock: () => new Date(now), minTimeoutMs: 1, ...timing });
}

function requests(): number {
  return sandbox.requests.filter(({ path }) => path.includes("usergroups.users.list")).length;
}

const fault = (kind: "429" | "429-bare" | "500" | "502-html" | "reset" | "stall" | "401", times = 9) =>
  sandbox.addFault({ kind, service: "slack", path: "usergroups", times, retryAfter: 30 });

describe("who is in a group", () => {
  test("is read, and kept for five minutes", async () => {
    const groups = start();
    const members = { is: "read", users: new Set(["U0ANN00001", "U0BOB00001"]) } as const;
    expect(await groups.members(GROUP)).toEqual(members);
    now += 5 * 60_000 - 1;
    expect(await groups.members(GROUP)).toEqual(members);
    expect(requests()).toBe(1);
    now += 1;
    expect(await groups.members(GROUP)).toEqual(members);
    expect(requests()).toBe(2);
  });

  test("is asked once by many at the same time, and for every group apart", async () => {
    const groups = start();
    const all = await Promise.all(Array.from({ length: 20 }, () => groups.members(GROUP)));
    expect(all.every((one) => one.is === "read")).toBe(true);
    expect(requests()).toBe(1);
    expect((await groups.members("S0OTHER001")).is).toBe("unread");
    expect(requests()).toBe(2);
  });
});

describe("a group that cannot be read", () => {
  test("that does not exist", async () => {
    expect(await start().members("S0OTHER001")).toEqual({
      is: "unread",
      reason: expect.stringContaining("no_such_subteam"),
    });
  });

  test.each([["429"], ["429-bare"], ["500"], ["502-html"], ["reset"], ["stall"], ["401"]] as const)(
    "with %s, and is asked again next time",
    async (kind) => {
      const groups = start(kind === "stall" ? { timeoutMs: 50 } : {});
      fault(kind);
      const read = await groups.members(GROUP);
      expect(read.is).toBe("unread");
      expect(read.is === "unread" && read.reason).not.toContain("xoxb");
      sandbox.clearFaults();
      expect((await groups.members(GROUP)).is).toBe("read");
    },
  );

  test("shared by those who asked at the same time", async () => {
    const groups = start();
    fault("429", 1);
    const all = await Promise.all([groups.members(GROUP), groups.members(GROUP)]);
    expect(all.map(({ is }) => is)).toEqual(["unread", "unread"]);
    expect(requests()).toBe(1);
  });

  test("once Slack hiccups, it is asked again at once", async () => {
    fault("500", 1);
    expect((await start().members(GROUP)).is).toBe("read");
    expect(requests()).toBe(2);
  });

  test("a look-up is no longer good while Slack is down", async () => {
    const groups = start();
    await groups.members(GROUP);
    now += 5 * 60_000;
    fault("500");
    expect((await groups.members(GROUP)).is).toBe("unread");
  });
});
