import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeSlack, lostAnswer, slackError } from "../../../test/support/slack/fake-slack.ts";
import { createSlackChannel } from "./channel.ts";
import { type NoticeMemory, openNoticeMemory } from "./notice-memory.ts";
import { postNotices } from "./notices.ts";

/** The fake's first message is from then on. */
const NOW = new Date(1_700_000_000_000);
const HOUR = 60 * 60 * 1000;

let folder = "";
let warnings: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-notices-"));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = () => join(folder, "outbox.sqlite");
const open = (channel = "C1", now = NOW) =>
  openNoticeMemory(path(), { channel, now, warn: (message) => void warnings.push(message) });

function organization(id: number, hours: number | null = null) {
  return {
    id,
    salesforce_id: "0014M00001kAbCdQAK",
    name: `Example ${id}`,
    zendeskUrl: "",
    salesforceUrl: "",
    created_at: new Date(NOW.getTime() - (hours ?? 0) * HOUR).toISOString(),
    addresses: [],
    createdByThisRun: hours === null,
  };
}

async function post(slack: FakeSlack, runId: string, organizations: ReturnType<typeof organization>[]) {
  using memory: NoticeMemory = open();
  const channel = createSlackChannel(slack.settings, { minTimeoutMs: 1, timeoutMs: 500 });
  return await postNotices(channel, { runId, dryRun: false }, organizations, {
    now: NOW,
    sleep: async () => {},
    memory,
  });
}

describe("the memory", () => {
  test("knows what stands in its channel, also after the program has ended", () => {
    using memory = open();
    memory.remember([11, 12]);
    memory.remember([12, 13]);
    memory.rememberParent("run-1", "1.0");
    memory.rememberParent("run-1", "2.0");
    using later = open();
    expect(later.known([10, 11, 12, 13])).toEqual(new Set([11, 12, 13]));
    expect([later.parentOf("run-1"), later.parentOf("run-2")]).toEqual(["1.0", null]);
    using other = open("C2");
    expect([other.known([11]).size, other.parentOf("run-1")]).toEqual([0, null]);
  });

  test("forgets after a month, when nothing is due any more", () => {
    using memory = open();
    memory.remember([11]);
    using kept = open("C1", new Date(NOW.getTime() + 29 * 24 * HOUR));
    expect(kept.known([11]).size).toBe(1);
    using forgotten = open("C1", new Date(NOW.getTime() + 31 * 24 * HOUR));
    expect(forgotten.known([11]).size).toBe(0);
  });

  test("its files are the owner's only", async () => {
    using memory = open();
    memory.remember([11]);
    for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ["damaged", () => writeFile(path(), "no database at all, ".repeat(1000))],
    ["empty", () => writeFile(path(), "")],
  ])("a file that is %s: said at most once, nothing is known, nothing is thrown", async (what, prepare) => {
    await prepare();
    using memory = open();
    memory.remember([11]);
    memory.rememberParent("run-1", "1.0");
    expect(memory.known([11]).size).toBe(what === "damaged" ? 0 : 1);
    expect(warnings).toHaveLength(what === "damaged" ? 1 : 0);
  });

  test("a folder that cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    using memory = openNoticeMemory(join(folder, "file", "outbox.sqlite"), {
      channel: "C1",
      now: NOW,
      warn: (message) => void warnings.push(message),
    });
    memory.remember([11]);
    expect([memory.known([11]).size, memory.parentOf("run-1"), warnings.length]).toEqual([0, null, 1]);
  });
});

describe("notices with it (Y4)", () => {
  const forbidden = () =>
    new FakeSlack((method) => (method === "conversations.history" ? slackError("missing_scope") : undefined));

  test("what is known to be posted is not posted again where the channel cannot be read, however young it is", async () => {
    await using slack = forbidden();
    await post(slack, "run-1", [organization(11)]);
    const { posted, alreadyPosted, due } = await post(slack, "run-2", [organization(11, 1), organization(12, 1)]);
    expect({ posted, alreadyPosted, due }).toEqual({ posted: [12], alreadyPosted: [11], due: [] });
  });

  test("nor is the channel read where everything is known", async () => {
    await using slack = new FakeSlack();
    await post(slack, "run-1", [organization(11)]);
    const calls = slack.calls.length;
    expect((await post(slack, "run-2", [organization(11, 1)])).alreadyPosted).toEqual([11]);
    expect(slack.calls).toHaveLength(calls);
  });

  test("what it does not know means nothing: an old organization stays due, a young one is posted", async () => {
    await using slack = forbidden();
    const { posted, due } = await post(slack, "run-1", [organization(11, 3), organization(12, 1)]);
    expect([posted, due.map(({ id }) => id)]).toEqual([[12], [11]]);
  });

  test("a lost answer is not noted: the channel says what became of it", async () => {
    await using slack = new FakeSlack((method, count) =>
      method === "chat.postMessage" && count === 2 ? lostAnswer() : undefined,
    );
    expect((await post(slack, "run-1", [organization(11)])).posted).toEqual([]);
    expect((await post(slack, "run-2", [organization(11, 1)])).alreadyPosted).toEqual([11]);
    expect(slack.messages).toHaveLength(2);
    const calls = slack.calls.length;
    await post(slack, "run-3", [organization(11, 1)]);
    expect(slack.calls).toHaveLength(calls);
  });

  test("the same run once more: no second parent, though the channel cannot be read", async () => {
    await using slack = forbidden();
    await post(slack, "run-1", [organization(11)]);
    await post(slack, "run-1", [organization(11, 1), organization(12, 1)]);
    expect(slack.messages.map(({ thread_ts }) => thread_ts === undefined)).toEqual([true, false, false]);
    expect(new Set(slack.replies.map(({ thread_ts }) => thread_ts))).toEqual(
      new Set([slack.messages[0]?.ts as string]),
    );
  });

  test("deleted or damaged, it changes nothing that is right", async () => {
    await using slack = new FakeSlack();
    await post(slack, "run-1", [organization(11)]);
    for (const spoil of [() => rm(path()), () => writeFile(path(), "nothing"), () => chmod(path(), 0o000)]) {
      await spoil();
      expect(await post(slack, "run-2", [organization(11, 1)])).toEqual({ posted: [], alreadyPosted: [11], due: [] });
    }
    expect(slack.messages).toHaveLength(2);
  });
});
