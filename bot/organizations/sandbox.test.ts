import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dirname, join } from "node:path";
import type { Block } from "../../lib/remotes/slack/ports.ts";
import type { SlackPerson } from "../../sandbox/slack/person.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld, TODAY } from "../../test/pipeline/world.ts";
import { type Bot, createBot } from "../bot.ts";
import { ACTION } from "../ports.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* The bot as it is, over the sandbox: a real run reports its organizations in Slack, and people click on them there. */

let world: TestWorld;
let bot: Bot;
let another: () => Promise<Bot>;
let ann: SlackPerson;
const said: string[] = [];

beforeAll(async () => {
  world = await startWorld({ accounts: 150 });
  expect((await world.run()).exit).toBe(0);
  const env = {
    ...world.sandbox.env,
    ZDSYNC_CONFIG: join(dirname(world.dataDir), "zdsync.config.yml"),
    ZDSYNC_DATA_DIR: world.dataDir,
    ZDSYNC_TODAY: TODAY,
    PLANS_FILE: join(import.meta.dir, "../../plans.yml"),
    SLACK_APP_TOKEN: "",
  };
  const output = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(text),
    live: false as const,
  };
  another = () => createBot(env, { output, clock: () => new Date() });
  bot = await another();
  ann = world.sandbox.slackPerson({ app: (request) => bot.app.fetch(request) });
});
afterAll(async () => {
  await bot.stop();
  expect(world.sandbox.secrets.filter((secret) => said.join("\n").includes(secret))).toEqual([]);
  expect(said.join("\n")).not.toContain("@");
  await world[Symbol.asyncDispose]();
});

function accountOf(oddity: string): string {
  const found = world.sandbox.world.oddities.find(({ name }) => name === oddity)?.salesforce_id;
  if (!found) throw new Error(`the sandbox has no oddity ${oddity}`);
  return found;
}

function idOf(oddity: string): number {
  const account = accountOf(oddity);
  return Number(world.sandbox.zendesk("global").organizations.find((one) => one.external_id === account)?.id);
}

function messageOf(id: number) {
  const found = world.sandbox
    .slackMessages()
    .find(({ blocks }) => JSON.stringify(blocks ?? []).includes(`organization:${id}`));
  if (!found) throw new Error(`no message names organization ${id}`);
  return found;
}

const shown = (id: number) => JSON.stringify(messageOf(id).blocks);
const click = (id: number, action: string) => ann.clicks(messageOf(id).ts, { action_id: action, value: String(id) });
const hasButtons = (id: number) =>
  (messageOf(id).blocks as Block[]).some((one) => one.block_id === `organization:${id}` && one.type === "actions");
const usersWith = (email: string) => world.sandbox.zendesk("global").users.filter((user) => user.email === email);
const privately = () =>
  world.sandbox.slackConversation().filter(({ kind, visibleTo }) => kind === "message" && visibleTo !== null);

/** An organization that nobody took care of yet. */
function withButtons(): number {
  const all = world.sandbox.slackMessages().flatMap(({ blocks }) => (blocks ?? []) as Block[]);
  const one = all.find(({ type, block_id }) => type === "actions" && String(block_id).startsWith("organization:"));
  return Number(String(one?.block_id).split(":")[1]);
}

/** What a click leads to comes after its acknowledgement. */
async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await Bun.sleep(5);
}

const AGENT = "Y2 sold-to address of an agent";
const SUSPENDED = "Y2 sold-to address of a suspended user";
const SECONDARY = "Y2 sold-to address that is the secondary address of someone";

test("retry: nobody still, then the contact is corrected: created once, and the message says so; its metadata stays", async () => {
  const id = idOf(AGENT);
  const before = messageOf(id);
  const { metadata } = structuredClone(before);
  expect((await click(id, ACTION.retryContacts)).status).toBe(200);
  await until(() => shown(id).includes("Still without contacts"));
  expect(hasButtons(id)).toBe(true);
  world.sandbox.editSalesforce("Account", accountOf(AGENT), {
    Latest_Sold_To_Contact__r: { Name: "Cora Corrected", Email: "cora@buyer.example" },
  });
  await Promise.all([click(id, ACTION.retryContacts), click(id, ACTION.retryContacts)]);
  await until(() => shown(id).includes("1 contact added by <@U0ANN00001>"));
  expect(usersWith("cora@buyer.example")).toMatchObject([{ organization_id: id, name: "Cora Corrected" }]);
  expect(hasButtons(id)).toBe(false);
  expect(messageOf(id).metadata).toEqual(metadata);
});

test("mark handled: another organization of that message, beside the first", async () => {
  const id = idOf(SUSPENDED);
  await click(id, ACTION.markHandled);
  await until(() => shown(id).includes("Handled by <@U0ANN00001>"));
  expect(hasButtons(id)).toBe(false);
  if (messageOf(id).ts === messageOf(idOf(AGENT)).ts) expect(shown(id)).toContain("1 contact added");
});

test("chat.update fails at first: the person is told, and then it stands there", async () => {
  const id = idOf(SECONDARY);
  world.sandbox.addFault({ kind: "429", service: "slack", path: "chat.update", retryAfter: 1 });
  await click(id, ACTION.markHandled);
  await until(() => !hasButtons(id));
  expect(privately().some(({ text, blocks }) => /could not be updated/.test(text + JSON.stringify(blocks)))).toBe(true);
});

test("B6: an hour of Retry-After for a message's change does not hold up the bot's end", async () => {
  const id = withButtons();
  const leaving = await another();
  const bob = world.sandbox.slackPerson({ app: (request) => leaving.app.fetch(request) });
  world.sandbox.addFault({ kind: "429", service: "slack", path: "chat.update", retryAfter: 3600 });
  const before = privately().length;
  await bob.clicks(messageOf(id).ts, { action_id: ACTION.markHandled, value: String(id) });
  const since = () =>
    privately()
      .slice(before)
      .map(({ text, blocks }) => text + JSON.stringify(blocks));
  await until(() => since().some((said) => said.includes("the bot will try a few more times")));
  await leaving.stop();
  expect(since().at(-1)).toContain("the bot is restarting");
  expect(since().at(-1)).toContain("the next click tries again");
});

test("explain: by its Salesforce id, by its Zendesk id and by its name (and as org): the answer, what was done since, and everything", async () => {
  const id = idOf(AGENT);
  const name = String(world.sandbox.zendesk("global").organizations.find((one) => one.id === id)?.name);
  const answers = () =>
    privately().filter(({ blocks }) => JSON.stringify(blocks ?? []).includes(`"value":"${accountOf(AGENT)}"`));
  for (const asked of [`explain ${accountOf(AGENT)}`, `explain ${id}`, `org ${name.toUpperCase()}`]) {
    const before = answers().length;
    await ann.types(`/zdsync ${asked}`);
    await until(() => answers().length > before);
  }
  expect(answers()).toHaveLength(3);
  for (const { blocks } of answers()) {
    const text = JSON.stringify(blocks).replaceAll("\u200b", "");
    expect(text).toContain(`organization ${id}`);
    expect(text).toMatch(/Since then: contacts retried by <@U0ANN00001>.*1 added/);
  }
  const shows = (words: string) => privately().some(({ blocks }) => JSON.stringify(blocks ?? []).includes(words));
  const [answer] = answers();
  await ann.clicks(answer?.ts ?? "", ACTION.explainWhole);
  await until(() => shows("*global: people*".replace(":", ":\u200b")));
  expect(shows(`/agent/organizations/${id}|`)).toBe(true);
  await ann.types("/zdsync explain nobody has ever heard of them");
  await until(() => shows("has no record with that id"));
});

test("a later run reports none of them again: what the messages say about themselves is still there", async () => {
  const count = world.sandbox.slackMessages().length;
  expect((await world.run({ instance: "global" })).exit).toBe(0);
  expect(world.sandbox.slackMessages().length).toBe(count);
});
