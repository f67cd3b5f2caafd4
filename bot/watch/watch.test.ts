import { describe, expect, test } from "bun:test";
import { reason } from "../../lib/domain/reason.ts";
import type { OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import { ArtifactStore } from "../../lib/storage/artifacts/store.ts";
import { at, recordOf, runAt } from "../../test/support/bot/run-states.ts";
import { openDatabase } from "../database.ts";
import type { RequestedPage } from "../pages/page-uploads.ts";
import { type Runner, RunnerError, type RunState } from "../runs/runner.ts";
import { renderAlert, renderCredentials } from "./render-alerts.ts";
import { createWatch, type WatchDeps } from "./watch.ts";

const never = () => Promise.reject(new Error("not asked here"));

/** A watch over runs that a test changes; `posts` are the keys that were put, each once. */
function world(runs: RunState[]) {
  const posts = new Map<string, OutgoingPost>();
  const warnings: string[] = [];
  const wanted: RequestedPage[] = [];
  const moment = { now: at(1.5) };
  const runner: Runner = {
    kind: "process",
    start: never,
    look: never,
    cancel: never,
    current: async () => null,
    ended: async (since) => runs.filter((run) => (run.endedAt ?? run.startedAt) >= since),
    artifacts: async () => new ArtifactStore("/nowhere"),
    onChange: () => () => {},
  };
  const deps: WatchDeps = {
    runner,
    outgoing: { enqueue: (post) => void (posts.has(post.key) || posts.set(post.key, post)), tsOf: () => null },
    database: openDatabase(":memory:"),
    salesforceHost: "example.my.salesforce.com",
    usGovernment: "names",
    ownChannels: new Set(),
    pages: { want: (page) => void wanted.push(page) },
    credentials: async () => [],
    clock: () => moment.now,
    warn: (message) => void warnings.push(message),
  };
  return { posts, warnings, wanted, moment, setting: deps, keys: () => [...posts.keys()] };
}

describe("the watch", () => {
  test("a restart in between says nothing again", async () => {
    const runs = [runAt(1, { exit: 1 })];
    const { setting, keys, moment } = world(runs);
    await createWatch(setting).look();
    moment.now = at(1.6);
    await createWatch(setting).look();
    runs.push(runAt(2));
    moment.now = at(2.5);
    await createWatch(setting).look();
    expect(keys()).toEqual([
      "alert failed run-1 2026-11-24T01:05:00.000Z",
      "alert well run-2 2026-11-24T02:05:00.000Z",
    ]);
  });

  test("killed after the message and before its own memory, it says the same under the same key", async () => {
    const { setting, keys, posts } = world([runAt(1, { exit: 4 })]);
    await createWatch(setting).look();
    setting.database.run("delete from watch");
    await createWatch(setting).look();
    expect(keys()).toEqual(["alert refused run-1 2026-11-24T01:05:00.000Z"]);
    expect(posts.size).toBe(1);
  });

  test("the page of a run goes into the thread of its alert; of one that is well again, or left nothing, none is wanted", async () => {
    const runs = [runAt(1, { exit: 4 })];
    const { setting, wanted, moment, posts } = world(runs);
    await createWatch(setting).look();
    const key = "alert refused run-1 2026-11-24T01:05:00.000Z";
    expect(wanted).toEqual([{ runId: "run-1", instance: null, thread: key, after: key }]);
    expect(JSON.stringify(posts.get(key))).toContain("its page: `history/run-1/report.html` on build-1");
    runs.push(runAt(2));
    moment.now = at(2.5);
    await createWatch(setting).look();
    runs.push(runAt(3, { exit: 1, record: null }));
    moment.now = at(3.5);
    await createWatch(setting).look();
    expect(posts.size).toBe(3);
    expect(wanted).toHaveLength(1);
  });

  test("a refusal names the first ten customers whom it would hurt, and one whose name stays out by its id alone", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `0014M000000000${String(index).padStart(2, "0")}AQ`);
    const [first = "", second = ""] = ids;
    const hurt = ids.slice(0, 10).map((salesforce_id) => ({
      ...{ comparison: "global" as const, salesforce_id, id: 7, harm: "marked" as const },
      ...{ before: "premium", after: "premium", arr: 5 },
    }));
    const record = recordOf({ exit: 4, matters: { counts: { marked: 12 }, would_hurt: hurt, would_hurt_more: 2 } });
    const customers = { names: new Map([[first, "Known Corp"]]), salesforceHost: null };
    const post = renderAlert({ say: "refused", run: runAt(1, { exit: 4, record }) }, customers);
    const lines = JSON.stringify(post.blocks).split("\\n");
    const named = lines.filter((line) => line.startsWith("• ") && line.includes("support level"));
    expect(named).toHaveLength(10);
    expect(named[0]).toContain("Known Corp");
    expect(named[1]).toStartWith(`• ${second} (`);
    expect(lines.join()).toContain("and 2 more");
  });

  test("a runner that cannot be asked is no alarm, and nothing is forgotten", async () => {
    const { setting, keys, warnings } = world([runAt(1, { exit: 1 })]);
    const broken = { ...setting, runner: { ...setting.runner, ended: never } };
    await createWatch(broken).look();
    expect(keys()).toEqual([]);
    expect(warnings).toHaveLength(1);
    await createWatch(setting).look();
    expect(keys()).toEqual(["alert failed run-1 2026-11-24T01:05:00.000Z"]);
  });

  test("two hours in which the runs cannot be seen are told, once, and when they can be seen again", async () => {
    const { setting, keys, posts, moment } = world([]);
    const blind = { ...setting, runner: { ...setting.runner, current: () => Promise.reject(new RunnerError("401")) } };
    for (const hours of [1, 2, 3, 3.1, 4]) {
      moment.now = at(hours);
      await createWatch(blind).look();
    }
    expect(keys()).toEqual(["alert unseen since 2026-11-24T01:00:00.000Z"]);
    expect(JSON.stringify([...posts.values()])).toContain("401");
    moment.now = at(4.1);
    await createWatch(setting).look();
    expect(keys().slice(1)).toEqual([
      "alert seen after 2026-11-24T01:00:00.000Z",
      "alert missing since 2026-11-24T01:00:00.000Z",
    ]);
  });

  test("a pipeline that is retried to its end and fails again is told of again", async () => {
    const runs = [runAt(1, { exit: 1 })];
    const { setting, keys, moment } = world(runs);
    const ends = (hours: number, exit: number) => {
      runs[0] = runAt(1, { exit, endedAt: at(hours) });
      moment.now = at(hours + 0.1);
      return createWatch(setting).look();
    };
    await ends(1.2, 1);
    await ends(1.4, 0);
    await ends(1.6, 1);
    expect(keys().map((key) => key.split(" ")[1])).toEqual(["failed", "well", "failed"]);
  });

  test("a memory that fails too is no reason to throw: the log has both", async () => {
    const { setting, keys, warnings } = world([runAt(1, { exit: 1 })]);
    const watch = createWatch(setting);
    setting.database.close();
    await watch.look();
    expect(keys()).toEqual([]);
    expect(warnings.slice(0, 2)).toEqual([
      expect.stringContaining("the runs cannot be watched at the moment"),
      expect.stringContaining("could not report"),
    ]);
  });

  test("looks do not overlap", async () => {
    const { setting } = world([]);
    let asked = 0;
    const counting = {
      ...setting.runner,
      ended: async () => {
        asked++;
        return [];
      },
    };
    const watch = createWatch({ ...setting, runner: counting });
    await Promise.all([watch.look(), watch.look(), watch.look()]);
    expect(asked).toBe(1);
  });

  test("credentials that end soon are named once a day", async () => {
    const { setting, keys, moment } = world([runAt(1)]);
    const ending = { setting: "OVERRIDES_TOKEN", ends: "2026-11-30", daysLeft: 6, remedy: "Rotate it." };
    const watch = createWatch({ ...setting, credentials: async () => [ending] });
    await watch.look();
    moment.now = at(1.8);
    await watch.look();
    expect(keys()).toEqual(["credentials 2026-11-24"]);
    moment.now = new Date(at(25).getTime());
    await watch.look();
    expect(keys()).toContain("credentials 2026-11-25");
  });

  test("stop ends the intervals and waits for the look under way", async () => {
    const { setting } = world([]);
    let ended = 0;
    const watch = createWatch({ ...setting, every: () => () => void ended++ });
    watch.start();
    await watch.stop();
    expect(ended).toBe(1);
  });
});

describe("messages", () => {
  const text = (post: OutgoingPost) => JSON.stringify(post.blocks);
  const customers = {
    names: new Map([["0014M00001abcdEQAQ", "<!channel> *Evil* | GmbH"]]),
    salesforceHost: "x.my.salesforce.com",
  };

  test("name the customers that an unknown charge concerns, as text", () => {
    const record = recordOf({
      unknown_charges: [
        {
          charge_name: "<!here> Product",
          accounts: ["0014M00001abcdEQAQ"],
          unexpired_accounts: ["0014M00001abcdEQAQ"],
          nearest: "<!here> Known",
          hurt_accounts: ["0014M00001abcdEQAQ"],
        },
      ],
      conflicts: [
        {
          comparison: "global",
          salesforce_id: "0014M00001abcdEQAQ",
          id: 7,
          reason: reason("organization.shares_account", { organization_ids: [8] }),
        },
      ],
    });
    const run = runAt(1, { record });
    const post = renderAlert(
      { say: "attention", run, keys: ["charge <!here> Product", "conflict global 0014M00001abcdEQAQ 7"] },
      customers,
    );
    expect(text(post)).toContain("&lt;!channel&gt;");
    expect(text(post)).toContain("https://x.my.salesforce.com/0014M00001abcdEQAQ");
    expect(text(post)).not.toContain("<!channel>");
    expect(text(post)).not.toContain("<!here>");
    expect(text(post)).toContain("did you mean &lt;!here&gt; Known?");
    expect(text(post)).toContain("less support now: 1");
    expect(text(post)).toContain("organization 7");
  });

  test("say of a merged account what it was merged into and what to do, in full", () => {
    const winner = "0014M00001winnrQAQ";
    const told = `not marked: its account was merged into ${winner}, ${"do this and that; ".repeat(20)}--allow merged_marks`;
    const one = {
      comparison: "global" as const,
      salesforce_id: "0014M00001abcdEQAQ",
      id: 7,
      reason: reason("legacy.text", { text: told }),
    };
    const run = runAt(1, { record: recordOf({ merged: [one] }) });
    const post = renderAlert({ say: "attention", run, keys: ["merged global 0014M00001abcdEQAQ 7"] }, customers);
    expect(text(post)).toContain("*Merged accounts:*");
    expect(text(post)).toContain(winner);
    expect(text(post)).toContain("--allow merged");
  });

  test("C3: say of a moved account, by ids, that it is in the other instance now and what to do, in full", () => {
    const one = {
      comparison: "usgov" as const,
      salesforce_id: "0014M00001abcdEQAQ",
      id: 7,
      reason: reason("mark.account_moved"),
    };
    const run = runAt(1, { record: recordOf({ moved: [one] }) });
    const post = renderAlert({ say: "attention", run, keys: ["moved usgov 0014M00001abcdEQAQ 7"] }, customers);
    for (const part of ["moved to the other instance", "organization 7", "set migrating while", "by hand"])
      expect(text(post)).toContain(part);
  });

  test("a thousand of everything still fit into one message", () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `0014M0000${String(index).padStart(6, "0")}QAQ`);
    const record = recordOf({
      exit: 1,
      failures: ids.map((where) => ({ where, reasons: [reason("legacy.text", { text: "x".repeat(3000) })] })),
      unknown_charges: ids.map((id) => ({
        charge_name: `${id}${"*".repeat(3000)}`,
        accounts: ids,
        unexpired_accounts: [],
        nearest: "_".repeat(3000),
        hurt_accounts: ids,
      })),
      conflicts: ids.map((id) => ({
        comparison: "global" as const,
        salesforce_id: id,
        id: null,
        reason: reason("legacy.text", { text: "_".repeat(3000) }),
      })),
    });
    const post = renderAlert({ say: "failed", run: runAt(1, { record, exit: 1 }) }, customers);
    expect(post.blocks.length).toBeLessThanOrEqual(50);
    expect(text(post).length).toBeLessThanOrEqual(10_000);
    expect(text(post)).toContain("and 990 more");
    expect(text(post)).toContain("lines omitted)");
    for (const block of post.blocks.slice(1))
      expect((block.text as { text: string }).text.length).toBeLessThanOrEqual(3000);
  });

  test("a credential says when it ends and what to do", () => {
    const post = renderCredentials(
      [{ setting: "OVERRIDES_TOKEN", ends: "2026-11-25", daysLeft: 1, remedy: "Rotate it." }],
      "2026-11-24",
    );
    expect(text(post)).toContain("ends in 1 day, on 2026-11-25");
    const past = renderCredentials(
      [{ setting: "OVERRIDES_TOKEN", ends: "2026-11-20", daysLeft: -4, remedy: "Rotate it." }],
      "2026-11-24",
    );
    expect(text(past)).toContain("ended on 2026-11-20");
  });
});
