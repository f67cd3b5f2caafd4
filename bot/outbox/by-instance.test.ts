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
  outgoing.put(post("both"));
  outgoing.put(post("global", { instance: "global" }));
  outgoing.put(post("government", { instance: "us-government" }));
  outgoing.put(post("reply to both", { thread: "both", instance: "us-government" }));
  outgoing.put(post("reply to government", { thread: "government" }));
  expect(waiting(general)).toEqual(["both", "global", "reply to both"]);
  expect(waiting(own)).toEqual(["government", "reply to government"]);
  outgoing.put(post("both", { instance: "us-government" }));
  expect(waiting(own)).toHaveLength(2);
});

test("B5: a channel that is taken back leaves nothing behind", () => {
  const database = openDatabase(":memory:");
  const general = new Outbox(database);
  const own = new Outbox(database, undefined, placeOf("us-government"));
  general.put(post("general"));
  own.put(post("government"));
  general.adoptAllBut([placeOf("us-government")]);
  expect([waiting(general), waiting(own)]).toEqual([["general"], ["government"]]);
  general.adoptAllBut([]);
  expect([waiting(general), waiting(own)]).toEqual([["general", "government"], []]);
});
