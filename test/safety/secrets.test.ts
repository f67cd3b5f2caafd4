import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { EXIT } from "../../lib/errors.ts";
import type { Fault, LoggedRequest } from "../../sandbox/types.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { customersOf, foundIn, type SearchedWorld, startSearchedWorld } from "./searched-world.ts";

setDefaultTimeout(3 * RUN_TIMEOUT);

/** Whatever else a test is about: no secret anywhere, no customer in what is printed or noted. */
async function searched(world: SearchedWorld, moreSecrets: readonly string[] = []): Promise<void> {
  const secrets = [...world.sandbox.secrets, ...moreSecrets];
  const customers = customersOf(world.sandbox);
  expect(secrets.length).toBeGreaterThanOrEqual(8);
  expect(customers.length).toBeGreaterThan(20);
  expect(foundIn(world.printed(), secrets)).toEqual([]);
  expect(foundIn(world.printed(), customers)).toEqual([]);
  for (const { path, text } of await world.files()) {
    expect({ path, secrets: foundIn(text, secrets) }).toEqual({ path, secrets: [] });
    if (/_notes\.json$|manifest\.json$/.test(path))
      expect({ path, customers: foundIn(text, customers) }).toEqual({ path, customers: [] });
  }
  expect(foundIn(JSON.stringify(world.sandbox.slackMessages()), secrets)).toEqual([]);
}

test("the search finds what is there: names in artifacts, whatever their case and spelling", async () => {
  await using world = await startSearchedWorld();
  const customers = customersOf(world.sandbox);
  await world.preview();
  const artifact = (await world.files()).find(({ path }) => path === "salesforce_accounts.json");
  expect(foundIn(artifact?.text ?? "", customers).length).toBeGreaterThan(5);
  expect(foundIn("Q=SUE%20O%22NEIL", ['sue o"neil'])).toEqual(['sue o"neil']);
  expect(foundIn('{"a":"sue o\\"neil"}', ['sue o"neil'])).toEqual(['sue o"neil']);
});

test("ordinary, dry, planned and refused runs, and doctor", async () => {
  await using world = await startSearchedWorld();
  expect(await world.doctor()).toBe(EXIT.done);
  expect(await world.preview()).toBe(EXIT.done);
  expect(await world.run({ "dry-run": "true" })).toBe(EXIT.done);
  const config = await readFile(join(world.folder, "zdsync.config.yml"), "utf8");
  const strict = { ...(parse(config) as object), limits: { updates: { percent: 0 }, minimum_existing: 0 } };
  await writeFile(join(world.folder, "zdsync.config.yml"), stringify(strict));
  expect(await world.run()).toBe(EXIT.refused);
  await writeFile(join(world.folder, "zdsync.config.yml"), config);
  expect(await world.run()).toBe(EXIT.done);
  expect(world.sandbox.writes().length).toBeGreaterThan(10);
  await searched(world);
});

test("each stage alone, with everything it needs and with nothing", async () => {
  await using world = await startSearchedWorld();
  for (const instance of ["global", "us-government"]) expect(await world.stage("gather-orgs", { instance })).toBe(0);
  for (const stage of ["gather-accounts", "process"] as const) await world.stage(stage);
  for (const instance of ["global", "us-government"]) {
    await world.stage("compare", { instance });
    await world.stage("sync", { instance });
  }
  for (const stage of ["partner-sync", "user-sync"] as const) await world.stage(stage);
  const nothing = { "data-dir": join(world.folder, "nothing") };
  for (const stage of ["process", "partner-sync", "user-sync"] as const) await world.stage(stage, nothing);
  for (const stage of ["compare", "sync"] as const) await world.stage(stage, { instance: "global", ...nothing });
  await searched(world);
});

const SERVICES: readonly LoggedRequest["service"][] = [
  "salesforce",
  "zendesk-global",
  "zendesk-us-government",
  "gitlab",
  "slack",
];
const FAILURES: readonly Fault["kind"][] = ["401", "404", "500", "502-html", "reset", "truncate"];

for (const service of SERVICES)
  test(`${service} fails in every way, from the first request and in the middle`, async () => {
    for (const kind of FAILURES) {
      await using world = await startSearchedWorld();
      world.sandbox.addFault({ kind, service, times: 10_000 });
      await world.run();
      // Doctor waits in real time where a remote may come back.
      if (kind === "401" || kind === "404") await world.doctor();
      world.sandbox.clearFaults();
      world.sandbox.addFault({ kind, service, after: 4, times: 10_000 });
      await world.run();
      await searched(world);
    }
  });

test("writes fail: rows, jobs and single requests", async () => {
  for (const kind of ["failed-rows", "job-failed", "job-killed", "409", "lost-answer"] as const) {
    await using world = await startSearchedWorld();
    world.sandbox.addFault({ kind, method: "POST", path: "/api/v2/", rows: [0, 1, 2], times: 10_000 });
    world.sandbox.addFault({ kind, method: "PUT", path: "/api/v2/", rows: [0, 1, 2], times: 10_000 });
    await world.run();
    await searched(world);
  }
});

test("wrong secrets are refused and not repeated", async () => {
  const names = [
    "SALESFORCE_CLIENT_SECRET",
    "ZENDESK_GLOBAL_CLIENT_SECRET",
    "ZENDESK_USGOV_CLIENT_SECRET",
    "OVERRIDES_TOKEN",
    "SLACK_BOT_TOKEN",
  ];
  for (const name of names) {
    const wrong = `wrong-secret-of-${name.toLowerCase()}-0123456789`;
    await using world = await startSearchedWorld({ [name]: wrong });
    const exit = await world.run();
    // Without Slack a run is done all the same; notices stay due.
    if (name !== "SLACK_BOT_TOKEN") expect(exit).toBeGreaterThan(0);
    await world.doctor();
    await searched(world, [wrong]);
  }
});

test("secrets in the wrong setting, and other wrong settings, are not repeated", async () => {
  const wrong = "glpat-in-the-wrong-place-0123456789";
  const settings = ["SALESFORCE_LOGIN_URL", "ZENDESK_GLOBAL_URL", "OVERRIDES_PROJECT", "SALESFORCE_PRIVATE_KEY"];
  for (const name of [...settings, "SLACK_CHANNEL", "SALESFORCE_API_VERSION", "GITLAB_URL"]) {
    await using world = await startSearchedWorld({ [name]: wrong });
    await world.run();
    await searched(world, name === "OVERRIDES_PROJECT" || name === "SLACK_CHANNEL" ? [] : [wrong]);
  }
  await using inUrl = await startSearchedWorld({ ZENDESK_GLOBAL_URL: `https://sue:${wrong}@example.zendesk.com` });
  expect(await inUrl.run()).toBe(EXIT.usage);
  await searched(inUrl, [wrong]);
});

test("damaged artifacts, plans, overrides and config", async () => {
  await using world = await startSearchedWorld();
  await world.preview();
  for (const { path, text } of await world.files()) {
    if (!path.endsWith(".json")) continue;
    await mkdir(world.dataDir, { recursive: true });
    await writeFile(join(world.dataDir, path), text.replace(/"name":"/g, '"name":7,"was":"').slice(0, -20));
  }
  for (const stage of ["process", "partner-sync", "user-sync"] as const) await world.stage(stage);
  for (const stage of ["compare", "sync"] as const) await world.stage(stage, { instance: "global" });
  const [customer = ""] = customersOf(world.sandbox);
  world.sandbox.setOverrides(`- salesforce_id: ${customer}\n  reason: ${customer}\n  instance: "${customer}!"\n`);
  await world.run();
  await writeFile(join(world.folder, "zdsync.config.yml"), `protected_emails: ["${customer}"]\n"${customer}!": 1\n`);
  expect(await world.run()).toBe(EXIT.usage);
  await searched(world);
});
