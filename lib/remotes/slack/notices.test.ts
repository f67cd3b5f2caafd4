import { describe, expect, test } from "bun:test";
import {
  FakeSlack,
  type Interception,
  lostAnswer,
  slackError,
  tooMany,
} from "../../../test/support/slack/fake-slack.ts";
import { reason } from "../../domain/reason.ts";
import { StopRequest } from "../../stop.ts";
import { createSlackChannel, recordingChannel } from "./channel.ts";
import type { NoticeOrganization } from "./notice.ts";
import type { NoticeOptions } from "./notices.ts";
import { postNotices } from "./notices.ts";

/** The fake's first message is from then on. */
const NOW = new Date(1_700_000_000_000);
const RUN = { runId: "run-2", dryRun: false };
const HOUR = 60 * 60 * 1000;

function organization(id: number, change: Partial<NoticeOrganization> = {}): NoticeOrganization {
  return {
    id,
    salesforce_id: "0014M00001kAbCdQAK",
    name: `Example ${id}`,
    zendeskUrl: `https://example.zendesk.com/agent/organizations/${id}`,
    salesforceUrl: "https://example.my.salesforce.com/0014M00001kAbCdQAK",
    created_at: new Date(NOW.getTime() - HOUR).toISOString(),
    addresses: [],
    createdByThisRun: true,
    ...change,
  };
}

const earlier = (id: number, hours: number) =>
  organization(id, { createdByThisRun: false, created_at: new Date(NOW.getTime() - hours * HOUR).toISOString() });

/** Organizations each so large that ten of them fill a message. */
const large = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    organization(index + 1, {
      addresses: Array.from({ length: 8 }, () => ({
        email: "a".repeat(80),
        reason: reason("legacy.text", { text: "r".repeat(60) }),
      })),
    }),
  );

/** Posts to the fake without waiting; `slept` notes the waits. */
async function post(
  slack: FakeSlack,
  organizations: NoticeOrganization[],
  { runId = "run-2", ...change }: Partial<NoticeOptions> & { runId?: string } = {},
) {
  const slept: number[] = [];
  const sleep = async (milliseconds: number) => void slept.push(milliseconds);
  const channel = createSlackChannel(slack.settings, { sleep, timeoutMs: 500, minTimeoutMs: 1 });
  const result = await postNotices(channel, { runId, dryRun: false }, organizations, { now: NOW, sleep, ...change });
  return { ...result, slept, dueIds: result.due.map((one) => one.id) };
}

describe("posting (Y4)", () => {
  test("nobody to report: Slack is not asked at all", async () => {
    await using slack = new FakeSlack();
    expect(await post(slack, [])).toMatchObject({ posted: [], alreadyPosted: [], due: [] });
    expect(slack.calls).toEqual([]);
  });

  test("a parent message, the organizations in its thread, with metadata and fallback text", async () => {
    await using slack = new FakeSlack();
    expect((await post(slack, [organization(11), organization(12)])).posted).toEqual([11, 12]);
    const [parent, reply] = slack.messages;
    expect(slack.messages).toHaveLength(2);
    expect(parent?.thread_ts).toBeUndefined();
    expect(parent?.text).toBe("2 organizations created without support contacts");
    expect(reply?.thread_ts).toBe(parent?.ts);
    expect(reply?.text).toContain("(11, 12)");
    expect(reply?.metadata?.event_payload).toEqual({ run_id: "run-2", organization_ids: "11,12" });
  });

  test("at most one message a second", async () => {
    await using slack = new FakeSlack();
    const { slept, posted } = await post(slack, large(500));
    expect(posted).toHaveLength(500);
    expect(slack.messages.length).toBeLessThanOrEqual(60);
    expect(slept).toEqual(Array.from({ length: slack.messages.length - 1 }, () => 1000));
  });

  test("organizations that this run created are posted without reading the channel", async () => {
    await using slack = new FakeSlack();
    await post(slack, [organization(11)]);
    expect(slack.calls).toEqual(["chat.postMessage", "chat.postMessage"]);
  });
});

describe("once (Y4)", () => {
  test("what an earlier run posted is not posted again, what it could not post is", async () => {
    await using slack = new FakeSlack();
    await post(slack, large(30));
    const before = slack.messages.length;
    const due = [...large(30).map((one) => ({ ...one, createdByThisRun: false })), earlier(99, 100)];
    const again = await post(slack, due, { runId: "run-3" });
    expect(again.alreadyPosted).toEqual(large(30).map((one) => one.id));
    expect(again.posted).toEqual([99]);
    expect(slack.messages.length).toBe(before + 2);
  });

  test("the same run once more, after it was interrupted: its parent message is used again", async () => {
    const interrupt: Interception = (method, count) =>
      method === "chat.postMessage" && count === 3 ? slackError("internal_error") : undefined;
    await using slack = new FakeSlack(interrupt);
    const organizations = large(8);
    const first = await post(slack, organizations);
    expect(first.due.length).toBeGreaterThan(0);
    const again = organizations.map((one) => ({ ...one, createdByThisRun: false }));
    const { posted, alreadyPosted } = await post(slack, again);
    expect([...alreadyPosted, ...posted].sort()).toEqual(organizations.map(({ id }) => id));
    expect(slack.messages.filter((one) => one.thread_ts === undefined)).toHaveLength(1);
    expect(new Set(slack.replies.map((one) => one.thread_ts))).toEqual(new Set([slack.messages[0]?.ts as string]));
  });

  test("messages of others, with or without metadata, do not count", async () => {
    await using slack = new FakeSlack();
    const base = { ts: "1700000000.000001", text: "", blocks: [] };
    slack.messages.push(base, {
      ...base,
      metadata: { event_type: "other", event_payload: { organization_ids: "11" } },
    });
    slack.messages.push({
      ...base,
      metadata: { event_type: "zdsync_organizations_without_contacts", event_payload: { deep: {} } },
    });
    expect((await post(slack, [earlier(11, 100)])).posted).toEqual([11]);
  });

  test("the last eight days are read", async () => {
    await using slack = new FakeSlack();
    await post(slack, [organization(11)]);
    const days = (count: number) => new Date(NOW.getTime() + count * 24 * HOUR);
    expect((await post(slack, [earlier(11, 0)], { now: days(7.9) })).alreadyPosted).toEqual([11]);
    expect((await post(slack, [earlier(11, 0)], { now: days(8.1) })).posted).toEqual([11]);
  });

  test.each(["missing_scope", "not_in_channel"])(
    "without the permission to read (%s) only the last two hours are posted again",
    async (code) => {
      await using slack = new FakeSlack((method) =>
        method === "conversations.history" ? slackError(code) : undefined,
      );
      const { posted, due } = await post(slack, [earlier(11, 1.9), earlier(12, 2.1), organization(13)]);
      expect(posted).toEqual([11, 13]);
      expect(due.map((one) => one.id)).toEqual([12]);
      expect(due[0]?.reason).toMatchObject({
        code: "notice.unseen",
        params: { message: expect.stringContaining(code) },
      });
    },
  );

  test.each<[string, number, () => Response]>([
    ["HTTP 503", 3, () => new Response("", { status: 503 })],
    ["channel_not_found", 1, () => slackError("channel_not_found")],
  ])("while the channel cannot be read (%s), organizations of earlier runs wait", async (_, reads, answer) => {
    await using slack = new FakeSlack((method) => (method === "conversations.history" ? answer() : undefined));
    const { posted, dueIds } = await post(slack, [earlier(11, 1), organization(12)]);
    expect(posted).toEqual([12]);
    expect(dueIds).toEqual([11]);
    expect(slack.calls.filter((one) => one === "conversations.history")).toHaveLength(reads);
  });

  test("a channel that is read slowly is read to the end", async () => {
    await using slack = new FakeSlack((method, count) =>
      method.startsWith("conversations.") && count % 2 === 1 ? tooMany(7) : undefined,
    );
    await post(slack, large(30));
    const { alreadyPosted, slept } = await post(slack, [earlier(1, 1), earlier(30, 1)]);
    expect(alreadyPosted).toEqual([1, 30]);
    expect(slept).toContain(7000);
  });

  test("a lost answer is not sent again; the next run finds the message and leaves it", async () => {
    await using slack = new FakeSlack((method, count) =>
      method === "chat.postMessage" && count === 2 ? lostAnswer() : undefined,
    );
    const { posted, due } = await post(slack, [organization(11)]);
    expect(posted).toEqual([]);
    expect(due[0]?.reason.code).toBe("notice.unclear");
    expect(slack.messages).toHaveLength(2);
    expect((await post(slack, [earlier(11, 1)])).alreadyPosted).toEqual([11]);
  });
});

describe("Slack fails, the sync does not (Y4)", () => {
  test.each<[string, () => Response]>([
    ["is_archived", () => slackError("is_archived")],
    ["channel_not_found", () => slackError("channel_not_found")],
    ["missing_scope", () => slackError("missing_scope")],
    ["invalid_auth", () => slackError("invalid_auth")],
    ["HTTP 500", () => new Response("", { status: 500 })],
    ["not from Slack", () => new Response("<html>sue@example.com</html>")],
    ["did not respond", lostAnswer],
  ])("%s", async (said, answer) => {
    await using slack = new FakeSlack(() => answer());
    const { posted, due } = await post(slack, [organization(11), organization(12)]);
    expect(posted).toEqual([]);
    expect(due.map((one) => one.id)).toEqual([11, 12]);
    expect(JSON.stringify(due[0]?.reason)).toContain(said);
    expect(JSON.stringify(due[0]?.reason)).not.toContain("sue");
    expect(slack.calls).toEqual(["chat.postMessage"]);
  });

  test("a server that is not there", async () => {
    const channel = createSlackChannel(
      { token: "x", channel: "C1", apiUrl: "http://127.0.0.1:1/" },
      { minTimeoutMs: 1 },
    );
    const sleep = async () => {};
    const { due } = await postNotices(channel, RUN, [organization(11), earlier(12, 1)], { now: NOW, sleep });
    expect(due.map((one) => one.id)).toEqual([12, 11]);
  });

  test("a message that never ends is given up", async () => {
    await using slack = new FakeSlack(
      () => new Response(new ReadableStream({ start: (one) => one.enqueue(new Uint8Array([123])) })),
    );
    expect((await post(slack, [organization(11)])).dueIds).toEqual([11]);
    expect(slack.calls).toHaveLength(1);
  });

  test("one message that is refused does not hold up the others; three in a row end it", async () => {
    const refuse = (numbers: number[]) => (method: string, count: number) =>
      method === "chat.postMessage" && numbers.includes(count) ? slackError("invalid_blocks") : undefined;
    await using some = new FakeSlack(refuse([2]));
    const first = await post(some, large(60));
    expect(some.replies.length).toBeGreaterThan(2);
    expect(first.posted.length + first.due.length).toBe(60);
    expect(first.due[0]?.id).toBe(1);
    await using most = new FakeSlack(refuse([3, 4, 5]));
    const second = await post(most, large(100));
    expect(most.calls).toHaveLength(5);
    expect(second.posted.length + second.due.length).toBe(100);
  });

  test("a first fill does not outlast the run: the rest is for the next one", async () => {
    await using slack = new FakeSlack();
    const { posted, due } = await post(slack, large(1200));
    expect(slack.replies).toHaveLength(100);
    expect(posted.length + due.length).toBe(1200);
    expect(due[0]?.reason).toEqual(reason("notice.too_many", { most: 100 }));
  });

  test("once asked to stop, nothing further is posted (S7)", async () => {
    await using slack = new FakeSlack();
    const stop = new StopRequest();
    const sleep = async () => stop.request("SIGTERM");
    const { posted, due } = await post(slack, [organization(11)], { stop, sleep });
    expect(posted).toEqual([]);
    expect(due).toEqual([{ id: 11, reason: reason("notice.refused", { message: "stopped (SIGTERM)" }) }]);
    expect(slack.messages).toHaveLength(1);
  });
});

describe("rate limits", () => {
  test.each([
    ["said", 30, 30_000],
    ["not said", undefined, 10_000],
  ])("the wait is kept: %s", async (_, retryAfter, wait) => {
    await using slack = new FakeSlack((_, count) => (count === 1 ? tooMany(retryAfter) : undefined));
    const { posted, slept } = await post(slack, [organization(11)]);
    expect(posted).toEqual([11]);
    expect(slept).toContain(wait);
  });

  test("but not without end", async () => {
    await using slack = new FakeSlack(() => tooMany(50));
    const { due, slept } = await post(slack, [organization(11)]);
    expect(due).toEqual([{ id: 11, reason: reason("notice.rate_limited") }]);
    expect(slept.filter((one) => one === 50_000)).toHaveLength(2);
  });
});

test("a dry run reads the channel and posts nothing", async () => {
  await using slack = new FakeSlack();
  await post(slack, [organization(11)]);
  const channel = recordingChannel(createSlackChannel(slack.settings));
  const setting = { now: NOW, sleep: async () => {} };
  const run = { runId: "run-3", dryRun: true };
  const result = await postNotices(channel, run, [earlier(11, 1), organization(12)], setting);
  expect(result).toEqual({ posted: [12], alreadyPosted: [11], due: [] });
  expect(channel.recorded).toHaveLength(2);
  expect(slack.messages).toHaveLength(2);
});
