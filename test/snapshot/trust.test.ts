import { describe, expect, test } from "bun:test";
import { seedOrganization, seedUser } from "../../sandbox/test/zendesk.ts";
import { HOUR, MINUTE, type Read, SnapshotWorld } from "../support/zendesk/snapshot-world.ts";

/** Records in fifty pages, of which no page is the last two. */
const PAGES = 50;
const ROWS = 8;
const organizations = Array.from({ length: PAGES * ROWS }, (_, place) => seedOrganization(100 + place, `o ${place}`));
const users = Array.from({ length: 20 }, (_, place) =>
  seedUser(1000 + place, `user.${place}@example.com`, { organization_ids: [100 + place] }),
);

const listed = ({ requests }: Read) => requests.filter((path) => path.startsWith("/organizations?"));
const exportsOf = ({ requests }: Read) => requests.filter((path) => path.startsWith("/incremental/organizations"));

/** A world that was read once, and an hour later. */
async function worldAnHourOn(options: Partial<ConstructorParameters<typeof SnapshotWorld>[0]> = {}) {
  const world = new SnapshotWorld({ organizations, users, pageRows: ROWS, ...options });
  expect(listed(await world.read())).toHaveLength(PAGES + 1);
  world.pass(HOUR);
  return world;
}

async function expectInFull(world: SnapshotWorld, told: string[] = []): Promise<void> {
  const read = await world.read();
  expect(listed(read).length).toBeGreaterThan(PAGES);
  expect(read.organizations).toEqual(world.everything().organizations);
  expect([...new Set(read.told)]).toEqual(told as typeof read.told);
}

describe("an hour after a full listing", () => {
  test("one export, a 24th of the pages, the end of the list and the count are asked for", async () => {
    const world = await worldAnHourOn();
    const read = await world.read();
    expect(exportsOf(read)).toHaveLength(1);
    expect(listed(read)).toHaveLength(2 + 2);
    expect(read.requests.filter((path) => path.startsWith("/organizations/count"))).toHaveLength(1);
    expect(read.requests.length).toBeLessThanOrEqual(20);
    expect(read).toMatchObject(world.everything());
    expect(read.told).toEqual([]);
  });

  test("what changed, came and went since is known, and what stands at the end of the list also within the last minute", async () => {
    const world = await worldAnHourOn();
    world.zendesk.editOrganization(150, { name: "renamed" });
    world.zendesk.deleteOrganization(160);
    world.pass(2 * MINUTE);
    const late = world.zendesk.addOrganization({ name: "just made" });
    const read = await world.read();
    expect(listed(read).length).toBeLessThan(10);
    expect(read.organizations).toEqual(world.everything().organizations);
    expect(read.organizations.at(-1)?.id).toBe(late);
  });
});

describe("a day", () => {
  test("every page is listed again within it, and everything in full at its end", async () => {
    const world = await worldAnHourOn();
    const asked = new Set<string>();
    for (let hour = 1; hour <= 23; hour++) {
      const read = await world.read();
      for (const path of listed(read)) asked.add(path);
      expect(listed(read).length).toBeLessThanOrEqual(5);
      world.pass(HOUR);
    }
    expect(asked.size).toBeGreaterThanOrEqual(PAGES - 3);
    await expectInFull(world);
  });

  test("a page that was changed without a sign is found out within it, and everything is listed at once", async () => {
    const world = await worldAnHourOn();
    // As if an export had left it out.
    world.zendesk.editOrganization(300, { name: "unseen", updated_at: "2026-01-02T00:00:00Z" });
    let wrong = 0;
    for (let hour = 1; hour < 24; hour++) {
      const read = await world.read();
      if (read.told.includes("snapshot.differs")) {
        expect(read.organizations).toEqual(world.everything().organizations);
        expect(wrong).toBeGreaterThan(0);
        return;
      }
      wrong++;
      world.pass(HOUR);
    }
    throw new Error("nobody found out");
  });
});

describe("everything is listed in full, with the same result", () => {
  test("where there is no file, or one that is damaged: the second is told, and both make a new one", async () => {
    const world = await worldAnHourOn();
    world.lose();
    await expectInFull(world);
    world.pass(HOUR);
    world.damage();
    await expectInFull(world, ["snapshot.unreadable"]);
    world.pass(HOUR);
    expect(listed(await world.read()).length).toBeLessThan(10);
  });

  test("where the file is of another version, or has fewer records than it says", async () => {
    const world = await worldAnHourOn();
    world.database?.run("delete from records where list = 'organizations' and id = 150");
    await expectInFull(world, ["snapshot.unreadable"]);
    world.pass(HOUR);
    world.database?.run("pragma user_version = 99");
    await expectInFull(world, ["snapshot.unreadable"]);
  });

  test("where it is of another configuration", async () => {
    const world = await worldAnHourOn();
    world.settings = "other";
    await expectInFull(world, ["snapshot.of_another"]);
  });

  test("where exports are refused, asked for once and not again", async () => {
    const world = await worldAnHourOn();
    world.zendesk.behave({ incrementalExports: "forbidden" });
    await expectInFull(world, ["snapshot.export_refused"]);
  });

  test("where the exports of the minute are used up, without a wait", async () => {
    const world = await worldAnHourOn();
    let refused = 0;
    world.answer = (path) => {
      if (!path.includes("/incremental/")) return undefined;
      refused++;
      return new Response("{}", { status: 429, headers: { "retry-after": "60", "x-rate-limit-remaining": "600" } });
    };
    await expectInFull(world, ["snapshot.exports_used_up"]);
    expect(refused).toBe(2);
  });

  test("where more has changed than the minute's exports hold", async () => {
    const world = await worldAnHourOn({ exportRows: 10 });
    for (const { id } of organizations.slice(0, 90)) {
      world.zendesk.editOrganization(id, { name: `again ${id}` });
      world.pass(1_000);
    }
    world.pass(2 * MINUTE);
    const before = world.requests.length;
    await expectInFull(world, ["snapshot.exports_used_up"]);
    expect(world.requests.slice(before).filter((path) => path.startsWith("/incremental/organizations"))).toHaveLength(
      8,
    );
  });

  test("where a thousand changed in one second", async () => {
    const many = Array.from({ length: 1_100 }, (_, place) => seedOrganization(100 + place, `o ${place}`));
    const world = new SnapshotWorld({ organizations: many });
    await world.read();
    world.pass(HOUR);
    for (const { id } of many) world.zendesk.editOrganization(id, { notes: "all at once" });
    world.pass(2 * MINUTE);
    const read = await world.read();
    expect([...new Set(read.told)]).toEqual(["snapshot.export_stuck"]);
    expect(read.organizations).toEqual(world.everything().organizations);
  });

  test("where Zendesk counts others than the snapshot has", async () => {
    const world = await worldAnHourOn();
    world.answer = (path) => (path.includes("/count") ? Response.json({ count: { value: 450 } }) : undefined);
    await expectInFull(world, ["snapshot.count_differs"]);
  });

  test("where the clock stands before what is known", async () => {
    const world = await worldAnHourOn();
    world.pass(-2 * HOUR);
    await expectInFull(world);
  });
});

describe("users and memberships", () => {
  test("of whoever moved are read again, though nothing says that the user changed", async () => {
    const world = await worldAnHourOn();
    world.zendesk.editUser(1003, { organization_id: 150 });
    world.pass(5 * MINUTE);
    const read = await world.read();
    expect(read.requests.filter((path) => path.startsWith("/users/1003/"))).toHaveLength(1);
    expect(read).toMatchObject(world.everything());
  });

  test("are listed in full where an organization is gone: its memberships went with it", async () => {
    const world = await worldAnHourOn();
    world.zendesk.deleteOrganization(103);
    world.pass(5 * MINUTE);
    expect(await world.read()).toMatchObject(world.everything());
  });

  test("that were deleted are gone, with their memberships", async () => {
    const world = await worldAnHourOn();
    world.zendesk.deleteUser(1003);
    world.pass(5 * MINUTE);
    const read = await world.read();
    expect(read).toMatchObject(world.everything());
    expect(read.users).toHaveLength(19);
  });
});

test("a reading that keeps nothing makes no file and changes none", async () => {
  const world = new SnapshotWorld({ organizations, users, pageRows: ROWS });
  await world.read({ readOnly: true });
  expect(world.database).toBeNull();
  await world.read();
  const metas = () => JSON.stringify(world.database?.query("select * from lists").all());
  const before = metas();
  world.pass(HOUR);
  expect(listed(await world.read({ readOnly: true })).length).toBeLessThan(10);
  expect(metas()).toBe(before);
});

test("a list that Zendesk's count does not bear out is kept by nobody", async () => {
  const world = new SnapshotWorld({ organizations, pageRows: ROWS });
  world.answer = (path) => (path.includes("/count") ? Response.json({ count: { value: 450 } }) : undefined);
  await world.read();
  expect(world.database?.query("select * from lists where list = 'organizations'").all() ?? []).toEqual([]);
});
