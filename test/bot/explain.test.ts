import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ACTION } from "../../bot/ports.ts";
import { buildWorld } from "../../sandbox/seed/build-world.ts";
import { RUN_TIMEOUT, TODAY } from "../pipeline/world.ts";
import { ANN, WholeWorld } from "./bot-world.ts";
import { startGitlabWorld } from "./gitlab-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* `/zdsync explain` as it is shipped: over a port, with files of real runs. */

const WORLD = { accounts: 150, seed: 1, today: TODAY };

/** An account with an oddity, by the beginning of the oddity's name. */
function oddity(name: string): string {
  return buildWorld(WORLD).oddities.find((one) => one.name.startsWith(name))?.salesforce_id ?? "";
}

describe.concurrent("/zdsync explain", () => {
  test("of a scheduled pipeline in GitLab: the answer for the asker alone, everything at the press of the button", async () => {
    await using started = await startGitlabWorld({ accounts: 150 });
    const { world } = started;
    const { pipelines } = world.sandbox;
    pipelines.start({ source: "schedule" });
    await world.until(() => pipelines.all()[0]?.status === "success");
    const id = oddity("E3 E11");
    await world.person().types(`/zdsync explain ${id}`);
    const answer = await world.shown(/Its support has expired: the last charge/);
    expect(answer.shows).toContain("The run updated organization");
    expect(answer.shows).toMatch(/As of .*the last run/);
    expect(world.channel().filter(({ shows }) => shows.includes(id))).toEqual([]);
    await world.person().clicks(answer.entry, ACTION.explainWhole);
    const whole = await world.shown(/Subscriptions and charges/);
    expect(whole.shows).toContain("plans.yml:");
    expect(whole.shows).toContain(`pipeline-${pipelines.all()[0]?.id}`);
    expect(world.writes().length).toBeGreaterThan(0);
  });

  test("while a run is in progress: from what the history kept of the last one, and said to be so; of others to ask again", async () => {
    await using world = await WholeWorld.start({ accounts: 150 });
    expect(await world.zdsyncRun()).toBe(0);
    await world.serve();
    const goOn = holdReading(world);
    const second = world.zdsyncRun();
    await world.until(() => goOn.held());
    await world.person().types(`/zdsync explain ${oddity("E3 E11")}`);
    const answer = await world.shown(/Its support has expired: the last charge/);
    expect(answer.shows).toMatch(/Another run is in progress.*from the history/s);
    expect(answer.shows).toContain("The run updated organization");
    await world.person().types(`/zdsync explain ${oddity("E5 E10")}`);
    expect((await world.shown(/is not one of them/)).shows).toContain("Try again when the next run has ended");
    goOn.release();
    expect(await second).toBe(0);
    const before = world.shownTo(ANN).length;
    await world.person().types(`/zdsync explain ${oddity("E5 E10")}`);
    expect((await world.shown(/As of/, ANN, before)).shows).not.toContain("in progress");
  });
});

/** Keeps a run from reading Zendesk's organizations until it is let go on: Salesforce's files are new by then. */
function holdReading(world: WholeWorld): { held(): boolean; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isHeld = false;
  world.hook = async ({ service, path }, phase) => {
    if (phase !== "before" || service !== "zendesk-global" || !path.includes("/organizations")) return undefined;
    isHeld = true;
    await promise;
    return undefined;
  };
  return { held: () => isHeld, release: () => resolve() };
}
