import { expect, test } from "bun:test";
import type { App, ReceiverEvent } from "@slack/bolt";
import { eventBody, NOW, SECRET, sign } from "../../test/support/bot/transport.ts";
import { InFlight } from "../in-flight.ts";
import { Deliveries } from "./deliveries.ts";
import { createHttpReceiver } from "./receiver.ts";

test("only so many are remembered, the oldest go first", () => {
  const deliveries = new Deliveries(3);
  expect(["1", "2", "3", "1", "4", "2", "1"].map((id) => deliveries.isNew(id))).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(deliveries.size).toBe(3);
});

test("a delivery that failed before it was acknowledged is dispatched when Slack repeats it", async () => {
  const seen: ReceiverEvent[] = [];
  const receiver = createHttpReceiver({
    signingSecret: SECRET,
    clock: () => NOW,
    log: () => {},
    inFlight: new InFlight(),
  });
  const processEvent = async (event: ReceiverEvent) => {
    seen.push(event);
    if (seen.length === 1) throw new Error("database is locked");
    await event.ack();
  };
  receiver.init({ processEvent } as unknown as App);
  const timestamp = String(NOW.getTime() / 1000);
  const deliver = async (retry: Record<string, string>) => {
    const body = eventBody("Ev1");
    const headers = {
      "content-type": "application/json",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": sign(body, timestamp),
      ...retry,
    };
    return (await receiver.handle(new Request("http://bot/slack/events", { method: "POST", body, headers }))).status;
  };
  const retry = { "x-slack-retry-num": "2", "x-slack-retry-reason": "http_error" };
  expect([await deliver({}), await deliver(retry), await deliver(retry)]).toEqual([500, 200, 200]);
  expect(seen.map(({ retryNum, retryReason }) => [retryNum, retryReason])).toEqual([
    [undefined, undefined],
    [2, "http_error"],
  ]);
});
