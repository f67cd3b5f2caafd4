import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { WholeWorld } from "./bot-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* What the channel is told of scheduled runs: `zdsync run` by itself, in the data directory that the bot watches. */

const alerts = (world: WholeWorld) =>
  world.channel().filter(({ shows }) => /scheduled run|Scheduled runs|needs attention|credential/i.test(shows));

/** A bot that starts looks at once, and has looked when it has stopped; afterwards nothing is left to be said. */
async function lookOnceMore(world: WholeWorld): Promise<void> {
  await world.stopBots();
  await world.serve();
  await world.stopBots();
  expect(world.undelivered()).toBe(0);
}

describe.concurrent("alerts", () => {
  test("a scheduled run fails, twice, and then one is well: one message each way, also over a restart of the bot", async () => {
    await using world = await WholeWorld.start({ world: smallWorld() });
    const salesforceFails = () => world.sandbox.addFault({ kind: "404", service: "salesforce", times: 1_000_000 });
    salesforceFails();
    expect(await world.zdsyncRun()).toBe(1);
    await world.serve();
    const failed = await world.posted(/The scheduled run failed/);
    expect(failed.thread).toBeNull();
    expect(failed.shows).toContain("Salesforce");
    expect(await world.zdsyncRun()).toBe(1);
    await lookOnceMore(world);
    await world.serve();
    world.sandbox.clearFaults();
    expect(await world.zdsyncRun()).toBe(0);
    await world.posted(/Scheduled runs recovered/);
    expect(await world.zdsyncRun()).toBe(0);
    await lookOnceMore(world);
    expect(alerts(world).map(({ shows }) => shows.split("\n")[0])).toEqual([
      "The scheduled run failed",
      "Scheduled runs recovered",
    ]);
  });

  test("charge names that nobody knows and conflicts: named once, with the customers", async () => {
    await using world = await WholeWorld.start({ accounts: 150 });
    await world.serve();
    expect(await world.zdsyncRun()).toBe(0);
    const told = await world.posted(/needs attention/);
    const { salesforce } = world.sandbox.world;
    const accounts = new Map(salesforce.Account.map(({ Id, Name }) => [String(Id), String(Name)]));
    const charges = told.shows.split("\n").filter((line) => line.startsWith("• ") && /unexpired: \d+\)/.test(line));
    expect(charges.length).toBeGreaterThan(0);
    for (const line of charges) {
      const [id = ""] = /0014M[0-9A-Za-z]{13}/.exec(line) ?? [];
      expect(line).toContain(accounts.get(id) ?? "no such account");
    }
    expect(told.shows).toContain("Conflicts:");
    expect(await world.zdsyncRun()).toBe(0);
    await lookOnceMore(world);
    expect(alerts(world)).toHaveLength(1);
  });
});
