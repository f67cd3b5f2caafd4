import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ACTION } from "../../bot/ports.ts";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { smallWorld } from "../safety/small-world.ts";
import { ANN } from "./bot-world.ts";
import { expectWholeThread, holdWrites, startGitlabWorld } from "./gitlab-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

async function stateByItself() {
  await using world = await startWorld({ world: smallWorld() });
  expect((await world.run()).exit).toBe(0);
  return stateOf(world.sandbox);
}

describe.concurrent("runs in GitLab", () => {
  test("followed by webhook: asked for, confirmed, done as zdsync run alone does it; forged webhooks are refused", async () => {
    const expected = await stateByItself();
    await using started = await startGitlabWorld();
    const { world } = started;
    started.deliver();
    const { pipelines } = world.sandbox;
    const offer = await world.offered();
    expect([pipelines.all().length, world.writes()]).toEqual([1, []]);
    const goOn = holdWrites(world);
    await world.person().clicks(offer, ACTION.confirmRun);
    const parent = await world.posted(/started a run of/);
    const number = pipelines.all()[0]?.id ?? 0;

    // An end that never was: forged, it changes nothing.
    const hook = pipelines.hook(number);
    const forged = { ...hook, object_attributes: { ...hook.object_attributes, status: "success" } };
    const url = `${world.url}/gitlab/events`;
    for (const secret of ["wrong-secret-0123456789", "", null])
      expect(await pipelines.deliver(forged, { url, secret })).toBe(401);
    // A true one that comes twice is no more than one.
    const secret = world.env.GITLAB_WEBHOOK_SECRET ?? "";
    expect(await pipelines.deliver(hook, { url, secret })).toBe(200);
    expect(await pipelines.deliver(hook, { url, secret })).toBe(200);
    await world.person("U0BOB00001").types("/zdsync run");
    expect((await world.shown(/A run is in progress/, "U0BOB00001")).shows).toContain(`by <@${ANN}>`);
    goOn();

    const end = await world.posted(/Done, nothing failed/);
    expect(end.thread).toBe(parent.ts);
    expect(end.shows).toMatch(
      /\/-\/jobs\/\d+\/artifacts\/file\/data\/report\.html\|Page with every change and its reason>/,
    );
    expectWholeThread(world, number);
    expect(stateOf(world.sandbox)).toEqual(expected);
    expect(pipelines.all()).toHaveLength(2);
    await world.person().types("/zdsync last");
    expect((await world.shown(/The last run: Done, nothing failed/)).shows).toContain(`by <@${ANN}>`);
  });

  test("GitLab cannot be asked while a run goes on: people are told so; once it can, the thread comes to its end", async () => {
    await using started = await startGitlabWorld();
    const { world } = started;
    started.deliver();
    const offer = await world.offered();
    const goOn = holdWrites(world);
    await world.person().clicks(offer, ACTION.confirmRun);
    await world.posted(/started a run of/);
    world.sandbox.addFault({ kind: "503-html", service: "gitlab", path: "4712|zdsync-runs", times: 1_000_000 });
    const failed = () => world.sandbox.requests.filter(({ service, fault }) => service === "gitlab" && fault).length;
    // The webhook comes all the same, and what it makes the bot look at cannot be seen.
    const { pipelines } = world.sandbox;
    const number = pipelines.all()[0]?.id ?? 0;
    const secret = world.env.GITLAB_WEBHOOK_SECRET ?? "";
    expect(await pipelines.deliver(pipelines.hook(number), { url: `${world.url}/gitlab/events`, secret })).toBe(200);
    await world.until(() => failed() > 0);
    await world.person("U0BOB00001").types("/zdsync status");
    await world.shown(/GitLab \(127\.0\.0\.1/, "U0BOB00001");
    world.sandbox.clearFaults();
    goOn();
    await world.posted(/Done, nothing failed/);
    expectWholeThread(world, number);
  });

  test("GitLab is down when a run is asked for, or confirmed: the person is told, nothing is started", async () => {
    await using started = await startGitlabWorld();
    const { world } = started;
    const { pipelines } = world.sandbox;
    const fail = () =>
      world.sandbox.addFault({ kind: "503-html", service: "gitlab", path: "4712|zdsync-runs", times: 1_000_000 });
    fail();
    await world.person().types("/zdsync run");
    await world.shown(/GitLab/);
    expect(pipelines.all()).toEqual([]);
    world.sandbox.clearFaults();
    started.deliver();
    const offer = await world.offered();
    fail();
    await world.person().clicks(offer, ACTION.confirmRun);
    await world.shown(/the bot cannot see whether a run is in progress\. Nothing was started/);
    expect([pipelines.all().length, world.channel(), world.writes()]).toEqual([1, [], []]);
    // The offer stays good: once GitLab is there it starts one.
    world.sandbox.clearFaults();
    await world.person().clicks(offer, ACTION.confirmRun);
    await world.posted(/started a run of/);
    expect(pipelines.all()).toHaveLength(2);
  });
});
