import { expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { openDatabase } from "../files/open-database.ts";
import { byInstance, ownChannels, placeOf, settingsFor } from "./notice-channels.ts";
import { Outbox } from "./outbox.ts";

const post = (key: string, more: { thread?: string; instance?: "global" | "us-government" | null } = {}) => ({
  key,
  thread: null,
  text: key,
  blocks: [],
  ...more,
});
const waiting = (outbox: Outbox) => outbox.undelivered().map(({ key }) => key);
const slack = { ...DEFAULT_CONFIG.slack, notice_channels: { global: null, us_government: "C0GOV12345" } };

test("B5: an instance's own channel, and SLACK_CHANNEL for the rest", () => {
  const settings = { token: "xoxb", channel: "C0ALL12345" };
  expect(ownChannels(slack)).toEqual([
    { instance: "us-government", channel: "C0GOV12345", key: "slack.notice_channels.us_government" },
  ]);
  expect(settingsFor(settings, slack, "us-government").channel).toBe("C0GOV12345");
  expect(settingsFor(settings, slack, "global").channel).toBe("C0ALL12345");
});

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

test("B5: a channel that is taken back leaves nothing behind; a database of a version with one channel is read", () => {
  const database = openDatabase(":memory:");
  database.run(`create table outbox (id integer primary key autoincrement, key text not null unique, thread text,
    text text not null, blocks text not null, state text not null default 'pending', ts text, created_at integer not null,
    sent_at integer, attempts integer not null default 0, reason text, next_at integer not null default 0)`);
  database.run("insert into outbox (key, text, blocks, created_at) values ('of before', 'x', '[]', 1)");
  const general = new Outbox(database);
  const own = new Outbox(database, undefined, placeOf("us-government"));
  own.put(post("government"));
  general.adoptAllBut([placeOf("us-government")]);
  expect([waiting(general), waiting(own)]).toEqual([["of before"], ["government"]]);
  general.adoptAllBut([]);
  expect([waiting(general), waiting(own)]).toEqual([["of before", "government"], []]);
});
