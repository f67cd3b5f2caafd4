import { describe, expect, test } from "bun:test";
import { CHANNEL, startSlack } from "../test/slack.ts";

const buttons = (value = "17") => [
  {
    type: "actions",
    elements: [
      { type: "button", text: { type: "plain_text", text: "Go" }, action_id: "go", value, style: "primary" },
      { type: "button", text: { type: "plain_text", text: "Stop" }, action_id: "stop", value },
    ],
  },
];

/** A Slack, Ann, who typed a command whose acknowledgement showed her two buttons, and how an app responds. */
async function withButtons() {
  const { slack, wait } = startSlack();
  const answer = { text: "Really?", blocks: buttons() };
  const ann = slack.person({ app: (request) => answersWhere(request, answer) });
  const typed = await ann.types("/zdsync run");
  if (!typed.shown) throw new Error("the acknowledgement was not shown");
  const respond = async (url: string, body: unknown, init: RequestInit = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { "content-type": "application/json" };
    const response = await slack.fetch(new Request(url, { method: "POST", headers, body: text, ...init }));
    return `${response.status} ${await response.text()}`;
  };
  return { slack, wait, ann, typed, message: typed.shown, respond };
}

/** Commands are answered with the message, clicks with nothing. */
async function answersWhere(request: Request, answer: object): Promise<Response> {
  return (await request.text()).startsWith("payload=") ? new Response() : Response.json(answer);
}

const OK = "200 ok";
const texts = (slack: ReturnType<typeof startSlack>["slack"], standing = "stands") =>
  slack.conversation().flatMap((one) => (one.kind === "message" && one.standing === standing ? [one.text] : []));

describe("after a command", () => {
  test("answers go to the one who asked, unless they are for the channel", async () => {
    const { slack, typed, respond } = await withButtons();
    expect(await respond(typed.responseUrl, { text: "for you" })).toBe(OK);
    expect(await respond(typed.responseUrl, { text: "for all", response_type: "in_channel" })).toBe(OK);
    const seen = slack.conversation().filter(({ text }) => text.startsWith("for"));
    expect(seen.map(({ visibleTo }) => visibleTo)).toEqual(["U0ANN00001", null]);
    expect(slack.messages()).toMatchObject([{ channel: CHANNEL, text: "for all" }]);
  });

  test("there is nothing to replace: it is one more message", async () => {
    const { slack, typed, respond } = await withButtons();
    expect(await respond(typed.responseUrl, { text: "instead", replace_original: true })).toBe(OK);
    expect(texts(slack)).toEqual(["Really?", "instead"]);
  });

  test("five times, within half an hour", async () => {
    const { slack, typed, wait, ann, respond } = await withButtons();
    const other = await ann.types("/zdsync status");
    for (let use = 0; use < 5; use++) expect(await respond(typed.responseUrl, { text: `${use}` })).toBe(OK);
    expect(await respond(typed.responseUrl, { text: "6" })).toBe('404 {"ok":false,"error":"used_url"}');
    wait(29 * 60 + 59);
    expect(await respond(other.responseUrl, { text: "in time" })).toBe(OK);
    wait(1);
    expect(await respond(other.responseUrl, { text: "late" })).toBe('404 {"ok":false,"error":"expired_url"}');
    expect(texts(slack).at(-1)).toBe("in time");
  });

  test("what Slack does not take changes nothing, and is not counted", async () => {
    const { slack, typed, respond } = await withButtons();
    const url = typed.responseUrl;
    for (const body of ["{", "[]", "payload=%7B%7D"])
      expect(await respond(url, body)).toBe('400 {"ok":false,"error":"invalid_payload"}');
    expect(await respond(url, {})).toBe('400 {"ok":false,"error":"no_text"}');
    const wrong = { text: "x", blocks: [{ type: "nonsense" }] };
    expect(await respond(url, wrong)).toBe('400 {"ok":false,"error":"invalid_blocks"}');
    expect(await respond(`${url}0`, { text: "x" })).toStartWith("404");
    for (let use = 0; use < 5; use++) expect(await respond(url, { text: `${use}` })).toBe(OK);
    expect(texts(slack)).toHaveLength(6);
  });

  test("a test can end its life", async () => {
    const { slack, typed, respond } = await withButtons();
    slack.expireResponseUrls();
    expect(await respond(typed.responseUrl, { text: "x" })).toContain("expired_url");
  });

  test("the address is a secret", async () => {
    const { slack, typed } = await withButtons();
    expect(slack.tokens().some((secret) => secret.length > 20 && typed.responseUrl.endsWith(secret))).toBe(true);
  });
});

describe("after a click", () => {
  test("the payload is that of a click in an ephemeral message: it does not hold the message", async () => {
    const { ann, message } = await withButtons();
    const { sent } = await ann.clicks(message, "go");
    expect(sent).toMatchObject({
      type: "block_actions",
      user: { id: "U0ANN00001", username: "ann", team_id: "T0SANDBOX1" },
      team: { id: "T0SANDBOX1", domain: "sandbox" },
      channel: { id: CHANNEL, name: "support-notices" },
      container: { type: "message", message_ts: message.ts, channel_id: CHANNEL, is_ephemeral: true },
      response_url: expect.stringContaining("/actions/T0SANDBOX1/"),
      actions: [{ type: "button", action_id: "go", value: "17", block_id: "b0000", style: "primary" }],
    });
    expect(sent).not.toHaveProperty("message");
    expect(Object.keys((sent.actions as object[])[0] ?? {}).sort()).toEqual(
      ["action_id", "action_ts", "block_id", "style", "text", "type", "value"].sort(),
    );
  });

  test("the answer stands in the place of the message, or beside it, or the message goes", async () => {
    const { slack, ann, message, respond } = await withButtons();
    const { responseUrl } = await ann.clicks(message.ts, "go");
    expect(await respond(responseUrl, { text: "beside" })).toBe(OK);
    expect(await respond(responseUrl, { text: "instead", replace_original: true, response_type: "in_channel" })).toBe(
      OK,
    );
    const [replaced, , instead] = slack.conversation().filter(({ kind }) => kind === "message");
    expect(replaced).toMatchObject({ text: "Really?", standing: "replaced", ts: message.ts });
    // Who sees a message cannot change.
    expect(instead).toMatchObject({ text: "instead", ts: message.ts, visibleTo: "U0ANN00001", blocks: [] });
    expect(await respond(responseUrl, { delete_original: true })).toBe(OK);
    expect(texts(slack)).toEqual(["beside"]);
    expect(texts(slack, "deleted")).toEqual(["instead"]);
  });

  test("in a channel's message: the payload holds it as Slack keeps it, and the channel's message changes", async () => {
    const { slack, ann, typed, respond } = await withButtons();
    await respond(typed.responseUrl, { text: "all", blocks: buttons("9"), response_type: "in_channel" });
    const ts = slack.messages()[0]?.ts ?? "";
    const { sent, responseUrl } = await ann.clicks(ts, { action_id: "stop", value: "9" }, { user: "U0BOB00001" });
    expect(sent).toMatchObject({
      container: { message_ts: ts, is_ephemeral: false },
      message: { ts, text: "all", bot_id: "B0SANDBOX1", blocks: [{ type: "actions", block_id: "b0000" }] },
      user: { id: "U0BOB00001" },
    });
    await respond(responseUrl, { text: "changed", replace_original: "true" });
    expect(slack.messages()).toMatchObject([{ ts, text: "changed", blocks: [] }]);
    await respond(responseUrl, { delete_original: true });
    expect(slack.messages()).toEqual([]);
  });

  test("what nobody sees cannot be clicked, but an old screen and a forged click can", async () => {
    const { slack, ann, message, respond } = await withButtons();
    await expect(ann.clicks(message, "go", { user: "U0BOB00001" })).rejects.toThrow("Only U0ANN00001 sees");
    await expect(ann.clicks(message, "undo")).rejects.toThrow("no button");
    await expect(ann.clicks(message, { action_id: "go", value: "18" })).rejects.toThrow("no button");
    await expect(ann.clicks("1.000000", "go")).rejects.toThrow("No message");
    const { responseUrl } = await ann.clicks(message, "go");
    await respond(responseUrl, { text: "gone", replace_original: true });
    await expect(ann.clicks(message.ts, "go")).rejects.toThrow("no button");
    expect(await ann.clicks(message, "go")).toMatchObject({ status: 200 });
    const forged = ann.clickRequest(message, { action_id: "go", value: "18" }, { user: "U0EVE00001" });
    const payload = JSON.parse(new URLSearchParams(await forged.text()).get("payload") ?? "");
    expect(payload).toMatchObject({ user: { id: "U0EVE00001" }, actions: [{ action_id: "go", value: "18" }] });
    expect(slack.conversation().filter(({ kind }) => kind === "clicked")).toHaveLength(2);
  });

  test("a click that is not acknowledged is told", async () => {
    const { slack, message } = await withButtons();
    const broken = slack.person({ app: () => new Response("no", { status: 404 }) });
    const { shown } = await broken.clicks(message, "go");
    expect(shown).toMatchObject({ kind: "error", text: 'The button "Go" failed with the error "dispatch_failed"' });
  });
});
