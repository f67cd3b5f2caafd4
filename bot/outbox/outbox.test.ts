import { describe, expect, test } from "bun:test";
import { createSlackChannel } from "../../lib/remotes/slack/channel.ts";
import type { OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import { FakeSlack, type Interception, lostAnswer, slackError, tooMany } from "../../test/support/slack/fake-slack.ts";
import { openDatabase } from "../database.ts";
import { Outbox } from "./outbox.ts";

/** The fake's first message is from then on. */
const START = 1_700_000_000_000;

function post(key: string, thread: string | null = null): OutgoingPost {
  return { key, thread, text: `about ${key}`, blocks: [{ type: "section", text: { type: "plain_text", text: key } }] };
}

/** An outbox with a channel, a clock that goes on by what is slept, and a note of what was slept. */
function start(slack: FakeSlack) {
  const time = { at: START };
  const slept: number[] = [];
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    time.at += milliseconds;
  };
  const now = () => new Date(time.at);
  const database = openDatabase(":memory:");
  const channel = createSlackChannel(slack.settings, { sleep, timeoutMs: 500, minTimeoutMs: 1 });
  const outbox = new Outbox(database, now);
  const stop: { reason: string | null } = { reason: null };
  const deliver = (box = outbox) => box.deliver(channel, { now, sleep, stop });
  return { outbox, deliver, slept, time, database, stop, now };
}

const onPost =
  (numbers: readonly number[], answer: () => Response): Interception =>
  (method, count) =>
    method === "chat.postMessage" && numbers.includes(count) ? answer() : undefined;
const texts = (slack: FakeSlack) => slack.messages.map(({ text }) => text);

describe("an ordinary day", () => {
  test("posted once, in the order of putting, one a second, with their keys as metadata", async () => {
    await using slack = new FakeSlack();
    const { outbox, deliver, slept } = start(slack);
    for (const key of ["b", "a", "b", "c"]) outbox.enqueue(post(key));
    expect(outbox.tsOf("a")).toBeNull();
    expect(await deliver()).toEqual({ posted: 3, left: 0, blocked: null });
    expect(await deliver()).toEqual({ posted: 0, left: 0, blocked: null });
    expect(texts(slack)).toEqual(["about b", "about a", "about c"]);
    expect(slack.messages[0]?.metadata).toEqual({ event_type: "zdsync_post", event_payload: { key: "b" } });
    expect(outbox.tsOf("a")).toBe(slack.messages[1]?.ts as string);
    expect(slept).toEqual([1000, 1000]);
  });

  test("the pause is kept between deliveries too, less what has passed", async () => {
    await using slack = new FakeSlack();
    const { outbox, deliver, slept, time } = start(slack);
    for (const [key, passed] of [
      ["a", 400],
      ["b", 2000],
      ["c", -5000],
      ["d", 0],
    ] as const) {
      outbox.enqueue(post(key));
      await deliver();
      time.at += passed;
    }
    expect(slept).toEqual([600, 1000]);
  });

  test("a reply waits for the message whose thread it goes to", async () => {
    await using slack = new FakeSlack();
    const { outbox, deliver } = start(slack);
    outbox.enqueue(post("reply", "parent"));
    expect(await deliver()).toEqual({ posted: 0, left: 1, blocked: null });
    outbox.enqueue(post("parent"));
    await deliver();
    await deliver();
    expect(texts(slack)).toEqual(["about parent", "about reply"]);
    expect(slack.messages[1]?.thread_ts).toBe(slack.messages[0]?.ts as string);
  });

  test("what was posted is forgotten in time, unless something waits for its thread", async () => {
    await using slack = new FakeSlack(onPost([3], () => slackError("invalid_blocks")));
    const { outbox, deliver, time } = start(slack);
    outbox.enqueue(post("old"));
    outbox.enqueue(post("parent"));
    outbox.enqueue(post("refused", "parent"));
    await deliver();
    outbox.prune(new Date(time.at + 1));
    expect([outbox.tsOf("old"), outbox.tsOf("parent") === null]).toEqual([null, false]);
    expect(outbox.undelivered().map(({ key }) => key)).toEqual(["refused"]);
  });
});

describe("Slack fails", () => {
  test("rate limits are waited out, within bounds", async () => {
    await using slack = new FakeSlack(onPost([1, 3, 4, 5], () => tooMany(50)));
    const { outbox, deliver, slept } = start(slack);
    outbox.enqueue(post("a"));
    outbox.enqueue(post("b"));
    const blocked = "Slack's rate limit lasted too long";
    expect(await deliver()).toEqual({ posted: 1, left: 1, blocked, waitMs: 50_000 });
    expect(slept.filter((one) => one === 50_000)).toHaveLength(3);
    // Waiting for its turn is no attempt.
    expect(outbox.undelivered()).toMatchObject([
      { key: "b", attempts: 0, reason: expect.stringContaining("rate limit") },
    ]);
    expect((await deliver()).left).toBe(0);
    expect(slept.filter((one) => one === 50_000)).toHaveLength(4);
    expect(texts(slack)).toEqual(["about a", "about b"]);
  });

  test("where an answer says how long Slack wants to be left alone, the message is not sent again before", async () => {
    const unavailable = () => new Response("", { status: 503, headers: { "retry-after": "30" } });
    await using slack = new FakeSlack(onPost([1], unavailable));
    const { outbox, deliver, time } = start(slack);
    outbox.enqueue(post("a"));
    expect(await deliver()).toMatchObject({ posted: 0, left: 1, waitMs: 30_000 });
    expect(await deliver()).toMatchObject({ posted: 1, left: 0 });
    expect(time.at).toBe(START + 30_000);
    expect(texts(slack)).toEqual(["about a"]);
  });

  test("a message that may not be sent for too long is not sent, and that is no attempt", async () => {
    await using slack = new FakeSlack(onPost([1], () => tooMany(500)));
    const { outbox, deliver, time } = start(slack);
    outbox.enqueue(post("a"));
    expect(await deliver()).toMatchObject({ left: 1, waitMs: 500_000 });
    expect(await deliver()).toMatchObject({ left: 1, waitMs: 500_000 });
    expect(slack.calls).toEqual(["chat.postMessage"]);
    expect(outbox.undelivered()).toMatchObject([{ key: "a", attempts: 0 }]);
    time.at += 500_000;
    expect(await deliver()).toMatchObject({ posted: 1, left: 0 });
  });

  test.each([
    ["a lost answer", lostAnswer, 1],
    ["HTTP 500", () => new Response("", { status: 500 }), 0],
    ["no end", () => new Response(new ReadableStream({ start: (one) => one.enqueue(new Uint8Array([123])) })), 0],
  ])("%s: what became of it is read in the channel", async (_, answer, stands) => {
    await using slack = new FakeSlack(onPost([2], answer));
    const { outbox, deliver, slept } = start(slack);
    for (const one of [post("a"), post("b", "a"), post("c")]) outbox.enqueue(one);
    expect(await deliver()).toMatchObject({
      posted: 1,
      left: 2,
      blocked: expect.stringContaining("may have been posted"),
    });
    expect(slack.messages).toHaveLength(1 + stands);
    expect(await deliver()).toEqual({ posted: 2 - stands, left: 0, blocked: null });
    expect(texts(slack)).toEqual(["about a", "about b", "about c"]);
    expect(outbox.tsOf("b")).toBe(slack.messages[1]?.ts as string);
    // Slack was given time before it was asked.
    expect(slept).toContain(5000);
  });

  test.each<[string, () => Response]>([
    ["HTTP 503", () => new Response("", { status: 503 })],
    ["channel_not_found", () => slackError("channel_not_found")],
  ])("while the channel cannot be read (%s), nothing is sent again, and nothing passes it", async (_, answer) => {
    let down = true;
    await using slack = new FakeSlack((method, count) => {
      if (method === "conversations.history" && down) return answer();
      return method === "chat.postMessage" && count === 1 ? lostAnswer() : undefined;
    });
    const { outbox, deliver } = start(slack);
    for (const key of ["a", "b"]) outbox.enqueue(post(key));
    await deliver();
    expect(await deliver()).toMatchObject({
      posted: 0,
      left: 2,
      blocked: expect.stringContaining("cannot see whether"),
    });
    down = false;
    expect((await deliver()).left).toBe(0);
    expect(texts(slack)).toEqual(["about a", "about b"]);
  });

  test("where nobody may read the channel it is sent again, but not without end", async () => {
    await using slack = new FakeSlack((method, count) => {
      if (method === "conversations.history") return slackError("missing_scope");
      return method === "chat.postMessage" && count < 6 ? lostAnswer() : undefined;
    });
    const { outbox, deliver } = start(slack);
    outbox.enqueue(post("a"));
    for (let times = 0; times < 6; times++) await deliver();
    expect(texts(slack)).toEqual(["about a", "about a", "about a"]);
    expect(outbox.undelivered()).toMatchObject([{ key: "a", attempts: 3, reason: expect.stringContaining("3 times") }]);
  });

  test("an archived channel: nothing is lost, everything is listed, and it goes on later", async () => {
    let archived = true;
    await using slack = new FakeSlack(() => (archived ? slackError("is_archived") : undefined));
    const { outbox, deliver } = start(slack);
    for (const key of ["a", "b"]) outbox.enqueue(post(key));
    const { blocked } = await deliver();
    expect(blocked).toContain("is_archived");
    expect(slack.calls).toHaveLength(1);
    expect(outbox.undelivered()).toEqual([
      { key: "a", since: new Date(START), attempts: 1, reason: blocked },
      { key: "b", since: new Date(START), attempts: 0, reason: null },
    ]);
    archived = false;
    expect(await deliver()).toEqual({ posted: 2, left: 0, blocked: null });
    expect(texts(slack)).toEqual(["about a", "about b"]);
  });

  test("one message that Slack refuses does not hold up others, and is tried again now and then", async () => {
    await using slack = new FakeSlack(onPost([1, 3], () => slackError("invalid_blocks")));
    const { outbox, deliver, time } = start(slack);
    for (const key of ["a", "b"]) outbox.enqueue(post(key));
    expect(await deliver()).toEqual({ posted: 1, left: 1, blocked: null });
    await deliver();
    expect(slack.calls).toHaveLength(2);
    time.at += 60_000;
    await deliver();
    expect(slack.calls).toHaveLength(3);
    time.at += 60_000;
    await deliver();
    expect(slack.calls).toHaveLength(3);
    time.at += 60_000;
    expect((await deliver()).left).toBe(0);
    expect(texts(slack)).toEqual(["about b", "about a"]);
  });

  test("a message that never gets an answer lets others pass in the end", async () => {
    await using slack = new FakeSlack(onPost([1, 2, 3], () => new Response("", { status: 500 })));
    const { outbox, deliver } = start(slack);
    for (const key of ["a", "b"]) outbox.enqueue(post(key));
    await deliver();
    await deliver();
    expect(texts(slack)).toEqual([]);
    await deliver();
    expect(texts(slack)).toEqual(["about b"]);
  });

  test("once asked to stop, nothing further is posted", async () => {
    await using slack = new FakeSlack();
    const { outbox, deliver, stop } = start(slack);
    outbox.enqueue(post("a"));
    stop.reason = "SIGTERM";
    expect(await deliver()).toEqual({ posted: 0, left: 1, blocked: "stopped (SIGTERM)" });
    expect(slack.calls).toEqual([]);
    expect(outbox.undelivered()[0]?.attempts).toBe(0);
  });
});
