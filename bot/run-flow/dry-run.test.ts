import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import {
  ANN,
  BOB,
  buttons,
  comparison,
  FlowWorld,
  matters,
  recordOf,
  Told,
  textOf,
  tokenOf,
} from "../../test/support/bot/flow-world.ts";
import { ACTION } from "../ports.ts";
import { RunnerError } from "../runs/runner.ts";

const said = (text: string) => reason("legacy.text", { text });

const EXCEEDED = comparison({
  name: "usgov",
  refused: [
    reason("limit.exceeded", {
      comparison: "usgov",
      effect: "marks",
      count: 60,
      existing: 1000,
      limit: 50,
      percent: null,
      raised: false,
    }),
  ],
  measures: [{ effect: "marks", count: 60, limit: 50, exceeded: true }],
});

describe("ask", () => {
  test("says that it is being worked out, then what would change, with buttons that hold nothing but a token", async () => {
    const world = new FlowWorld();
    const told = await world.asked(recordOf([comparison(), comparison({ name: "partner" })]));
    expect(told.said.map(({ how }) => how)).toEqual(["privately", "privately"]);
    expect(told.texts[0]).toContain("Checking what a run would change");
    expect(textOf(told.last ?? {})).toContain(
      "Customers, global: 3 to create, 12 to update (2 get less support), 1 to mark for deletion",
    );
    expect(textOf(told.last ?? {})).toContain(
      "Together: 6 to create, 24 to update (4 get less support), 2 to mark for deletion.",
    );
    const [start, cancel] = buttons(told.last);
    expect(start).toMatchObject({ action_id: ACTION.confirmRun, style: "danger", confirm: { style: "danger" } });
    expect(cancel).toMatchObject({ action_id: ACTION.dismissRun, value: start?.value });
    expect(JSON.stringify(start?.confirm)).toContain(
      "At most: 6 to create, 24 to update (4 get less support), 2 to mark for deletion.",
    );
    expect(start?.value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(world.runner.starts).toEqual([{ instance: null, dryRun: true, atMost: null, user: ANN.user }]);
    expect(world.outgoing.posts).toEqual([]);
    expect(world.results).toEqual([
      "U0ANN run → started the dry run, pipeline 4711",
      "U0ANN run → a run would change global.creates=3 global.updates=12 global.marks=1 global.downgrades=2 partner.creates=3 partner.updates=12 partner.marks=1 partner.downgrades=2",
    ]);
  });

  test.each([
    ["process", {}, "more stops before it writes, and asks again.\nUsers are compared again", "Other lines"],
    ["process", { instance: "global" }, "more stops before it writes", "Users are compared"],
    ["gitlab", {}, "Other lines may still be written.", "a run that finds more stops"],
  ] as const)("%s %j: promises what a run holds there, and not more", async (kind, options, promised, not) => {
    const text = textOf((await new FlowWorld(kind).asked(recordOf([comparison()]), options)).last ?? {});
    expect(text).toContain(promised);
    expect(text).not.toContain(not);
    expect(text).toEndWith("Only you can confirm this, once, within five minutes.");
  });

  test("the token itself is not in the database", async () => {
    const world = new FlowWorld();
    const token = await world.offered();
    expect(token).not.toBe("");
    expect(JSON.stringify(world.database.query("select * from run_offers").all())).not.toContain(token);
  });

  test("--dry-run: counts, no button", async () => {
    const told = await new FlowWorld().asked(recordOf([comparison()]), { purpose: "look" });
    expect(textOf(told.last ?? {})).toContain("3 to create, 12 to update");
    expect(buttons(told.last)).toEqual([]);
  });

  test("nothing would change: says so, no button", async () => {
    const none = comparison({ planned: { creates: 0, updates: 0, marks: 0, contacts: 0 }, measures: [] });
    const told = await new FlowWorld().asked(recordOf([none]));
    expect(textOf(told.last ?? {})).toContain("would change nothing now");
    expect(buttons(told.last)).toEqual([]);
  });

  test("refused by a limit: why, that Slack cannot raise it, no button", async () => {
    const told = await new FlowWorld().asked(recordOf([comparison(), EXCEEDED], { exit: 4 }));
    const text = textOf(told.last ?? {});
    expect(text).toContain("Too many marks: 60 of 1000 organizations of customers in us-government (6%; limit 50).");
    expect(text).toContain("Slack cannot raise limits");
    expect(text).toContain("`zdsync run --allow marks=60`");
    expect(text).toContain('the pipeline\'s input allow: "marks=60"');
    expect(buttons(told.last)).toEqual([]);
  });

  test("a limit of the instance that was not asked for is not in the way, and not in the counts", async () => {
    const world = new FlowWorld();
    const told = await world.asked(recordOf([comparison(), EXCEEDED], { exit: 0 }), { instance: "global" });
    await world.flow.confirm(tokenOf(told.last), ANN, new Told());
    expect(world.runner.starts[1]).toEqual({
      user: ANN.user,
      instance: "global",
      dryRun: false,
      atMost: { global: { creates: 3, updates: 12, marks: 1, downgrades: 2, contacts: 0 } },
    });
  });

  test.each([
    [
      "failed",
      { exit: 1 as const, failures: [{ where: "gather-accounts", reasons: [said("Salesforce did not answer")] }] },
    ],
    [
      "an instance failed",
      { exit: 0 as const, failures: [{ where: "us-government", reasons: [said("Salesforce did not answer")] }] },
    ],
    ["stopped", { exit: 5 as const, failures: [{ where: "run", reasons: [said("Salesforce did not answer")] }] }],
  ])("%s: the failure in words, no button", async (_, change) => {
    const told = await new FlowWorld().asked(recordOf([comparison()], change));
    expect(textOf(told.last ?? {})).toContain("Salesforce did not answer.");
    expect(textOf(told.last ?? {})).toContain("did not finish");
    expect(buttons(told.last)).toEqual([]);
  });

  test("no result, and lost: said, no button", async () => {
    const unreadable = await new FlowWorld().asked(null);
    expect(textOf(unreadable.last ?? {})).toContain("left no readable result");
    const world = new FlowWorld();
    const told = new Told();
    const asking = world.flow.ask({ instance: null, purpose: "offer" }, ANN, told);
    await world.time.pass(0);
    world.runner.change("4711", { status: "lost" });
    await world.time.pass(10_000);
    await asking;
    expect(textOf(told.last ?? {})).toContain("The dry run was lost");
    expect(buttons(told.last)).toEqual([]);
  });

  test("a real run goes on: who and when, no dry run", async () => {
    const world = new FlowWorld();
    world.runner.add({ id: "9", startedBy: "@carl <!channel> in GitLab" });
    const told = new Told();
    await world.flow.ask({ instance: null, purpose: "offer" }, ANN, told);
    expect(world.runner.starts).toEqual([]);
    expect(told.texts.join()).toContain("by @carl &lt;!channel&gt; in GitLab");
    expect(told.texts.join()).toContain("2026-11-24 10:00 UTC");
    expect(world.results).toEqual(["U0ANN run → refused: pipeline 9 is in progress"]);
  });

  test("a run that was started here is said to be the person's", async () => {
    const world = new FlowWorld();
    await world.started();
    const told = new Told();
    await world.flow.ask({ instance: null, purpose: "look" }, BOB, told);
    expect(told.texts.join()).toContain("by <@U0ANN>");
  });

  test("one dry run at a time: a second person is told for whom and since when, and may ask afterwards", async () => {
    const world = new FlowWorld();
    const asking = world.flow.ask({ instance: null, purpose: "look" }, ANN, new Told());
    await world.time.pass(60_000);
    const told = new Told();
    await world.flow.ask({ instance: null, purpose: "look" }, BOB, told);
    expect(told.texts).toEqual([expect.stringContaining("A dry run for <@U0ANN> has been in progress since")]);
    expect(world.runner.starts).toHaveLength(1);
    world.runner.end("4711", { record: recordOf([comparison()]) });
    await world.time.pass(10_000);
    await asking;
    expect(buttons((await world.asked(recordOf([comparison()]), { by: BOB })).last)).toHaveLength(2);
  });

  test("the dry run cannot be started: in the runner's words; other errors show nothing of themselves", async () => {
    const world = new FlowWorld();
    world.runner.nextStart = { error: new RunnerError("GitLab refuses the trigger token."), anyway: false };
    const told = new Told();
    await world.flow.ask({ instance: null, purpose: "offer" }, ANN, told);
    expect(told.texts).toEqual(["privately: GitLab refuses the trigger token."]);
    expect(world.results).toEqual(["U0ANN run → failed: GitLab refuses the trigger token."]);
    world.runner.nextStart = { error: new TypeError("secret-of-ours"), anyway: false };
    await world.flow.ask({ instance: null, purpose: "offer" }, ANN, told);
    expect(told.texts[1]).toContain("An unexpected error occurred in the bot");
    expect(JSON.stringify([told.texts, world.audited, world.warnings])).not.toContain("secret-of-ours");
  });

  test("GitLab is down in between: looked at again later, and told before Slack takes no answers any more", async () => {
    const world = new FlowWorld();
    const told = new Told();
    const asking = world.flow.ask({ instance: null, purpose: "offer" }, ANN, told);
    await world.time.pass(0);
    world.runner.down = new RunnerError("GitLab does not answer.");
    await world.time.pass(26 * 60_000);
    await asking;
    expect(world.runner.looks).toBeLessThan(40);
    expect(told.texts).toHaveLength(2);
    expect(told.texts[1]).toContain("GitLab does not answer.");
    expect(buttons(told.last)).toEqual([]);
  });

  test("stop: who waits for a dry run is told, and nobody new is served", async () => {
    const world = new FlowWorld();
    const told = new Told();
    const asking = world.flow.ask({ instance: null, purpose: "offer" }, ANN, told);
    await world.time.pass(0);
    await world.flow.stop();
    await asking;
    expect(told.texts[1]).toContain("The bot is restarting");
    await world.flow.ask({ instance: null, purpose: "offer" }, BOB, told);
    expect(told.texts[2]).toContain("The bot is restarting");
  });
});

describe("preview", () => {
  test("everybody in the channel sees what a run would change and what matters first, and its page; nothing is offered", async () => {
    const world = new FlowWorld();
    const told = await world.asked(recordOf([comparison()], { matters: { ...matters(2), would_hurt: [] } }), {
      purpose: "preview",
    });
    expect(told.texts.at(-1)).toBe("privately: The preview is in the channel. Nothing was written.");
    const [post, ...others] = world.outgoing.posts;
    expect(others).toEqual([]);
    expect(post).toMatchObject({ key: "preview 4711", thread: null, instance: null });
    expect(world.outgoing.shown("preview 4711")).toMatch(
      /^<@U0ANN> asked for a preview. Nothing was written.\n.*would change now.*3 to create.*Most important: 1 loses support · 2 marked/s,
    );
    expect([...buttons(post), ...buttons(told.last)]).toEqual([]);
    expect(world.pages).toEqual([{ runId: "4711", instance: null, thread: "preview 4711", after: "preview 4711" }]);
    expect(world.runner.starts).toEqual([{ instance: null, dryRun: true, atMost: null, user: ANN.user }]);
    expect(world.results).toEqual([
      "U0ANN preview → started the dry run, pipeline 4711",
      expect.stringContaining("U0ANN preview → a run would change"),
    ]);
  });

  test("that a limit would refuse names whom it would hurt; one of an instance goes where that one's messages go", async () => {
    const world = new FlowWorld();
    world.customers = { names: new Map([["0014M00001kAbCdQAK", "Acme"]]), salesforceHost: null };
    const refused = [reason("legacy.text", { text: "too many" })];
    const record = recordOf([comparison({ refused })], { exit: 4, matters: matters(88) });
    await world.asked(record, { purpose: "preview", instance: "global" });
    expect(world.outgoing.posts[0]?.instance).toBe("global");
    expect(world.outgoing.shown("preview 4711")).toMatch(
      /would be refused.*Customers who would lose something.*Acme .*premium → expired/s,
    );
  });

  test("that did not finish concerns only whoever asked", async () => {
    const world = new FlowWorld();
    const told = await world.asked(null, { purpose: "preview" });
    expect(told.texts.at(-1)).toContain("left no readable result");
    expect([world.outgoing.posts, world.pages]).toEqual([[], []]);
  });
});
