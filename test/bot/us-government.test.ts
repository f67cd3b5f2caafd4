import { expect, setDefaultTimeout, test } from "bun:test";
import { ACTION } from "../../bot/ports.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { WholeWorld } from "./bot-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** Names and addresses that only the us-government Zendesk and its customers' accounts hold. */
function onlyInGovernment({ sandbox }: WholeWorld): string[] {
  const { organizations, users } = sandbox.zendesk("us-government");
  const inGlobal = sandbox.zendesk("global");
  const known = new Set(
    [...inGlobal.organizations.map(({ name }) => name), ...inGlobal.users.map(({ email }) => email)].map(String),
  );
  return [...organizations.map(({ name }) => String(name)), ...users.map(({ email }) => String(email ?? ""))].filter(
    (text) => text.length > 8 && !known.has(text),
  );
}

async function everythingAsked(world: WholeWorld): Promise<string> {
  await world.serve();
  expect(await world.zdsyncRun()).toBe(0);
  await world.posted(/needs attention/);
  const ann = world.person();
  const { organizations } = world.sandbox.zendesk("us-government");
  const asked = [...organizations.slice(0, 6), ...organizations.slice(-6)].flatMap(({ id, external_id }) => [
    id,
    external_id,
  ]);
  for (const id of new Set(asked.filter(Boolean).map(String))) {
    const before = world.shownTo().length;
    await ann.types(`/zdsync explain ${id}`);
    const { entry } = await world.shown(/As of/, undefined, before);
    if (!JSON.stringify(entry.blocks).includes(ACTION.explainWhole)) continue;
    await ann.clicks(entry, ACTION.explainWhole);
    await world.shown(/\*Based on\*/, undefined, before);
  }
  await ann.types("/zdsync run us-government");
  await world.shown(/A run of us-government would|What a run of us-government would/);
  return JSON.stringify(world.sandbox.slackConversation().map(({ kind, text, blocks }) => [kind, text, blocks]));
}

test("B5: slack.us_government: ids_only: no name and no address of us-government gets to Slack; ids do", async () => {
  await using world = await WholeWorld.start({
    accounts: 150,
    config: (text) => text.replace(/^slack:$/m, "slack:\n  us_government: ids_only"),
  });
  const said = await everythingAsked(world);
  const secret = onlyInGovernment(world);
  expect(secret.length).toBeGreaterThan(20);
  expect(secret.filter((text) => said.includes(text))).toEqual([]);
  expect(said).toMatch(/\(0014M[0-9A-Za-z]{13}\)/);
  // Global's customers keep their names.
  const names = world.sandbox.zendesk("global").organizations.map(({ name }) => String(name));
  expect(names.some((name) => said.includes(name))).toBe(true);
});

test("B5: slack.notice_channels: what concerns us-government alone is told in its own channel only", async () => {
  await using world = await WholeWorld.start({
    accounts: 150,
    config: (text) =>
      text
        .replace(/^slack:$/m, "slack:\n  notice_channels: { us_government: C0SANDBOX2 }")
        .replace("- C0SANDBOX1", "- C0SANDBOX1\n    - C0SANDBOX2"),
  });
  await world.serve();
  const offer = await world.offered("/zdsync run us-government");
  await world.person().clicks(offer.ts, "run_confirm");
  const inChannel = (channel: string) =>
    world.sandbox.slackMessages().filter((one) => one.channel === channel && one.thread_ts === undefined);
  await world.until(() => world.channel().some(({ shows }) => shows.includes("*Done")));
  expect(inChannel("C0SANDBOX2").map(({ text, blocks }) => text + JSON.stringify(blocks))).toEqual([
    expect.stringContaining("started a run of us-government"),
  ]);
  expect(await world.zdsyncRun()).toBe(0);
  await world.until(() => inChannel("C0SANDBOX1").find(({ text }) => text.includes("needs attention")));
  const secret = onlyInGovernment(world);
  const general = JSON.stringify(world.sandbox.slackMessages().filter(({ channel }) => channel === "C0SANDBOX1"));
  expect(secret.filter((text) => general.includes(text))).toEqual([]);
});
