import { expect, setDefaultTimeout, test } from "bun:test";
import { ACTION } from "../../bot/ports.ts";
import { readRunRecord } from "../../lib/storage/runs/read-run-records.ts";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { ANN, WholeWorld } from "./bot-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* The whole bot over a real port, runs as processes of their own. Whatever is said was said by the program as it is shipped. */

const BOB = "U0BOB00001";
const EVE = "U0EVE00001";
const CHANNEL = "C0SANDBOX1";

/** The state that `zdsync run` alone comes to in the same world. */
async function stateByItself(options: Parameters<typeof startWorld>[0]) {
  await using world = await startWorld(options ?? {});
  expect((await world.run()).exit).toBe(0);
  return stateOf(world.sandbox);
}

test.concurrent("asked for, confirmed, followed to its end: Zendesk is as zdsync run alone leaves it; and what people ask meanwhile and after", async () => {
  const expected = await stateByItself({ accounts: 150 });
  await using world = await WholeWorld.start({ accounts: 150 });
  await world.serve();
  const [ann, bob] = [world.person(), world.person(BOB)];
  const offer = await world.offered();
  expect(world.writes()).toEqual([]);
  const working = Promise.withResolvers<void>();
  world.hook = async ({ service, method, path }, phase) => {
    if (phase === "before" && service === "zendesk-global" && method !== "GET" && !path.startsWith("/oauth/"))
      await working.promise;
    return undefined;
  };
  expect((await ann.clicks(offer, ACTION.confirmRun)).status).toBe(200);
  const parent = await world.posted(/started a run/);
  expect(parent.shows).toStartWith(`<@${ANN}> started a run of global and us-government: run 2`);
  expect(parent.shows).toContain("Customers, global: 17 to create, 11 to update");

  // While it goes on: the button of before, somebody else's status and run.
  await ann.clicks(offer, ACTION.confirmRun);
  await world.shown(/already confirmed; an offer starts only one run/);
  await bob.types("/zdsync status");
  expect((await world.shown(/A run is in progress/, BOB)).shows).toContain(`by <@${ANN}>`);
  await bob.types("/zdsync run global");
  expect((await world.shown(/A run is in progress: run 2/, BOB)).shows).toContain(`by <@${ANN}>`);
  working.resolve();

  const end = await world.posted(/Done, nothing failed/);
  expect(stateOf(world.sandbox)).toEqual(expected);
  const thread = world.channel().filter(({ thread }) => thread === parent.ts);
  expect(thread.at(-1)).toEqual(end);
  expect(end.shows).toMatch(
    /after \d+ s: \d+ applied, 0 failed, \d+ skipped\.\n• Customers, global: 17 created, 11 updated/,
  );
  expect(end.shows).toContain("its page: `history/");
  expect(world.channel().filter(({ shows }) => shows.includes("started a run"))).toHaveLength(1);

  const [, runId = ""] = /run (\d{8}T\d{6}Z-\w+)/.exec(parent.shows) ?? [];
  expect((await readRunRecord(world.dataDir, runId))?.started_by).toBe(`Slack user ${ANN}`);

  await ann.types("/zdsync last");
  expect((await world.shown(/The last run: Done, nothing failed/)).shows).toContain(`by <@${ANN}>`);
  expect((await world.shown(/Activity in Slack/)).shows).toMatch(
    /<@U0BOB00001>: run global: refused: run \S+ is in progress/,
  );
  await careFor(world);
});

test.concurrent("an offer: nobody else's, no longer than five minutes, and to be taken back", async () => {
  await using world = await WholeWorld.start({ world: smallWorld() });
  let ahead = 0;
  const clock = () => new Date(Date.now() + ahead);
  await world.serve(clock);
  const [ann, bob] = [world.person(ANN, clock), world.person(BOB, clock)];
  const offer = await world.offered("/zdsync run", ann);
  const token = tokenIn(offer, ACTION.confirmRun);
  // Bob does not see Ann's message: that takes a forged click, signed all the same.
  await world.send(bob.clickRequest(offer, { action_id: ACTION.confirmRun, value: token }));
  await world.shown(new RegExp(`Only <@${ANN}> can confirm this`), BOB);
  ahead = 5 * 60_000 + 1_000;
  await ann.clicks(offer, ACTION.confirmRun);
  await world.shown(/This offer has expired.*Nothing was started/);
  const second = await world.offered("/zdsync run us-government", ann);
  await ann.clicks(second, ACTION.dismissRun);
  await world.shown(/Not started\. Nothing was changed/);
  await ann.clicks(second, ACTION.confirmRun);
  await world.shown(/withdrawn\. Nothing was started/);
  const before = world.shownTo().length;
  await ann.types("/zdsync run —dry-run");
  const told = await world.shown(/What a run of global and us-government would change now/, ANN, before);
  expect(told.shows).not.toContain("Start the run");
  expect([world.writes(), world.channel()]).toEqual([[], []]);
});

test.concurrent("whoever may not: neither in another channel, nor another person, nor from another workspace; help and status all the same", async () => {
  await using world = await WholeWorld.start({ world: smallWorld() });
  await world.serve();
  const eve = world.person(EVE);
  const ann = world.person();
  const said = async (shown: { shown: { blocks?: unknown[] } | null }) => JSON.stringify(shown.shown?.blocks ?? []);
  for (const command of ["run", "run --dry-run", "last", "org x", "cancel"]) {
    expect(await said(await ann.types(`/zdsync ${command}`, { channel: "C0SANDBOX2" }))).toContain(
      "Not in this channel",
    );
    expect(await said(await ann.types(`/zdsync ${command}`, { team: "T0OTHER0001" }))).toContain(
      "Not from this workspace",
    );
    const before = world.shownTo(EVE).length;
    await eve.types(`/zdsync ${command}`, { channel: CHANNEL });
    await world.shown(/You are not allowed to do this/, EVE, before);
  }
  expect(await said(await eve.types("/zdsync help"))).toContain("*Commands*");
  await eve.types("/zdsync status");
  await world.shown(/No run is in progress/, EVE);
  expect(world.sandbox.requests.filter(({ service }) => /^(zendesk|salesforce)/.test(service))).toEqual([]);
});

test.concurrent("cancelled while it writes: it finishes what is in flight and stops; its thread says who and how", async () => {
  await using world = await WholeWorld.start({ world: smallWorld() });
  await world.serve();
  const ann = world.person();
  const offer = await world.offered();
  const writing = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  world.hook = async ({ service, method, path }, phase) => {
    if (phase !== "before" || service !== "zendesk-global" || method === "GET" || path.startsWith("/oauth/")) return;
    writing.resolve();
    await goOn.promise;
  };
  await ann.clicks(offer, ACTION.confirmRun);
  await writing.promise;
  await ann.types("/zdsync cancel");
  await world.shown(/was asked to stop/);
  const parent = await world.posted(/started a run/);
  const said = await world.posted(/cancelled this run/);
  expect([said.thread, said.shows.startsWith(`<@${ANN}>`)]).toEqual([parent.ts, true]);
  goOn.resolve();
  const end = await world.posted(/Stopped before the end/);
  expect(end.thread).toBe(parent.ts);
  expect(end.shows).toContain("`/zdsync run` starts another one");
  await ann.types("/zdsync cancel");
  await world.shown(/No run is in progress, so there is nothing to cancel/);
});

test.concurrent("more than was confirmed: nothing is written in either instance; it asks again in the thread, and confirmed there it is done", async () => {
  await using world = await WholeWorld.start({ world: smallWorld() });
  await world.serve();
  const [ann, bob] = [world.person(), world.person(BOB)];
  const offer = await world.offered();
  const before = stateOf(world.sandbox);
  // Only in global: what there is to do in us-government stays within what is confirmed.
  const there = JSON.stringify(world.sandbox.zendesk("global").organizations);
  for (const { Id } of world.sandbox.world.salesforce.Account)
    if (there.includes(String(Id)))
      world.sandbox.editSalesforce("Account", String(Id), { Account_Owner_Calc__c: "Another Owner" });
  await ann.clicks(offer, ACTION.confirmRun);
  const end = await world.posted(/Stopped: there is more to change than was confirmed/);
  expect(end.shows).toContain("Nothing was written.");
  expect(stateOf(world.sandbox)).toEqual(before);
  expect(world.writes()).toEqual([]);
  const again = await world.posted(/start it with the new counts\?/);
  expect(again.thread).toBe(end.thread);
  await bob.clicks(again.ts, ACTION.confirmRun);
  await world.shown(new RegExp(`Only <@${ANN}> can confirm this`), BOB);
  await ann.clicks(again.ts, ACTION.confirmRun);
  await world.posted(/Done, nothing failed/);
  expect(world.channel().filter(({ shows }) => shows.includes("started a run"))).toHaveLength(2);
  expect((await world.posted(/Started: run/)).ts).toBe(again.ts);
  expect(stateOf(world.sandbox)).not.toEqual(before);
});

/** The notices that the run posted: one organization's contacts are retried, another is marked handled; both are told of after. */
async function careFor(world: WholeWorld): Promise<void> {
  const [agent, suspended] = ["Y2 sold-to address of an agent", "Y2 sold-to address of a suspended user"].map(
    (name) => {
      const account = String(world.sandbox.world.oddities.find((one) => one.name === name)?.salesforce_id);
      const organization = world.sandbox.zendesk("global").organizations.find((one) => one.external_id === account);
      return { account, id: Number(organization?.id) };
    },
  );
  if (!agent || !suspended) throw new Error("the world has no such organizations");
  const click = async (id: number, action: string) => {
    const notice = await world.posted(new RegExp(`Zendesk ${id}`));
    return world.person(BOB).clicks(notice.ts, { action_id: action, value: String(id) });
  };
  world.sandbox.editSalesforce("Account", agent.account, {
    Latest_Sold_To_Contact__r: { Name: "Cora Corrected", Email: "cora@buyer.example" },
  });
  await click(agent.id, ACTION.retryContacts);
  await world.posted(new RegExp(`1 contact added by <@${BOB}>`));
  const { users } = world.sandbox.zendesk("global");
  expect(users.filter(({ email }) => email === "cora@buyer.example")).toMatchObject([{ organization_id: agent.id }]);
  await click(suspended.id, ACTION.markHandled);
  await world.posted(new RegExp(`Handled by <@${BOB}>`));
  await world.person().types(`/zdsync explain ${agent.account}`);
  const answer = await world.shown(new RegExp(`${agent.account}\\)`));
  expect(answer.shows).toMatch(new RegExp(`Since then: contacts retried by <@${BOB}>.*1 added`));
  await world.person().clicks(answer.ts, ACTION.explainWhole);
  expect((await world.shown(/\*global: people\*/)).shows).toMatch(/agent or admin/);
  await world.person(BOB).types("/zdsync last");
  const told = await world.shown(/Activity in Slack/, BOB);
  expect(told.shows).toContain(`retry contacts of organization ${agent.id}: `);
  expect(told.shows).toContain(`mark organization ${suspended.id} handled: done`);
}

function tokenIn({ blocks = [] }: { blocks?: unknown[] }, action: string): string {
  const buttons = (blocks as { elements?: { action_id?: string; value?: string }[] }[]).flatMap(
    (one) => one.elements ?? [],
  );
  return buttons.find(({ action_id }) => action_id === action)?.value ?? "";
}
