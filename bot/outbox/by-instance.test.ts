import { expect, test } from "bun:test";
import { openDatabase } from "../database.ts";
import { byInstance, placeOf } from "./by-instance.ts";
import { Outbox } from "./outbox.ts";

const post = (key: string, more: { thread?: string; instance?: "global" | "us-government" | null } = {}) => ({
  key,
  thread: null,
  text: key,
  blocks: [],
  ...more,
});
const waiting = (outbox: Outbox) => outbox.undelivered().map(({ key }) => key);

test("B5: what concerns one instance alone goes to its channel; a reply to where its thread is", () => {
  const database = openDatabase(":memory:");
  const general = new Outbox(database);
  const own = new Outbox(database, undefined, placeOf("us-government"));
  const outgoing = byInstance(general, new Map([["us-government", own]]));
  outgoing.enqueue(post("both"));
  outgoing.enqueue(post("global", { instance: "global" }));
  outgoing.enqueue(post("government", { instance: "us-government" }));
  outgoing.enqueue(post("reply to both", { thread: "both", instance: "us-government" }));
  outgoing.enqueue(post("reply to government", { thread: "government" }));
  expect(waiting(general)).toEqual(["both", "global", "reply to both"]);
  expect(waiting(own)).toEqual(["government", "reply to government"]);
  outgoing.enqueue(post("both", { instance: "us-government" }));
  expect(waiting(own)).toHaveLength(2);
});

test("B5: a channel that is taken back leaves nothing behind", () => {
  const database = openDatabase(":memory:");
  const general = new Outbox(database);
  const own = new Outbox(database, undefined, placeOf("us-government"));
  general.enqueue(post("general"));
  own.enqueue(post("government"));
  general.adoptAllBut([placeOf("us-government")]);
  expect([waiting(general), waiting(own)]).toEqual([["general"], ["government"]]);
  general.adoptAllBut([]);
  expect([waiting(general), waiting(own)]).toEqual([["general", "government"], []]);
});
