import { describe, expect, test } from "bun:test";
import { isValidSlackRequest } from "@slack/bolt";
import { CHANNEL, SIGNING_SECRET, startSlack } from "../test/slack.ts";
import { commandBody, eventBody } from "./payloads.ts";
import { signedRequest } from "./signing.ts";

/** An app that keeps what it was asked and answers what the test says. */
function appThat(answers: (request: Request) => Response | Promise<Response> = () => new Response()) {
  const asked: Array<{ request: Request; body: string }> = [];
  const app = async (request: Request) => {
    asked.push({ request, body: await request.clone().text() });
    return answers(request);
  };
  return { app, asked };
}

const signatureHolds = ({ request, body }: { request: Request; body: string }, nowMilliseconds?: number) =>
  isValidSlackRequest({
    signingSecret: SIGNING_SECRET,
    body,
    headers: {
      "x-slack-signature": request.headers.get("x-slack-signature") ?? "",
      "x-slack-request-timestamp": Number(request.headers.get("x-slack-request-timestamp")),
    },
    ...(nowMilliseconds === undefined ? {} : { nowMilliseconds }),
  });

describe("a slash command", () => {
  test("is the form that Slack sends, signed so that Bolt believes it", async () => {
    const { slack } = startSlack();
    const { app, asked } = appThat();
    const done = await slack.person({ app }).types("/zdsync run  global — “x” ", { user: "U0BOB00001" });
    expect(asked).toHaveLength(1);
    const [first] = asked;
    if (!first) throw new Error("nothing was asked");
    expect(first.request.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(signatureHolds(first)).toBe(true);
    expect(signatureHolds({ ...first, body: `${first.body}&x=1` })).toBe(false);
    expect(Object.fromEntries(new URLSearchParams(first.body))).toEqual(done.sent as Record<string, string>);
    expect(done.sent).toEqual({
      token: expect.any(String),
      team_id: "T0SANDBOX1",
      team_domain: "sandbox",
      channel_id: CHANNEL,
      channel_name: "support-notices",
      user_id: "U0BOB00001",
      user_name: "bob",
      command: "/zdsync",
      text: "run  global — “x”",
      api_app_id: "A0SANDBOX1",
      is_enterprise_install: "false",
      response_url: expect.stringMatching(/\/commands\/T0SANDBOX1\/\d+\/[0-9a-f]{24}$/),
      trigger_id: expect.any(String),
    });
    expect(done).toMatchObject({ over: "http", is: "answered", status: 200, body: "", shown: null });
  });

  test("what the acknowledgement says is shown to the one who typed, or to all where it says so", async () => {
    const { slack } = startSlack();
    const answer = async (response: Response) =>
      (await slack.person({ app: () => response }).types("/zdsync help")).shown;
    expect(await answer(new Response("plain"))).toMatchObject({ text: "plain", visibleTo: "U0ANN00001" });
    expect(await answer(Response.json({ text: "json" }))).toMatchObject({ text: "json", visibleTo: "U0ANN00001" });
    expect(await answer(Response.json({}))).toBeNull();
    const forAll = await answer(Response.json({ text: "all", response_type: "in_channel" }));
    expect(forAll).toMatchObject({ text: "all", visibleTo: null });
    expect(slack.messages().map(({ text }) => text)).toEqual(["all"]);
    const typed = slack.conversation().filter(({ kind }) => kind === "typed");
    expect(typed.map(({ visibleTo }) => visibleTo)).toEqual(["U0ANN00001", "U0ANN00001", "U0ANN00001", null]);
    const bad = await answer(Response.json({ text: "x", blocks: [{ type: "nonsense" }] }));
    expect(bad).toMatchObject({ kind: "error", text: '/zdsync failed with the error "invalid_blocks"' });
  });

  test("no answer in time, another status, nobody there: the person is told", async () => {
    const { slack } = startSlack();
    const never = slack.person({ app: () => new Promise<Response>(() => {}), acknowledgeMs: 1 });
    const late = await never.types("/zdsync run");
    expect(late).toMatchObject({ is: "late", status: null });
    expect(late.shown?.text).toBe('/zdsync failed with the error "operation_timeout"');
    const broken = await slack.person({ app: () => new Response("no", { status: 500 }) }).types("/zdsync run");
    expect(broken.shown?.text).toBe('/zdsync failed with the error "dispatch_failed"');
    const nobody = await slack.person().types("/zdsync run");
    expect(nobody).toMatchObject({ is: "unreachable", shown: { kind: "error" } });
  });
});

describe("forged requests", () => {
  test("wrong secret, old timestamp, missing headers, another body", async () => {
    const { slack } = startSlack();
    const { app, asked } = appThat();
    await slack.person({ app, signingSecret: "wrong" }).types("/zdsync run");
    await slack.person({ app, timestamp: () => 1_000_000_000 }).types("/zdsync run");
    expect(asked.map((one) => signatureHolds(one))).toEqual([false, false]);
    // Only the time is wrong with the second one.
    expect(asked[1] && signatureHolds(asked[1], 1_000_000_000_000)).toBe(true);
    const bare = signedRequest({
      url: "https://bot.example/slack/events",
      body: commandBody({ command: "/zdsync" }),
      secret: SIGNING_SECRET,
      timestamp: null,
      signature: null,
      contentType: "application/x-www-form-urlencoded; charset=utf-8",
    });
    expect(bare.headers.get("x-slack-signature")).toBeNull();
    expect(bare.headers.get("x-slack-request-timestamp")).toBeNull();
    expect(bare.headers.get("content-type")).toEndWith("charset=utf-8");
  });

  test("the same request can be made without being sent", async () => {
    const { slack } = startSlack();
    const { app } = appThat();
    const request = slack
      .person({ app })
      .commandRequest("/zdsync status", { channel: "C0ELSEWHERE", team: "T0OTHER001" });
    const fields = Object.fromEntries(new URLSearchParams(await request.text()));
    expect(fields).toMatchObject({ text: "status", channel_id: "C0ELSEWHERE", team_id: "T0OTHER001" });
    expect(slack.conversation()).toEqual([]);
  });
});

test("an event is JSON, and says when it is sent again", async () => {
  const { slack } = startSlack();
  const { app, asked } = appThat();
  const event = { type: "app_mention", user: "U0ANN00001", text: "hello" };
  await slack.person({ app }).causes(event, { eventId: "Ev1" });
  await slack.person({ app }).causes(event, { eventId: "Ev1", retry: 1 });
  expect(asked.map((one) => signatureHolds(one))).toEqual([true, true]);
  expect(asked.map(({ body }) => JSON.parse(body))).toMatchObject([
    { type: "event_callback", event_id: "Ev1", event },
    { type: "event_callback", event_id: "Ev1", event },
  ]);
  expect(asked.map(({ request }) => request.headers.get("x-slack-retry-num"))).toEqual([null, "1"]);
  expect(asked[1]?.request.headers.get("x-slack-retry-reason")).toBe("http_timeout");
  expect(JSON.parse(eventBody(event, "Ev2", new Date(5000)))).toMatchObject({ event_time: 5 });
});
