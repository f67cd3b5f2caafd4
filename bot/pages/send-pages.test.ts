import { describe, expect, test } from "bun:test";
import { PageWorld } from "../../test/support/bot/page-world.ts";

const SHARE = "files.completeUploadExternal";
const once = (path: string, fault: "lost" | (() => Response)) => {
  let left = 1;
  return (asked: string) => {
    if (asked !== path || left === 0) return undefined;
    left -= 1;
    return fault === "lost" ? fault : fault();
  };
};

describe("the page of a run", () => {
  test("stands in the thread after the end was told, not before, and once", async () => {
    await using world = new PageWorld();
    await world.wanted();
    await world.pass(10);
    expect(world.calls).toEqual([]);
    world.ended();
    await world.until(() => world.shown.length > 0);
    expect(world.shown).toEqual(["zdsync run R1"]);
    world.sender.want({ runId: "R1", instance: null, thread: "started", after: "ended" });
    await world.pass(10);
    expect(world.calls).toEqual(["files.getUploadURLExternal", "bytes", SHARE]);
    const [, page] = world.slack.messages();
    expect(page?.text).toBe("The page of run R1 shows everything it changed, and why.");
    expect(Buffer.from(world.slack.fileBytes(page?.files?.[0]?.id ?? "") ?? []).toString()).toBe("<!doctype html>");
    expect(world.told).toBe("");
  });

  test.each([["files.getUploadURLExternal"], ["bytes"]])(
    "is sent again where the answer of %s was lost",
    async (path) => {
      await using world = new PageWorld();
      world.fault = once(path, "lost");
      await world.wanted();
      world.ended();
      await world.until(() => world.shown.length > 0);
      await world.pass(100);
      expect(world.shown).toEqual(["zdsync run R1"]);
      expect(world.calls.filter((one) => one === SHARE)).toHaveLength(1);
    },
  );

  test("is not shown twice where the answer to that was lost: the thread is looked at", async () => {
    await using world = new PageWorld();
    world.fault = once(SHARE, "lost");
    await world.wanted();
    world.ended();
    await world.until(() => world.calls.includes("conversations.replies"));
    await world.pass(100);
    expect(world.shown).toEqual(["zdsync run R1"]);
    expect(world.calls.filter((one) => one === SHARE)).toHaveLength(1);
    expect(world.calls.at(-1)).toBe("conversations.replies");
    expect(world.told).toBe("");
  });

  test("is not shown twice after a kill right when Slack was asked", async () => {
    await using world = new PageWorld();
    world.fault = once(SHARE, "lost");
    await world.wanted();
    world.ended();
    await world.until(() => world.calls.includes(SHARE));
    await world.sender.stop();
    world.sender = world.another();
    world.sender.start();
    await world.until(() => world.calls.includes("conversations.replies"));
    await world.pass(100);
    expect(world.shown).toEqual(["zdsync run R1"]);
    expect(world.calls.filter((one) => one === SHARE)).toHaveLength(1);
  });

  test("that Slack neither confirms nor shows is a line in the thread", async () => {
    await using world = new PageWorld();
    world.fault = once(SHARE, () => new Response("", { status: 503 }));
    await world.wanted();
    world.ended();
    await world.until(() => world.told !== "");
    expect(world.shown).toEqual([]);
    expect(world.told).toBe(
      "The page of this run could not be posted here: Slack did not respond, and does not show it.",
    );
    expect(world.calls.filter((one) => one === SHARE)).toHaveLength(1);
  });

  test("without the scope is a line in the thread at once, and nothing is tried again", async () => {
    await using world = new PageWorld();
    world.slack.setScope("files:write", false);
    await world.wanted();
    world.ended();
    await world.until(() => world.told !== "");
    await world.pass(100);
    expect(world.calls).toEqual(["files.getUploadURLExternal"]);
    expect(world.told).toContain("missing_scope");
  });

  test("waits where Slack says that it is too much", async () => {
    await using world = new PageWorld();
    const limited = { status: 429, headers: { "retry-after": "30" } };
    world.fault = once(SHARE, () => Response.json({ ok: false, error: "ratelimited" }, limited));
    await world.wanted();
    world.ended();
    await world.until(() => world.calls.includes(SHARE));
    await world.pass(10);
    expect(world.shown).toEqual([]);
    await world.until(() => world.shown.length > 0);
    expect(world.shown).toEqual(["zdsync run R1"]);
  });

  test("that the run did not leave, or that cannot be had, is a line in the thread", async () => {
    await using world = new PageWorld();
    world.page = async () => ({ is: "none" });
    await world.wanted();
    world.ended();
    await world.until(() => world.told !== "");
    expect(world.told).toBe("The page of this run could not be posted here: the run left none, or it was deleted.");
    await using down = new PageWorld();
    down.page = PageWorld.unreachable;
    await down.wanted();
    down.ended();
    await down.until(() => down.told !== "");
    expect(down.told).toBe("The page of this run could not be posted here: GitLab does not answer.");
    expect([...world.calls, ...down.calls]).toEqual([]);
  });

  test("is sent nowhere that is not Slack's", async () => {
    await using world = new PageWorld();
    const elsewhere = { ok: true, upload_url: "https://files.example.com/upload/v1/x", file_id: "F1" };
    world.fault = (path) => (path === "files.getUploadURLExternal" ? Response.json(elsewhere) : undefined);
    await world.wanted();
    world.ended();
    await world.until(() => world.told !== "");
    expect(new Set(world.calls)).toEqual(new Set(["files.getUploadURLExternal"]));
    expect(world.told).toContain("not Slack's");
  });
});
