import { expect, test } from "bun:test";
import { startSlack } from "../test/slack.ts";

const post = (path: string, body: unknown) =>
  new Request(`https://slack.invalid${path}`, { method: "POST", body: JSON.stringify(body) });

test("somebody at another terminal types, clicks, and sees the conversation", async () => {
  const asked: string[] = [];
  using bot = Bun.serve({
    port: 0,
    async fetch(request) {
      asked.push(await request.text());
      const elements = [{ type: "button", action_id: "go", value: "1", text: { type: "plain_text", text: "Go" } }];
      return Response.json({ text: "hello", blocks: [{ type: "actions", elements }] });
    },
  });
  const app = `http://127.0.0.1:${bot.port}/slack/events`;
  const { slack } = startSlack();
  const typed = await slack.fetch(post("/sandbox/types", { line: "/zdsync help", app, user: "U0BOB00001" }));
  const { status, shown } = (await typed.json()) as { status: number; shown: { ts: string; visibleTo: string } };
  expect([status, shown.visibleTo]).toEqual([200, "U0BOB00001"]);
  const clicks = (user: string) => slack.fetch(post("/sandbox/clicks", { ts: shown.ts, action: "go", app, user }));
  expect((await clicks("U0BOB00001")).status).toBe(200);
  expect((await clicks("U0ANN00001")).status).toBe(409);
  expect(asked).toHaveLength(2);
  const seen = await slack.fetch(new Request("https://slack.invalid/sandbox/conversation"));
  const kinds = ((await seen.json()) as { kind: string }[]).map(({ kind }) => kind);
  expect(kinds.slice(0, 3)).toEqual(["typed", "message", "clicked"]);
});

test("pages and bodies that are none", async () => {
  const { slack } = startSlack();
  expect((await slack.fetch(post("/sandbox/nothing", {}))).status).toBe(404);
  expect((await slack.fetch(post("/sandbox/types", [1]))).status).toBe(400);
  expect((await slack.fetch(post("/sandbox/types", null))).status).toBe(400);
});
