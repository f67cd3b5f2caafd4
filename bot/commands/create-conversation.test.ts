import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import { ANN, clickOf, start } from "../../test/support/bot/colleagues.ts";
import { recordOf, runAt } from "../../test/support/bot/run-states.ts";
import { ACTION } from "../ports.ts";
import { RunnerError } from "../runs/runner.ts";

const said = (text: string) => reason("legacy.text", { text });

const HOSTILE = `<!channel> <@U1> *b* _i_ ~s~ \`c\` | :smile: 😀 & ${"x".repeat(3000)}`;
const bob = { ...ANN, user: "U0BOB" };

describe("what is asked is handed on", () => {
  test.each([
    ["run", ["ask", { instance: null, purpose: "offer" }, ANN]],
    ["run us-gov \u2014dry-run", ["ask", { instance: "us-government", purpose: "look" }, ANN]],
    ["preview", ["ask", { instance: null, purpose: "preview" }, ANN]],
    ["preview global --dry-run", ["ask", { instance: "global", purpose: "preview" }, ANN]],
    ["cancel", ["cancel", ANN]],
    ["explain \u201cExample GmbH\u201d", ["explain", "Example GmbH", ANN]],
    ["org Example GmbH", ["explain", "Example GmbH", ANN]],
  ])("%s", async (text, call) => {
    const bot = start();
    const { now } = await bot.command(text);
    expect(bot.calls).toEqual([call as unknown[]]);
    expect(now?.text).toContain("one moment");
  });

  test.each([
    [ACTION.confirmRun, ["confirm", "token", ANN]],
    [ACTION.dismissRun, ["dismiss", "token", ANN]],
    [ACTION.retryContacts, ["retry", clickOf(ACTION.retryContacts, "token")]],
    [ACTION.markHandled, ["handled", clickOf(ACTION.markHandled, "token")]],
  ])("%s", async (action, call) => {
    const bot = start();
    expect((await bot.click(action, "token")).now).toBeNull();
    expect(bot.calls).toEqual([call as unknown[]]);
  });

  test.each([["old_button"], ["constructor"], ["__proto__"], [""]])(
    "an unknown button %j does nothing",
    async (action) => {
      const bot = start();
      const { now, later } = await bot.click(action, HOSTILE);
      expect(now).toBeNull();
      expect(later.map(({ text }) => text)).toEqual([
        "This button no longer works because it is from an older message. `/zdsync help` lists the commands.",
      ]);
      expect(bot.calls).toEqual([]);
    },
  );

  test("`now` is there before anybody is asked", () => {
    const bot = start({ current: () => new Promise(() => {}), ended: () => new Promise(() => {}) });
    for (const text of ["run", "status", "last", "explain x", "cancel", "help"])
      expect(bot.conversation.command({ by: ANN, text }).now).not.toBeNull();
    expect(bot.calls).toEqual([]);
  });
});

describe("who may not", () => {
  const PRIVILEGED = ["run", "run --dry-run", "last", "explain Example", "cancel"];
  const outside = [
    ["another workspace", { ...ANN, team: "T2" }],
    ["another channel", { ...ANN, channel: "C2" }],
    ["another user", bob],
  ] as const;

  test.each(outside)("from %s: nothing but help and status", async (_, by) => {
    for (const text of PRIVILEGED) {
      const bot = start();
      const { now, later } = await bot.command(text, by);
      expect(bot.calls).toEqual([]);
      expect(later).toEqual([]);
      expect(JSON.stringify(now)).toContain("zdsync.config.yml");
    }
    const bot = start();
    expect((await bot.command("help", by)).all).toContain("/zdsync run");
    expect((await bot.command("status", by)).all).toContain("No run is in progress");
    expect(bot.audited).toEqual([]);
  });

  test.each(outside)("from %s: no button", async (_, by) => {
    for (const action of Object.values(ACTION)) {
      const bot = start();
      expect((await bot.click(action, "1", by)).all).toContain("zdsync.config.yml");
      expect(bot.calls).toEqual([]);
    }
  });

  test("a config that says nothing lets nobody in", async () => {
    const bot = start({ slack: { team: null, channels: [], users: [], user_groups: [] } });
    expect((await bot.command("run")).all).toContain("no users are allowed to do this");
    expect(bot.calls).toEqual([]);
  });

  test("is audited without names, once a minute for each", async () => {
    const bot = start();
    await bot.command("explain Example GmbH", bob);
    for (let count = 0; count < 50; count++) await bot.click(ACTION.confirmRun, "token", bob);
    await bot.command("run global", { ...ANN, user: "U3" });
    bot.clock.now = new Date(bot.clock.now.getTime() + 60_000);
    await bot.command("cancel", bob);
    expect(bot.audited.map(({ by, what, result }) => [by.user, what, result])).toEqual([
      ["U0BOB", "explain", "refused: not on the list of users or in a user group"],
      ["U3", "run global", "refused: not on the list of users or in a user group"],
      ["U0BOB", "cancel", "refused: not on the list of users or in a user group"],
    ]);
  });

  test("a refusal holds where it cannot be audited", async () => {
    const record = () => {
      throw new Error("disk full");
    };
    const bot = start({ change: { audit: { record, latest: () => [] } } });
    expect((await bot.command("run", bob)).all).toContain("You are not allowed to do this");
    expect(bot.calls).toEqual([]);
    expect(bot.warnings).toEqual(["a refusal could not be audited: Error"]);
  });
});

describe("user groups", () => {
  const slack = { team: "T1", channels: ["C1"], users: [], user_groups: ["S1"] };
  const groupOf = (...users: string[]) => ({ members: async () => ({ is: "read" as const, users: new Set(users) }) });

  test("let their members in, looked up anew at every command and click", async () => {
    let users = ["U0BOB"];
    const bot = start({ slack, userGroups: { members: () => groupOf(...users).members() } });
    await bot.command("cancel", bob);
    users = [];
    expect((await bot.click(ACTION.confirmRun, "token", bob)).all).toContain("You are not allowed to do this");
    expect(bot.calls).toEqual([["cancel", bob]]);
  });

  test("that cannot be read let nobody in", async () => {
    const userGroups = { members: async () => ({ is: "unread" as const, reason: "Slack did not respond" }) };
    const bot = start({ slack, userGroups });
    const { all } = await bot.command("run", bob);
    expect(all).toContain("whether you are in an allowed user group (Slack did not respond)");
    expect(bot.calls).toEqual([]);
    expect(bot.audited[0]?.result).toBe("refused: a user group could not be read");
  });

  test("are not asked before the acknowledgement", () => {
    const bot = start({ slack, userGroups: { members: () => Promise.reject(new Error("asked too early")) } });
    expect(bot.conversation.command({ by: bob, text: "run" }).now?.text).toContain("one moment");
  });
});

describe("what fails", () => {
  const down = () => Promise.reject(new RunnerError("GitLab could not be reached <!here>: try again in a minute"));
  const broken = () => Promise.reject(new TypeError("sue@example.com is undefined"));

  test("the runner's words reach who asked, and the audit log is shown all the same", async () => {
    const bot = start({ current: down, ended: down });
    expect((await bot.command("status")).all).toContain("GitLab could not be reached &lt;!here&gt;: try again");
    const { all } = await bot.command("last");
    expect(all).toContain("GitLab could not be reached &lt;!here&gt;");
    expect(all).toContain("none yet");
  });

  test("anything else is one sentence, and a code in the log", async () => {
    const runs = { ask: broken, confirm: broken, dismiss: broken, cancel: broken, resume: broken, stop: broken };
    const organizations = { retry: broken, handled: broken };
    const explainer = { explain: broken, whole: broken };
    const bot = start({ current: broken, ended: broken, change: { runs, contactActions: organizations, explainer } });
    for (const text of ["run", "cancel", "explain Example", "status", "last"]) {
      const { all } = await bot.command(text);
      expect(all).toContain("An unexpected error occurred in the bot");
      expect(all).not.toMatch(/sue@|TypeError/);
    }
    for (const action of Object.values(ACTION)) expect((await bot.click(action)).all).toContain("unexpected error");
    expect(bot.warnings.length).toBe(10);
    expect(bot.warnings.every((warning) => /^[\w ]+ failed: TypeError$/.test(warning))).toBe(true);
  });

  test("Slack down while answering", async () => {
    const bot = start({ current: broken });
    const gone = { privately: broken, instead: broken };
    for (const text of ["status", "last"]) await bot.conversation.command({ by: ANN, text }).later?.(gone);
    await bot.conversation.button(clickOf("old", "1")).later?.(gone);
    expect(bot.warnings).toContain("status could not be answered: TypeError");
  });

  test("a decision that cannot be made at all", async () => {
    const known = () => {
      throw new Error("broken");
    };
    const bot = start({ change: { access: { known, decide: broken } } });
    expect((await bot.command("run")).all).toContain("unexpected error");
    expect((await bot.click(ACTION.confirmRun)).all).toContain("unexpected error");
    expect(bot.calls).toEqual([]);
  });
});

describe("status and last", () => {
  const parts = [
    { name: "gather-accounts", state: "done" as const },
    { name: "compare global", state: "running" as const },
    { name: "sync global", state: "waiting" as const },
  ];
  const going = runAt(11, {
    id: "4711",
    url: "https://gitlab.example.com/4711",
    status: "running",
    endedAt: null,
    exit: null,
    parts,
  });

  test("status: the run that goes on, and the last scheduled one; without customers", async () => {
    const conflict = { comparison: "global" as const, salesforce_id: null, id: 1, reason: said("Example GmbH") };
    const record = recordOf({
      conflicts: [conflict],
      failures: [{ where: "Example GmbH", reasons: [said("Example GmbH")] }],
    });
    const ended = [runAt(10, { id: "9", origin: "bot" }), runAt(9, { id: "8", exit: 3, record })];
    const bot = start({
      current: async () => going,
      ended: async () => ended,
      starterOf: (id) => (id === "4711" ? "U0SUE" : null),
    });
    const { later, all } = await bot.command("status", { team: "T9", channel: "C9", user: "U9" });
    expect(later[0]?.text).toContain("<https://gitlab.example.com/4711|pipeline 4711>");
    expect(all).toContain("by <@U0SUE>");
    expect(all).toContain("In progress: compare global. Done: 1 of 3 stages.");
    expect(all).toContain("pipeline 8, ended <!date^1795511100^");
    expect(all).toContain("Done, but some records failed");
    expect(all).not.toContain("Example GmbH");
  });

  test("status looks back step by step, no further than needed", async () => {
    const asked: number[] = [];
    const ended = async (since: Date) => {
      asked.push((Date.parse("2026-11-24T12:00:00Z") - since.getTime()) / 3_600_000);
      return asked.length === 2 ? [runAt(2)] : [];
    };
    await start({ ended }).command("status");
    expect(asked).toEqual([2, 24]);
    asked.length = 2;
    expect((await start({ ended }).command("status")).all).toContain("No scheduled run ended within the last week");
  });

  test("status names the last run of any kind where that is not the scheduled one, such as one started from Slack", async () => {
    const [mine, scheduled] = [runAt(1, { id: "9", origin: "person" }), runAt(40, { id: "8" })];
    const { all } = await start({ ended: async () => [mine, scheduled] }).command("status");
    expect(all).toMatch(/The last scheduled run, [^\n]*8[^\n]*ended/);
    expect(all).toMatch(/The last run of any kind, [^\n]*9[^\n]*ended/);
    const { all: alone } = await start({ ended: async () => [mine] }).command("status");
    expect(alone).toContain("No scheduled run ended within the last week");
    expect(alone).toContain("The last run of any kind");
    expect((await start({ ended: async () => [scheduled] }).command("status")).all).not.toContain("of any kind");
  });

  test("last: the run, its counts and failures, and who did what", async () => {
    const results = {
      create: { applied: 3, failed: 1, skipped: 0 },
      update: { applied: 0, failed: 0, skipped: 2 },
      mark: { applied: 0, failed: 0, skipped: 0 },
      contact: { applied: 0, failed: 0, skipped: 0 },
    };
    const one = {
      name: "global" as const,
      existing: 9,
      planned: { creates: 4, updates: 2, marks: 0, contacts: 0 },
      measures: [],
    };
    const record = recordOf({
      comparisons: [{ ...one, refused: [], unconfirmed: [], results }],
      failures: [{ where: "us-government", reasons: [said("Zendesk did not answer")] }],
    });
    const bot = start({ ended: async () => [runAt(10, { exit: 1, startedBy: "@ann in GitLab", record })] });
    await bot.command("cancel", bob);
    const { all } = await bot.command("last");
    for (const part of [
      "The last run: Failed",
      "by @ann in GitLab, took 5 min 0 s",
      "• Customers, global: 3 created, *1 failed*, 2 skipped",
      "• us-government: Zendesk did not answer",
      "<@U0BOB>: cancel: refused: not on the list of users",
    ])
      expect(all).toContain(part);
  });

  test("a run that left nothing, and none at all", async () => {
    const lost = start({ ended: async () => [runAt(10, { status: "lost", exit: null, record: null })] });
    expect((await lost.command("last")).all).toContain("It left no readable result.");
    expect((await start().command("last")).all).toContain("none ended within the last week");
  });
});

describe("hostile texts", () => {
  test.each([[HOSTILE], [HOSTILE.slice(0, 60)]])(
    "never appear unescaped, and no answer is too long for Slack: %#",
    async (text) => {
      const failures = Array.from({ length: 40 }, () => ({ where: text, reasons: [said(text)] }));
      const parts = Array.from({ length: 90 }, () => ({ name: text, state: "running" as const }));
      const run = runAt(10, {
        id: text,
        url: "javascript:alert(1)",
        startedBy: text,
        parts,
        record: recordOf({ failures }),
      });
      const bot = start({
        current: async () => ({ ...run, status: "running" }),
        ended: async () => [run],
        starterOf: () => null,
      });
      for (let count = 0; count < 12; count++)
        bot.audited.push({ at: run.startedAt, by: { ...ANN, user: text }, what: text, result: text });
      const short = text.slice(0, 900);
      const answers = [];
      for (const typed of ["status", "last", text, short, `explain ${short}`, `run ${short}`, `run --${short}`])
        answers.push(await bot.command(typed));
      answers.push(await bot.click(text, text));
      for (const { now, later } of answers)
        for (const said of [...(now ? [now] : []), ...later]) {
          const json = JSON.stringify(said);
          expect(json).not.toMatch(/<!channel|<@U1>|\*b\*|_i_|~s~|:smile:|javascript:/);
          expect(JSON.stringify(said.blocks).length).toBeLessThanOrEqual(10_000);
          expect(said.blocks?.length).toBeLessThanOrEqual(50);
          expect(said.text.length).toBeLessThanOrEqual(3_000);
        }
    },
  );
});
