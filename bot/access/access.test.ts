import { describe, expect, test } from "bun:test";
import type { SlackAccess } from "../../lib/domain/config.ts";
import type { GroupMembers } from "../../lib/remotes/slack/user-groups.ts";
import { createAccess } from "./access.ts";
import { decideAccess } from "./decide-access.ts";

const slack: SlackAccess = { team: "T1", channels: ["C1", "C2"], users: ["U1"], user_groups: ["S1", "S2"] };
const ann = { team: "T1", channel: "C1", user: "U1" };
const sue = { ...ann, user: "U2" };
const read = (...users: string[]): GroupMembers => ({ is: "read", users: new Set(users) });
const unread: GroupMembers = { is: "unread", reason: "Slack did not respond <!channel>" };
const gateOf = (decision: { is: string; gate?: string }) => decision.gate ?? decision.is;

describe("the gates", () => {
  const usersOnly = { ...slack, user_groups: [] };
  test.each([
    ["on the list", slack, ann, "allowed"],
    ["another allowed channel", slack, { ...ann, channel: "C2" }, "allowed"],
    ["another workspace", slack, { ...ann, team: "T2" }, "workspace"],
    ["no workspace told", slack, { ...ann, team: "" }, "workspace"],
    ["another channel", slack, { ...ann, channel: "C3" }, "channel"],
    ["no channel told", slack, { ...ann, channel: "" }, "channel"],
    ["not on the list", usersOnly, sue, "user"],
    ["no user told", usersOnly, { ...ann, user: "" }, "user"],
    ["a group may decide", slack, sue, "ask groups"],
    ["no team set", { ...slack, team: null }, ann, "settings"],
    ["an empty team set", { ...slack, team: "" }, { ...ann, team: "" }, "settings"],
    ["no channels set", { ...slack, channels: [] }, ann, "settings"],
    ["neither users nor groups set", { ...slack, users: [], user_groups: [] }, ann, "settings"],
    ["nothing set", { team: null, channels: [], users: [], user_groups: [] }, ann, "settings"],
    ["groups only", { ...slack, users: [] }, ann, "ask groups"],
  ] as const)("%s", (_, lists, actor, gate) => {
    expect(gateOf(decideAccess(lists, actor, null))).toBe(gate);
  });

  test.each([
    ["in one of the groups", { S1: read("U9"), S2: read("U2") }, "allowed"],
    ["in none", { S1: read("U9"), S2: read() }, "user"],
    ["in one, the other unread", { S1: unread, S2: read("U2") }, "allowed"],
    ["in none that was read", { S1: unread, S2: read("U9") }, "unread"],
    ["none read", { S1: unread, S2: unread }, "unread"],
    ["one not looked up", { S1: read("U9") }, "unread"],
  ] as [string, Record<string, GroupMembers>, string][])("%s", (_, members, gate) => {
    expect(gateOf(decideAccess(slack, sue, new Map(Object.entries(members))))).toBe(gate);
  });
});

describe("the refusal", () => {
  const said = (decision: ReturnType<typeof decideAccess>) =>
    decision.is === "refused" ? decision.lines.join("\n") : "";

  test.each([
    [{ ...sue, team: "T2" }, "Not from this workspace", "`team`"],
    [{ ...sue, channel: "C3" }, "Not in this channel", "`channels`"],
  ])("names the gate and who changes it", (actor, gate, key) => {
    const lines = said(decideAccess(slack, actor, null));
    for (const part of [gate, key, "zdsync.config.yml", "`slack:`", "/zdsync status"]) expect(lines).toContain(part);
  });

  test("names no members, groups or channels", () => {
    const lines = said(
      decideAccess(
        slack,
        sue,
        new Map([
          ["S1", read("U8")],
          ["S2", read("U9")],
        ]),
      ),
    );
    expect(lines).toContain("not on the list of users and not in an allowed user group");
    expect(lines).not.toMatch(/U1|U8|U9|S1|S2|C1|C2|T1/);
  });

  test("an unread group is not said to lack anybody, and its reason shows as text", () => {
    const lines = said(
      decideAccess(
        slack,
        sue,
        new Map([
          ["S1", unread],
          ["S2", read()],
        ]),
      ),
    );
    expect(lines).toContain("whether you are in an allowed user group (Slack did not respond &lt;!channel&gt;)");
    expect(lines).not.toContain("not among");
  });

  test("what is not set is named", () => {
    const lines = said(decideAccess({ team: null, channels: [], users: [], user_groups: [] }, sue, null));
    expect(lines).toContain("not configured: team, channels, users or user_groups");
  });
});

describe("looking up", () => {
  function counted(answer: (group: string) => Promise<GroupMembers>) {
    const asked: string[] = [];
    const members = (group: string) => {
      asked.push(group);
      return answer(group);
    };
    return { asked, access: createAccess(slack, { members }) };
  }

  test("people on the list, and people already refused, need none", async () => {
    const { asked, access } = counted(async () => read("U2"));
    expect(gateOf(await access.decide(ann))).toBe("allowed");
    expect(gateOf(await access.decide({ ...sue, channel: "C3" }))).toBe("channel");
    expect(access.known(ann)).toEqual({ is: "allowed" });
    expect(access.known(sue)).toBeNull();
    expect(asked).toEqual([]);
  });

  test("every group is asked; a look-up that throws lets nobody in", async () => {
    const { asked, access } = counted(async () => {
      throw new Error("broken");
    });
    expect(gateOf(await access.decide(sue))).toBe("unread");
    expect(asked).toEqual(["S1", "S2"]);
  });
});
