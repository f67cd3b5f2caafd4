import { expect, test } from "bun:test";
import { commandBody, Transport } from "../test/support/bot/transport.ts";
import { RecordedOutput } from "../test/support/stage/recorded-output.ts";
import { boltLogger } from "./bolt-logger.ts";
import { errorSummary } from "./error-summary.ts";

test("no call to Slack, at the start or for a command", async () => {
  const before = globalThis.fetch;
  const asked: string[] = [];
  globalThis.fetch = Object.assign(async (input: string | URL | Request) => {
    asked.push(String(input));
    return Response.json({ ok: false, error: "invalid_auth" });
  }, before);
  try {
    const bot = await Transport.open("app.request");
    for (let count = 0; count < 3; count++) expect((await bot.slack(commandBody())).status).toBe(200);
    await bot.close();
    expect(asked).toEqual([]);
  } finally {
    globalThis.fetch = before;
  }
});

test("Bolt's log: warnings and errors in one line each, no payloads, no stacks", () => {
  const output = new RecordedOutput();
  const logger = boltLogger(output.err);
  logger.debug("Received a message on the WebSocket: payload");
  logger.info("info");
  logger.warn("warned");
  logger.error("first line\nsecond line", Object.assign(new TypeError("Example GmbH"), { code: "E_CODE" }));
  logger.error("x".repeat(1000));
  expect(output.said).toEqual(["warned", "first line TypeError (E_CODE)", "x".repeat(200)]);
});

test("failures in words: name and codes of other people's errors, never their text", () => {
  expect(errorSummary(Object.assign(new Error("https://hooks.slack.com/secret"), { statusCode: 404 }))).toBe(
    "Error (404)",
  );
  expect(errorSummary(Object.assign(new Error("a"), { code: "Example GmbH, Street" }))).toBe("Error");
  expect(errorSummary("text")).toBe("a value that is not an Error was thrown");
});
