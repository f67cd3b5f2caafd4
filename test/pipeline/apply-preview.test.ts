import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { program } from "../../bin/program.ts";
import { changesDigest, wholeDigest } from "../../lib/changesets/changes-digest.ts";
import { EXIT } from "../../lib/errors.ts";
import type { RequestHook } from "../../sandbox/types.ts";
import { smallWorld } from "../safety/small-world.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* A13: what a preview ends with applies exactly what it showed, or nothing. */

/** What the printed command means to the program, word for word. */
async function givenBy(command: string): Promise<Record<string, string>> {
  const [name, ...words] = command.split(" ");
  expect(name).toBe("zdsync");
  let given: Record<string, string> = {};
  const exit = await program(words, {}, async (_, call) => {
    given = Object.fromEntries(
      Object.entries(call.given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
    return EXIT.done;
  });
  expect(exit).toBe(EXIT.done);
  return given;
}

async function previewed(
  given: Record<string, string> = {},
  onRequest?: RequestHook,
): Promise<{ world: TestWorld; command: string }> {
  const world = await startWorld({ timing: QUICK, world: smallWorld(), ...(onRequest ? { onRequest } : {}) });
  const { exit, summary } = await world.preview(given);
  expect(exit).toBe(EXIT.done);
  return { world, command: summary.apply ?? "" };
}

describe("the command that a preview ends with", () => {
  test("applies organizations of us-government to be created and their users, by one short digest", async () => {
    const { world, command } = await previewed();
    await using _ = world;
    expect(command).toMatch(/^zdsync run .*--expect [0-9a-f]{16}$/);
    const { exit, summary } = await world.run(await givenBy(command));
    expect(exit).toBe(EXIT.done);
    const created = summary.reports.flatMap(({ comparison }) =>
      comparison ? [[comparison.name, comparison.results?.create.applied ?? 0] as const] : [],
    );
    for (const name of ["usgov", "usgov_user"]) expect(new Map<string, number>(created).get(name)).toBeGreaterThan(0);
    // A user of an organization that exists only since this run.
    const creates = await world.artifact("usgov_creates.json");
    const users = await world.artifact("usgov_user_creates.json");
    expect(users.some((user) => creates.some(({ salesforce_id }) => salesforce_id === user.salesforce_id))).toBe(true);
  });

  test("has the flags that the preview was given", async () => {
    const { world, command } = await previewed({ instance: "us-government", allow: "marks=9 creates=7" });
    await using _ = world;
    expect(command).toContain("--instance us-government --allow marks=9 --allow creates=7 --expect ");
    expect((await world.run(await givenBy(command))).exit).toBe(EXIT.done);
    expect(new Set(world.sandbox.writes().map(({ service }) => service))).toEqual(new Set(["zendesk-us-government"]));
  });

  test("is not there where nothing can be applied", async () => {
    const { world, command } = await previewed();
    await using _ = world;
    await world.run(await givenBy(command));
    expect((await world.run()).exit).toBe(EXIT.done);
    const { summary } = await world.preview();
    const planned = summary.reports.flatMap(({ comparison }) => (comparison ? Object.values(comparison.planned) : []));
    if (planned.every((count) => count === 0)) expect(summary.apply).toBeNull();
    expect((await world.run()).summary.apply).toBeNull();
  });
});

describe("anything that changed in between: exit 4, not one write in either instance, and what differs by name", () => {
  test.each<[string, (world: TestWorld) => void, string[]]>([
    [
      "a contact of us-government",
      ({ sandbox }) => {
        const contact = sandbox.world.salesforce.Contact[0];
        sandbox.editSalesforce("Contact", String(contact?.Id), { Email: "somebody.new@else.example" });
      },
      ["usgov_user"],
    ],
    [
      "the owner of every customer",
      ({ sandbox }) => {
        for (const { Id } of sandbox.world.salesforce.Account.slice(0, 1))
          sandbox.editSalesforce("Account", String(Id), { Account_Owner_Calc__c: "Another Owner" });
      },
      ["global"],
    ],
  ])("%s", async (_, change, differ) => {
    const { world, command } = await previewed();
    await using __ = world;
    change(world);
    const { exit, summary } = await world.run(await givenBy(command));
    expect({ exit, writes: world.sandbox.writes() }).toEqual({ exit: EXIT.refused, writes: [] });
    expect(summary.refusals).toMatchObject([{ code: "digest.run_unexpected", params: { differ } }]);
    expect(summary.failures.map(({ where }) => where)).toEqual(["the run"]);
    expect((await world.text("report.md")).match(/ended early/g)).toHaveLength(1);
  });

  test("where the history does not have what was reviewed, the refusal says so", async () => {
    const { world, command } = await previewed();
    await using _ = world;
    await rm(join(world.dataDir, "history"), { recursive: true });
    world.sandbox.editSalesforce("Account", String(world.sandbox.world.salesforce.Account[0]?.Id), {
      Account_Owner_Calc__c: "Another Owner",
    });
    const { exit, summary } = await world.run(await givenBy(command));
    expect({ exit, writes: world.sandbox.writes() }).toEqual({ exit: EXIT.refused, writes: [] });
    expect(summary.refusals?.[0]?.text).toContain("is not in the history");
  });

  test("users that turn up while organizations are written are not applied", async () => {
    let meanwhile = () => {};
    const onRequest: RequestHook = ({ path }) => {
      if (path.includes("/organizations/create_many")) meanwhile();
      return undefined;
    };
    const { world, command } = await previewed({ instance: "us-government" }, onRequest);
    await using _ = world;
    meanwhile = () => {
      for (const { Id } of world.sandbox.world.salesforce.Contact)
        world.sandbox.editSalesforce("Contact", String(Id), { Name: "Changed Meanwhile" });
    };
    const { exit } = await world.run(await givenBy(command));
    // Contacts were read once for the run, before they changed: what is applied is what was seen.
    expect(exit).toBe(EXIT.done);
    expect(JSON.stringify(world.sandbox.writes().map(({ body }) => body))).not.toContain("Changed Meanwhile");
  });
});

test("stages and pipelines take the long digest of one comparison, and no short one", async () => {
  const { world, command } = await previewed();
  await using _ = world;
  const short = /[0-9a-f]{16}$/.exec(command)?.[0] ?? "";
  expect((await world.stage("sync", { instance: "global", expect: short })).exit).toBe(EXIT.usage);
  const digest = JSON.parse(await world.text("global_changeset.manifest.json")).digest;
  expect((await world.stage("sync", { instance: "global", expect: digest })).exit).toBe(EXIT.done);
});

test("the digest of users binds account, address and name, not ids of organizations; that of a run no order", () => {
  const digest = (user: object) =>
    changesDigest("usgov_user", [{ records: [user], bytes: Buffer.from(JSON.stringify(user)) }]);
  const user = { salesforce_id: "A", name: "Ann", email: "ann@a.example", organization_id: 1 };
  expect(digest({ ...user, organization_id: 900 })).toBe(digest(user));
  for (const other of [{ salesforce_id: "B" }, { name: "Bob" }, { email: "bob@a.example" }])
    expect(digest({ ...user, ...other })).not.toBe(digest(user));
  const moved = (id: number, before: number) => ({
    id: 5,
    salesforce_id: "A",
    email: "a",
    before: { organization_id: before },
    change: { organization_id: id },
  });
  expect(digest(moved(900, 3))).toBe(digest(moved(1, 3)));
  expect(digest(moved(1, 4))).not.toBe(digest(moved(1, 3)));
  expect(wholeDigest(["b", "a"])).toBe(wholeDigest(["a", "b"]));
  expect(wholeDigest(["a"])).not.toBe(wholeDigest(["a", "b"]));
});
