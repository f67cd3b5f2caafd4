import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../lib/domain/config.ts";
import { reason } from "../../lib/domain/reason.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { refused } from "../../lib/reasons/refused.ts";
import type { NoticeOrganization } from "../../lib/remotes/slack/notice.ts";
import type { Block, MessageChange, PostOutcome, SlackChannel } from "../../lib/remotes/slack/ports.ts";
import { renderNotices } from "../../lib/remotes/slack/render-notices.ts";
import type { RetrySession } from "../../lib/sync/retry-contacts.ts";
import { type FakeCustomer, fakeSession } from "../../test/support/bot/fake-retry.ts";
import { ANN, BOB, Told } from "../../test/support/bot/flow-world.ts";
import type { ButtonClick } from "../conversation.ts";
import { openDatabase } from "../database.ts";
import { ACTION, type AuditEntry } from "../ports.ts";
import { type ContactActionsDeps, createContactActions } from "./contact-actions.ts";

const NOW = new Date("2026-11-24T10:31:00Z");
const ACCOUNT = "0014M00001kAbCdQAK";

function noticed(id: number): NoticeOrganization {
  return {
    id,
    salesforce_id: ACCOUNT,
    name: `Example ${id}`,
    zendeskUrl: `https://example.zendesk.com/agent/organizations/${id}`,
    salesforceUrl: `https://example.my.salesforce.com/${ACCOUNT}`,
    created_at: NOW.toISOString(),
    addresses: [{ email: "old@example.com", reason: reason("contact.suspended", { user_id: 1 }) }],
    createdByThisRun: true,
  };
}

/** A channel with one message, as Slack holds it. */
class FakeChannel implements SlackChannel {
  blocks: Block[];
  readonly updates: { ts: string; change: MessageChange }[] = [];
  readonly outcomes: PostOutcome[] = [];
  /** Holds a change back until it is opened. */
  gate: Promise<void> = Promise.resolve();
  atOnce = 0;
  most = 0;

  constructor(ids: number[]) {
    this.blocks = renderNotices({ runId: "run-1", dryRun: false }, ids.map(noticed)).replies[0]?.blocks ?? [];
  }

  history = async () => ({ is: "read" as const, messages: [] });
  post = async () => ({ is: "posted" as const, ts: "1.1" });
  async update(ts: string, change: MessageChange): Promise<PostOutcome> {
    this.most = Math.max(this.most, ++this.atOnce);
    await this.gate;
    this.atOnce--;
    this.updates.push({ ts, change });
    const outcome = this.outcomes.shift() ?? { is: "posted" as const, ts };
    if (outcome.is === "posted") this.blocks = change.blocks;
    return outcome;
  }

  get shown(): string {
    return JSON.stringify(this.blocks);
  }
  buttonsOf(id: number): boolean {
    return this.blocks.some((block) => block.block_id === `organization:${id}` && block.type === "actions");
  }
}

function start(
  given: { ids?: number[]; customer?: FakeCustomer; open?: () => Promise<RetrySession>; path?: string } = {},
) {
  const { ids = [11, 12], customer = {}, path = ":memory:" } = given;
  const channel = new FakeChannel(ids);
  const audit: AuditEntry[] = [];
  const slept: number[] = [];
  const warned: string[] = [];
  const opened: number[] = [];
  const open =
    given.open ??
    (async () => {
      opened.push(opened.length);
      return fakeSession(customer, DEFAULT_CONFIG);
    });
  const deps: ContactActionsDeps = {
    openRetry: open,
    isRunInProgress: async () => false,
    channelOf: () => channel,
    database: openDatabase(path),
    audit: { record: (entry) => void audit.push(entry), latest: () => audit },
    clock: () => NOW,
    sleep: async (milliseconds) => void slept.push(milliseconds),
    ended: new AbortController().signal,
    warn: (message) => void warned.push(message),
  };
  const click = (id: number | string, by = ANN, action: string = ACTION.retryContacts): ButtonClick => ({
    by,
    action,
    value: String(id),
    message: { ts: "100.1", text: "Without support contacts", blocks: channel.blocks },
  });
  return { care: createContactActions(deps), setting: deps, channel, audit, slept, warned, opened, click };
}

describe("retry", () => {
  test("contacts are found: the message says so, the buttons go, the others keep theirs, the metadata stays", async () => {
    const { care, channel, click, audit } = start();
    const told = new Told();
    await care.retry(click(11), told);
    expect(channel.shown).toContain("1 contact added by <@U0ANN> 10:31 UTC");
    expect([channel.buttonsOf(11), channel.buttonsOf(12)]).toEqual([false, true]);
    expect(channel.updates).toHaveLength(1);
    expect(channel.updates[0]).toMatchObject({ ts: "100.1", change: { text: "Without support contacts" } });
    expect(channel.updates[0]?.change).not.toHaveProperty("metadata");
    expect(told.texts).toEqual([]);
    expect(audit).toEqual([
      { at: NOW, by: ANN, what: "retry contacts of organization 11", result: "has contacts, 1 created" },
    ]);
  });

  test("nobody still: the new reasons stand in the message, the buttons stay, and whoever clicked is told", async () => {
    const { care, channel, click } = start({ customer: { user: { role: "agent" } } });
    const told = new Told();
    await care.retry(click(11), told);
    await care.retry(click(11, BOB), told);
    expect(channel.buttonsOf(11)).toBe(true);
    expect(channel.shown).toContain("new@example.com: User 7 is an agent or admin and was skipped.");
    expect(channel.shown).not.toContain("old@example.com: user 1 is suspended\\nand");
    expect(JSON.stringify(channel.blocks[0])).not.toContain("old@example.com");
    expect(channel.shown.match(/Still without contacts/g)).toHaveLength(1);
    expect(channel.shown).toContain("<@U0BOB>");
    expect(told.texts[0]).toContain("Organization 11 still has no contacts:");
    expect(told.texts[0]).toContain("agent or admin");
  });

  test("a Slack that is slow to be told keeps nobody from trying again: what counts is that the retry has ended", async () => {
    const { care, click, opened } = start({ customer: { user: { role: "agent" } } });
    const { promise: slackAnswers, resolve: answer } = Promise.withResolvers<void>();
    const { promise: isTold, resolve: told } = Promise.withResolvers<void>();
    const slow = new Told();
    slow.privately = () => {
      told();
      return slackAnswers;
    };
    const first = care.retry(click(11), slow);
    await isTold;
    await care.retry(click(11, BOB), new Told());
    expect(opened).toHaveLength(2);
    answer();
    await first;
  });

  test("clicked twice at once: one retry; the second is told who is at it", async () => {
    const { care, click, opened, channel } = start();
    const [one, other] = [new Told(), new Told()];
    await Promise.all([care.retry(click(11), one), care.retry(click(11, BOB), other)]);
    expect(opened).toHaveLength(1);
    expect(other.texts).toEqual(["privately: Organization 11 is already being retried by <@U0ANN>."]);
    expect(channel.updates).toHaveLength(1);
  });

  test("two organizations of one message at once: both are in the end what they are; changes one after the other", async () => {
    const { care, click, channel } = start();
    const clicks = [click(11), click(12, BOB)];
    await Promise.all(clicks.map((one) => care.retry(one, new Told())));
    expect([channel.buttonsOf(11), channel.buttonsOf(12)]).toEqual([false, false]);
    expect(channel.shown).toContain("<@U0ANN>");
    expect(channel.shown).toContain("<@U0BOB>");
    expect(channel.most).toBe(1);
  });

  test("retries go one after the other: each holds the lock of the data directory", async () => {
    let open = 0;
    const { care, click, channel } = start({
      ids: [11, 12, 13],
      open: async () => {
        if (++open > 1) throw refused(reason("lock.contested", { directory: "data" }));
        const session = fakeSession({}, DEFAULT_CONFIG);
        return { ...session, close: async () => void open-- };
      },
    });
    await Promise.all([11, 12, 13].map((id) => care.retry(click(id), new Told())));
    expect([11, 12, 13].map((id) => channel.buttonsOf(id))).toEqual([false, false, false]);
  });

  test("clicked again on an old screen: nothing is retried, it is said who did it, and the message is mended", async () => {
    const { care, click, channel, opened } = start();
    const old = click(11, BOB);
    await care.retry(click(11), new Told());
    const told = new Told();
    await care.retry(old, told);
    expect(opened).toHaveLength(1);
    expect(told.texts[0]).toContain("already has contacts: retried by <@U0ANN> 10:31 UTC");
    expect(channel.buttonsOf(11)).toBe(false);
  });

  test("marked handled while it was looked into: handled it stays", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { care, click, channel } = start({
      open: async () => {
        await promise;
        return fakeSession({ user: { role: "agent" } }, DEFAULT_CONFIG);
      },
    });
    const retried = care.retry(click(11), new Told());
    await care.handled(click(11, BOB), new Told());
    resolve();
    await retried;
    expect(channel.shown).toContain("Handled by <@U0BOB>");
    expect(channel.buttonsOf(11)).toBe(false);
  });

  test.each<[string, () => Promise<RetrySession>, RegExp]>([
    [
      "a run goes on",
      () => Promise.reject(refused(reason("lock.held_by_unknown", { directory: "data" }))),
      /A run is in progress and will do this/,
    ],
    [
      "settings are missing",
      () => Promise.reject(new ConfigurationError([{ where: "SALESFORCE_LOGIN_URL", what: "not set" }])),
      /SALESFORCE_LOGIN_URL: not set.*seven days/,
    ],
    [
      "something breaks",
      () => Promise.reject(new Error("secret of a library")),
      /were not retried.\nAn unexpected error occurred in the bot/,
    ],
  ])("%s: said privately, the message stays as it is, and it can be tried again", async (_, open, words) => {
    const { care, click, channel, audit } = start({ open });
    const told = new Told();
    await care.retry(click(11), told);
    expect(told.texts[0]).toMatch(words);
    expect(channel.updates).toEqual([]);
    expect(audit).toHaveLength(1);
    await care.retry(click(11), told);
    expect(told.texts).toHaveLength(2);
    expect(told.texts[1]).toEqual(told.texts[0] ?? "");
  });

  test("a run goes on elsewhere: nothing is opened; who cannot be asked does not stand in the way", async () => {
    const { setting, click, opened, warned } = start();
    const told = new Told();
    await createContactActions({ ...setting, isRunInProgress: async () => true }).retry(click(11), told);
    expect(told.texts[0]).toContain("A run is in progress");
    expect(opened).toEqual([]);
    const unasked = createContactActions({
      ...setting,
      isRunInProgress: () => Promise.reject(new Error("GitLab is down")),
    });
    await unasked.retry(click(11), told);
    expect(opened).toHaveLength(1);
    expect(warned).toHaveLength(1);
    expect(warned[0]).not.toContain("GitLab is down");
  });

  test.each(["", "abc", "11 ", "-11", "1e3", "0", "9".repeat(21), "9".repeat(20), "'; drop table", "11\n12"])(
    "a value that is no id is ignored politely: %j",
    async (value) => {
      const { care, click, opened, channel, audit } = start();
      const told = new Told();
      await care.retry(click(value), told);
      await care.handled(click(value), told);
      expect(told.texts).toHaveLength(2);
      expect(told.texts[0]).toContain("has no organization");
      expect([opened, channel.updates]).toEqual([[], []]);
      expect(audit.map(({ result }) => result)).toEqual(Array(2).fill("ignored: it names no organization"));
    },
  );

  test("a click without a message (ephemeral): it is said privately", async () => {
    const { care, click, channel } = start();
    const told = new Told();
    await care.retry({ ...click(11), message: null }, told);
    expect(told.texts[0]).toContain("Organization 11: 1 added.");
    expect(channel.updates).toEqual([]);
  });
});

describe("mark handled", () => {
  test("the buttons go, who and when stand there; a second time it is said who and when", async () => {
    const { care, click, channel, audit } = start();
    const told = new Told();
    await care.handled(click(12), told);
    expect(channel.shown).toContain("Handled by <@U0ANN> 10:31 UTC");
    expect([channel.buttonsOf(11), channel.buttonsOf(12)]).toEqual([true, false]);
    await care.handled(click(12, BOB), told);
    expect(told.texts).toEqual([
      "privately: Organization 12 was already marked handled by <@U0ANN> 10:31 UTC. Nothing was done.",
    ]);
    expect(channel.shown).not.toContain("U0BOB");
    expect(audit.map(({ what, result }) => `${what}: ${result}`)).toEqual(["mark organization 12 handled: done"]);
  });

  test("two people on two organizations with the same old screen, one change held back: none is lost", async () => {
    const { care, click, channel } = start();
    const { promise, resolve } = Promise.withResolvers<void>();
    channel.gate = promise;
    const done = [care.handled(click(11), new Told()), care.handled(click(12, BOB), new Told())];
    resolve();
    await Promise.all(done);
    expect([channel.buttonsOf(11), channel.buttonsOf(12)]).toEqual([false, false]);
    expect(channel.most).toBe(1);
  });

  test("the same with a bot that was started again in between", async () => {
    const path = `${process.env.TMPDIR ?? "/tmp"}/zdsync-care-${crypto.randomUUID()}.sqlite`;
    const first = start({ path });
    const old = first.click(12, BOB);
    await first.care.handled(first.click(11), new Told());
    first.setting.database.close();
    const second = start({ path });
    await second.care.handled(old, new Told());
    expect([second.channel.buttonsOf(11), second.channel.buttonsOf(12)]).toEqual([false, false]);
    second.setting.database.close();
    for (const end of ["", "-wal", "-shm"])
      await Bun.file(`${path}${end}`)
        .delete()
        .catch(() => {});
  });
});

describe("Slack is slow or down", () => {
  test.each<[string, PostOutcome, number[]]>([
    ["429", { is: "limited", waitMs: 7000 }, [7000]],
    ["500", { is: "unknown", reason: "Slack answered HTTP 500" }, [2000]],
    ["503 with Retry-After", { is: "unknown", reason: "Slack answered HTTP 503", waitMs: 9000 }, [9000]],
  ])("%s: the person is told, it is tried again, and then it stands there", async (_, outcome, waits) => {
    const { care, click, channel, slept } = start();
    channel.outcomes.push(outcome);
    const told = new Told();
    await care.retry(click(11), told);
    expect(told.texts).toHaveLength(1);
    expect(told.texts[0]).toContain("Organization 11: 1 added.");
    expect(told.texts[0]).toContain("However, the message could not be updated");
    expect(slept).toEqual(waits);
    expect(channel.shown).toContain("1 contact added");
  });

  test("B6: the bot ends while a change waits: nothing is waited for, the person is told, nothing is sent after it", async () => {
    const { setting, click, channel } = start();
    const end = new AbortController();
    const waits: number[] = [];
    const sleep = (milliseconds: number, signal: AbortSignal) => {
      waits.push(milliseconds);
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve());
      end.abort();
      return promise;
    };
    const care = createContactActions({ ...setting, sleep, ended: end.signal });
    channel.outcomes.push({ is: "limited", waitMs: 3_600_000 });
    const told = new Told();
    await care.handled(click(11), told);
    expect([waits, channel.updates.length]).toEqual([[3_600_000], 1]);
    expect(told.texts.at(-1)).toContain("the bot is restarting): the next click tries again");
  });

  test("for good: given up after a few times, and brought by the next click", async () => {
    const { care, click, channel, slept } = start();
    channel.outcomes.push(...Array<PostOutcome>(5).fill({ is: "unknown", reason: "Slack did not respond" }));
    await care.handled(click(11), new Told());
    expect(channel.updates).toHaveLength(5);
    expect(slept).toHaveLength(4);
    expect(channel.buttonsOf(11)).toBe(true);
    await care.handled(click(12, BOB), new Told());
    expect([channel.buttonsOf(11), channel.buttonsOf(12)]).toEqual([false, false]);
  });

  test("refused: not tried again", async () => {
    const { care, click, channel, slept } = start();
    channel.outcomes.push({ is: "refused", reason: "Slack refused (message_not_found)" });
    const told = new Told();
    await care.handled(click(11), told);
    expect([channel.updates.length, slept.length]).toEqual([1, 0]);
    expect(told.texts[0]).toContain("(message_not_found)): the next click tries again");
  });
});

describe("the bot's own memory fails", () => {
  test("what was done in Zendesk is shown and said all the same", async () => {
    const { care, click, channel, setting, warned } = start();
    setting.database.close();
    const told = new Told();
    await care.retry({ ...click(11), message: null }, told);
    expect(told.texts[0]).toContain("Organization 11: 1 added.");
    expect(warned.length).toBeGreaterThan(0);
    expect(channel.updates).toEqual([]);
  });
});
