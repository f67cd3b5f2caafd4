import { expect, setDefaultTimeout, test } from "bun:test";
import { inflateRawSync } from "node:zlib";
import { RUN_TIMEOUT, withLimits } from "../pipeline/world.ts";
import { WholeWorld } from "./bot-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** Everything that a page shows, blocks of data opened. */
function wordsOf(page: Uint8Array): string {
  const html = Buffer.from(page).toString("utf8");
  const blocks = [...html.matchAll(/<script type="application\/octet-stream"[^>]*>([^<]*)<\/script>/g)];
  return [
    html,
    ...blocks.map(([, base64 = ""]) => inflateRawSync(Buffer.from(base64, "base64")).toString("utf8")),
  ].join();
}

const namesIn = (world: WholeWorld, instance: "global" | "us-government") =>
  world.sandbox.zendesk(instance).organizations.map(({ name }) => String(name));

/** Names that only organizations of us-government have. */
function secretNames(world: WholeWorld): string[] {
  const global = new Set(namesIn(world, "global"));
  return namesIn(world, "us-government").filter((name) => name.length > 8 && !global.has(name));
}

const filesIn = (world: WholeWorld) =>
  world.sandbox.slackMessages().flatMap(({ files = [], thread_ts }) => files.map((file) => ({ ...file, thread_ts })));

test("slack.page: a run's page stands in its thread, without the customers of us-government where they are not named", async () => {
  await using world = await WholeWorld.start({
    accounts: 150,
    config: (text) => text.replace(/^slack:$/m, "slack:\n  page: true\n  us_government: ids_only"),
  });
  await world.serve();
  const offer = await world.offered();
  await world.person().clicks(offer.ts, "run_confirm");
  const started = await world.posted(/started a run of/);
  const [file] = await world.until(() => filesIn(world).length > 0 && filesIn(world));
  expect(file).toMatchObject({ name: "report.html", mimetype: "text/html", thread_ts: started.ts });
  const end = world.channel().findIndex(({ shows }) => /Its page|its page/.test(shows));
  const shared = world.channel().findIndex(({ shows }) => shows.startsWith("The page of run"));
  expect(end).toBeGreaterThan(0);
  expect(shared).toBeGreaterThan(end);
  const words = wordsOf(world.sandbox.slackFile(file?.id ?? "") ?? new Uint8Array());
  const global = namesIn(world, "global");
  const secret = secretNames(world);
  expect(secret.length).toBeGreaterThan(5);
  expect(secret.filter((name) => words.includes(name))).toEqual([]);
  expect(global.some((name) => words.includes(name))).toBe(true);
  await Bun.sleep(100);
  expect(filesIn(world)).toHaveLength(1);
});

test("slack.page: the page of a scheduled run that was refused stands in the thread of its alert", async () => {
  await using world = await WholeWorld.start({
    accounts: 150,
    config: (text) =>
      withLimits({ marks: { percent: 1, max: 0 }, usgov_user: { marks: { percent: 1, max: 0 } }, minimum_existing: 0 })(
        text.replace(/^slack:$/m, "slack:\n  page: true\n  us_government: ids_only"),
      ),
  });
  await world.serve();
  expect(await world.zdsyncRun()).toBe(4);
  const alert = await world.posted(/refused by a safety limit[\s\S]*Customers who would lose something/);
  expect(alert.shows).toMatch(/its page: `history\/[\w-]+\/report\.html` on /);
  const [file] = await world.until(() => filesIn(world).length > 0 && filesIn(world));
  expect(file).toMatchObject({ name: "report.html", thread_ts: alert.ts });
  const secret = secretNames(world);
  expect(secret.filter((name) => alert.shows.includes(name))).toEqual([]);
  expect(alert.shows).toMatch(/^• (?:<[^>]*\|)?0014M\w{13}.*\(Users|^• [^(]*0014M\w{13}/m);
});

test("a refusal names whom it would hurt: to whoever asked, in a preview and in the alert", async () => {
  await using world = await WholeWorld.start({
    accounts: 150,
    config: withLimits({
      marks: { percent: 1, max: 0 },
      usgov_user: { marks: { percent: 1, max: 0 } },
      minimum_existing: 0,
    }),
  });
  await world.serve();
  const ann = world.person();
  await ann.types("/zdsync run global");
  const told = await world.shown(/would be refused by a safety limit/);
  await ann.types("/zdsync preview global");
  const preview = await world.posted(/asked for a preview/);
  expect(await world.zdsyncRun()).toBe(4);
  const alert = await world.posted(/refused by a safety limit[\s\S]*Customers who would lose something/);
  for (const { shows } of [told, preview, alert]) {
    const [, lines = ""] =
      /Customers who would lose something, worst first:\*\n([\s\S]*?)\n(?!•|and \d)/.exec(shows) ?? [];
    const named = lines.split("\n").filter((line) => line.startsWith("• "));
    expect(named.length).toBeGreaterThan(0);
    expect(named.length).toBeLessThanOrEqual(10);
    for (const line of named)
      expect(line).toMatch(/^• .+ 0014M\w{13}.* \((?:Customers|Partners), .*\): (?:marked|loses support)/);
  }
  expect(preview.shows).toContain("Most important:");
  expect(world.writes()).toEqual([]);
});
