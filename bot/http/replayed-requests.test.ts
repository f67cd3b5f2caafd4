import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clickBody, commandBody, NOW, type Script, sign, Transport } from "../../test/support/bot/transport.ts";
import { AnsweredRequests } from "../answered-requests.ts";
import { openDatabase } from "../database.ts";

const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
/** A request as it was signed once, to be sent as often as somebody likes. */
const signed = (body: string, at = NOW) => {
  const timestamp = String(at.getTime() / 1000);
  return [body, { "x-slack-request-timestamp": timestamp, "x-slack-signature": sign(body, timestamp) }] as const;
};

test("a replayed command is answered as the first was, and nothing is done again", async () => {
  const done: string[] = [];
  let count = 0;
  const script: Script = {
    command: () => ({ now: { text: `answer ${++count}` }, later: async () => void done.push("cancelled") }),
  };
  const bot = await Transport.open("app.request", script);
  const request = signed(commandBody("cancel"));
  const answers = [];
  for (let time = 0; time < 3; time++) answers.push(await (await bot.slack(...request)).json());
  // What people type again has a trigger of its own.
  answers.push(await (await bot.slack(commandBody("cancel"))).json());
  await bot.close();
  const [first, , , fourth] = answers;
  expect(answers).toEqual([first, first, first, fourth]);
  expect([first, fourth]).toMatchObject([{ text: "answer 1" }, { text: "answer 2" }]);
  expect([bot.commands.length, done]).toEqual([2, ["cancelled", "cancelled"]]);
});

test("the same trigger in another signed request is the same command; without a trigger, the same body is", async () => {
  const bot = await Transport.open("app.request");
  for (const at of [NOW, later(-60)]) await bot.slack(...signed(commandBody("run", { trigger_id: "1.2.a" }), at));
  for (const at of [NOW, later(-60)]) await bot.slack(...signed(commandBody("run", { trigger_id: "" }), at));
  await bot.close();
  expect(bot.commands).toHaveLength(2);
});

test("a replayed click is acknowledged, and nothing is done again", async () => {
  const said: string[] = [];
  const bot = await Transport.open("app.request", {
    button: () => ({ now: { text: "started" }, later: async () => void said.push("later") }),
  });
  const request = signed(clickBody({ action_id: "run_confirm", value: "1" }));
  const statuses = [];
  for (let time = 0; time < 2; time++) statuses.push((await bot.slack(...request)).status);
  await bot.close();
  expect(statuses).toEqual([200, 200]);
  expect([bot.clicks.length, bot.ephemerals.length, said]).toEqual([1, 1, ["later"]]);
});

test("a restart forgets nothing while the signature holds, and after that the signature does not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-replay-"));
  const request = signed(commandBody("cancel"), later(300));
  const sent = async (at: Date) => {
    const database = openDatabase(join(folder, "bot.sqlite"));
    const bot = await Transport.open("app.request", {}, { database, now: () => at });
    const response = await bot.slack(...request);
    await bot.close();
    database.close();
    return { status: response.status, said: await response.text(), commands: bot.commands.length };
  };
  const first = await sent(NOW);
  expect(first).toEqual({ status: 200, said: expect.stringContaining("queued"), commands: 1 });
  for (const at of [NOW, later(300), later(600)]) expect(await sent(at)).toEqual({ ...first, commands: 0 });
  expect(await sent(later(601))).toEqual({ status: 401, said: "", commands: 0 });
  await rm(folder, { recursive: true });
});

test("only so many are kept and for so long, in memory and in the database", () => {
  const database = openDatabase(":memory:");
  let now = NOW;
  const requests = new AnsweredRequests(database, { clock: () => now, warn: () => {}, maxKept: 10 });
  const rows = () => database.query("select id from answered_requests").all().length;
  for (let count = 0; count < 50; count++) expect(requests.take(`request ${count}`)).toBeNull();
  expect([rows(), requests.take("request 49"), requests.take("request 2")]).toEqual([10, { answer: null }, null]);
  now = later(661);
  requests.take("another");
  expect(rows()).toBe(1);
});

test("a database that cannot be written takes no command away, and lets none be replayed to this process", () => {
  const database = openDatabase(":memory:");
  const log: string[] = [];
  const requests = new AnsweredRequests(database, { clock: () => NOW, warn: (message) => void log.push(message) });
  database.close();
  expect(requests.take("one")).toBeNull();
  requests.answered("one", "{}");
  expect(requests.take("one")).toEqual({ answer: "{}" });
  expect(log[0]).toContain("a request repeated after a restart would be treated as a new one");
});
