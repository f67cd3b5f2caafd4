import { expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import type { RequestHook } from "../../../sandbox/types.ts";
import { reason } from "../../domain/reason.ts";
import { slackSettings } from "../../settings/environment.ts";
import { createSlackChannel } from "./channel.ts";
import { checkSlack } from "./check-slack.ts";
import { type NoticeOrganization, postNotices } from "./notices.ts";

/** The sandbox's Slack: notices go to it without a wait between them. */
async function start(onRequest: RequestHook = () => undefined) {
  const sandbox = await startSandbox({ accounts: 1, timeFactor: 10_000, onRequest });
  const settings = slackSettings(sandbox.env, []);
  if (!settings) throw new Error("the sandbox's own settings are not complete");
  const post = (runId: string, organizations: NoticeOrganization[]) =>
    postNotices(createSlackChannel(settings), { runId, dryRun: false }, organizations, {
      now: new Date(),
      sleep: async (milliseconds) => Bun.sleep(milliseconds / 1000),
    });
  return { sandbox, settings, post, [Symbol.asyncDispose]: () => sandbox.stop() };
}

function organization(id: number, createdByThisRun: boolean): NoticeOrganization {
  return {
    id,
    salesforce_id: "0014M00001kAbCdQAK",
    name: `<!channel> & *Example* | ${id}`,
    zendeskUrl: `https://example.zendesk.com/agent/organizations/${id}`,
    salesforceUrl: "https://example.my.salesforce.com/0014M00001kAbCdQAK",
    created_at: new Date().toISOString(),
    addresses: [{ email: "sue@example.com", reason: reason("contact.suspended", { user_id: 17 }) }],
    createdByThisRun,
  };
}

const ids = Array.from({ length: 60 }, (_, index) => index + 1);

test("posted once: the second run finds what the first one posted", async () => {
  await using slack = await start();
  expect(
    (
      await slack.post(
        "run-1",
        ids.map((id) => organization(id, true)),
      )
    ).posted,
  ).toEqual(ids);
  const count = slack.sandbox.slackMessages().length;
  const second = await slack.post(
    "run-2",
    [...ids, 99].map((id) => organization(id, false)),
  );
  expect(second).toEqual({ posted: [99], alreadyPosted: ids, due: [] });
  expect(slack.sandbox.slackMessages().length).toBe(count + 2);
});

test("a lost answer is not sent again, and found by the next run", async () => {
  await using slack = await start();
  slack.sandbox.addFault({ kind: "lost-answer", service: "slack", path: "chat.postMessage", after: 1 });
  expect((await slack.post("run-1", [organization(1, true)])).due.map((one) => one.id)).toEqual([1]);
  expect(await slack.post("run-2", [organization(1, false)])).toEqual({ posted: [], alreadyPosted: [1], due: [] });
});

test("an archived channel keeps the notices due, and doctor says why", async () => {
  await using slack = await start();
  expect((await checkSlack(slack.settings)).problems).toEqual([]);
  slack.sandbox.archiveSlackChannel();
  const { due } = await slack.post("run-1", [organization(1, true)]);
  expect(due).toEqual([
    {
      id: 1,
      reason: reason("notice.refused", {
        message: "Slack refused (is_archived): the channel is archived: choose another",
      }),
    },
  ]);
  expect((await checkSlack(slack.settings)).problems).not.toEqual([]);
});

test("without the history scope young organizations are posted again, and doctor says so", async () => {
  await using slack = await start();
  slack.sandbox.setSlackHistoryScope(false);
  const old = { ...organization(2, false), created_at: new Date(Date.now() - 3 * 60 * 60 * 1000).toISOString() };
  const { posted, due } = await slack.post("run-1", [organization(1, false), old]);
  expect(posted).toEqual([1]);
  expect(due.map((one) => one.id)).toEqual([2]);
  expect((await checkSlack(slack.settings)).warnings).not.toEqual([]);
});

test("500 organizations in one run: at most 60 messages, a second between them, none refused or lost", async () => {
  const trace: (number | "post")[] = [];
  await using slack = await start(({ path }, phase) => {
    if (phase === "before" && path.startsWith("/api/chat.postMessage")) trace.push("post");
    return undefined;
  });
  const organizations = Array.from({ length: 500 }, (_, index) => ({
    ...organization(19_442_893_058_196 + index, true),
    addresses: Array.from({ length: 8 }, () => ({
      email: `${"long.".repeat(12)}name@example.com`,
      reason: reason("contact.in_other_organization", {
        user_id: 19_442_893_058_196,
        organization_ids: [19_442_893_058_197],
      }),
    })),
  }));
  const { posted, due } = await postNotices(
    createSlackChannel(slack.settings),
    { runId: "run-500", dryRun: false },
    organizations,
    {
      now: new Date(),
      sleep: async (milliseconds) => {
        trace.push(milliseconds);
        await Bun.sleep(milliseconds / 1000);
      },
    },
  );
  expect([posted, due]).toEqual([organizations.map(({ id }) => id), []]);
  const messages = slack.sandbox.slackMessages();
  expect(messages.length).toBeLessThanOrEqual(60);
  const named = messages.flatMap(({ blocks = [] }) =>
    [...JSON.stringify(blocks).matchAll(/"about:(\d+)"/g)].map(([, id]) => Number(id)),
  );
  expect(named).toEqual(organizations.map(({ id }) => id));
  // What was asked of `sleep` before each post but the first.
  const waits = trace
    .join(" ")
    .split("post")
    .slice(1, -1)
    .map((one) => one.trim().split(" ").map(Number));
  expect(waits).toHaveLength(trace.filter((one) => one === "post").length - 1);
  for (const wait of waits) expect(wait.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(1000);
  const refused = slack.sandbox.requests.filter(({ service, status }) => service === "slack" && status === 429);
  expect(refused.length).toBeLessThanOrEqual(3);
});
