import { expect, setDefaultTimeout, test } from "bun:test";
import { createSlackChannel } from "../../lib/remotes/slack/channel.ts";
import { BOT_TOKEN, CHANNEL, SIGNING_SECRET, startSlack } from "../../sandbox/test/slack.ts";
import { RUN_TIMEOUT } from "../../test/pipeline/world.ts";
import { comparison, FlowWorld, recordOf, results, textOf } from "../../test/support/bot/flow-world.ts";
import { AnsweredRequests } from "../answered-requests.ts";
import { createBoltApp } from "../bolt-app.ts";
import { boltLogger } from "../bolt-logger.ts";
import { createConversation } from "../commands/create-conversation.ts";
import { openDatabase } from "../database.ts";
import { createHttpApp } from "../http/http-app.ts";
import { createHttpReceiver } from "../http/receiver.ts";
import { InFlight } from "../in-flight.ts";
import { Outbox } from "../outbox/outbox.ts";
import { ACTION, type ContactActions } from "../ports.ts";
import { Readiness } from "../readiness.ts";
import { createReply } from "../reply.ts";

setDefaultTimeout(RUN_TIMEOUT);

const ORGANIZATIONS: ContactActions = { async retry() {}, async handled() {} };

/** The run flow behind the real transport and the real conversation, its messages through the real outbox to the sandbox's Slack. */
async function start() {
  const { slack, wait, served } = startSlack();
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => slack.fetch(request) });
  served.url = server.url.origin;
  const world = new FlowWorld();
  await world.flow.stop();
  const { clock } = world.time;
  const outbox = new Outbox(world.database, clock);
  const flow = world.another({ outgoing: outbox });
  const log = (message: string) => void world.warnings.push(message);
  const inFlight = new InFlight();
  const receiver = createHttpReceiver({ signingSecret: SIGNING_SECRET, clock, log, inFlight });
  const conversation = createConversation({
    runs: flow,
    contactActions: ORGANIZATIONS,
    explainer: { async explain() {}, async whole() {} },
    runner: world.runner,
    access: { known: () => ({ is: "allowed" }), decide: async () => ({ is: "allowed" }) },
    audit: { record: (entry) => void world.audited.push(entry), latest: () => [] },
    clock,
    warn: log,
    starterOf: () => null,
  });
  const apiUrl = `${server.url.origin}/api/`;
  const replyTo = (address: Parameters<typeof createReply>[0]) =>
    createReply(address, { log, apiUrl, postEphemeral: async () => {} });
  const requests = new AnsweredRequests(openDatabase(":memory:"), { clock, warn: log });
  const logger = boltLogger(log);
  await createBoltApp({ receiver, botToken: BOT_TOKEN, logger, inFlight, requests, conversation, replyTo });
  const app = createHttpApp({ receiver, gitlab: null, readiness: new Readiness(), clock, log });
  const channel = createSlackChannel({ token: BOT_TOKEN, channel: CHANNEL, apiUrl });
  const person = (user: string) =>
    slack.person({ app: async (request) => app.request(request), user, timestamp: () => clock().getTime() / 1000 });
  return {
    slack,
    world,
    inFlight,
    ann: person("U0ANN00001"),
    bob: person("U0BOB00001"),
    /** What is in the outbox is posted; Slack's clock goes with the waits. */
    deliver: () =>
      outbox.deliver(channel, {
        now: clock,
        sleep: async (milliseconds) => wait(Math.ceil(milliseconds / 1000)),
        stop: { reason: null },
      }),
    shownTo: (user: string) => slack.conversation().filter((one) => one.visibleTo === user && one.kind === "message"),
    async [Symbol.asyncDispose]() {
      await flow.stop();
      await inFlight.settled();
      await server.stop(true);
    },
  };
}

test("asked, confirmed, followed, stopped by more than confirmed, asked again, and started with the new counts", async () => {
  await using bot = await start();
  const { slack, world, inFlight, ann, bob } = bot;
  const startRun = world.runner.start.bind(world.runner);
  world.runner.start = async (order) => {
    const run = await startRun(order);
    if (order.atMost === null) world.runner.end(run.id, { record: recordOf([comparison()]) });
    return run;
  };

  await ann.types("/zdsync run");
  await inFlight.settled();
  const offer = bot.shownTo("U0ANN00001").at(-1);
  if (!offer) throw new Error("nothing was offered");
  expect(slack.messages()).toEqual([]);
  await ann.clicks(offer, ACTION.confirmRun);
  await inFlight.settled();
  const instead = bot.shownTo("U0ANN00001").at(-1);
  expect(instead?.ts).toBe(offer.ts);
  expect(JSON.stringify(instead?.blocks)).toContain("Started: ");
  expect(JSON.stringify(instead?.blocks)).not.toContain('"button"');
  // The screen of before: the same button once more.
  await ann.clicks(offer, ACTION.confirmRun);
  await inFlight.settled();
  expect(bot.shownTo("U0ANN00001").at(-1)?.text).toContain("already confirmed");

  world.runner.parts("4712", { "gather-accounts": "done", "compare global": "done" });
  await world.time.pass(10_000);
  await bot.deliver();
  world.runner.end("4712", {
    exit: 4,
    record: recordOf(
      [
        comparison({
          planned: { creates: 9, updates: 0, marks: 0, contacts: 0 },
          unconfirmed: [{ effect: "creates", count: 9, confirmed: 3 }],
        }),
        comparison({ name: "usgov", results: results(1) }),
      ],
      { exit: 4, dry_run: false },
    ),
  });
  await world.time.pass(10_000);
  await bot.deliver();
  const posted = slack
    .messages()
    .map((message) => ({ text: textOf(message as never).split("\n")[0], thread: message.thread_ts }));
  const parent = slack.messages()[0]?.ts;
  expect(posted).toEqual([
    { text: expect.stringContaining("<@U0ANN00001> started a run"), thread: undefined },
    { text: "✓ gather-accounts", thread: parent },
    { text: expect.stringContaining("*Stopped: there is more to change than was confirmed*"), thread: parent },
    { text: expect.stringContaining("<@U0ANN00001>: start another run for what is left?"), thread: parent },
  ] as never);

  const again = slack.messages().at(-1)?.ts ?? "";
  await bob.clicks(again, ACTION.confirmRun);
  await inFlight.settled();
  expect(bot.shownTo("U0BOB00001").at(-1)?.text).toBe("Only <@U0ANN00001> can confirm this.");
  await ann.clicks(again, ACTION.confirmRun);
  await inFlight.settled();
  expect(world.runner.starts.at(-1)?.atMost?.global?.creates).toBe(9);
  expect(JSON.stringify(slack.messages().find(({ ts }) => ts === again)?.blocks)).not.toContain('"button"');
  expect((await bot.deliver()).left).toBe(0);
  expect(slack.messages().filter(({ thread_ts }) => thread_ts === undefined)).toHaveLength(2);
  expect(world.warnings).toEqual([]);
});
