import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { sameMeaning } from "../../sandbox/seed/meaning.ts";
import type { Fault, InstanceName } from "../../sandbox/types.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { smallWorld } from "./small-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

type Wire = Record<string, unknown>;
type Result = {
  effect: string;
  id: number | null;
  salesforce_id: string | null;
  outcome: string;
  reason: string | null;
  code?: string;
  params?: Record<string, unknown>;
};

const INSTANCES: InstanceName[] = ["global", "us-government"];
const RESULTS = ["global_results.json", "partner_results.json", "usgov_results.json", "usgov_user_results.json"];

const fieldsOf = (record: Wire) => (record.organization_fields ?? record.user_fields) as Wire;
const isMarked = (record: Wire) => fieldsOf(record).mark_for_deletion === true;

/** What differs between two states of an instance, in words; spelling does not count. */
function differences(instance: InstanceName, before: ReturnType<typeof stateIn>, after: ReturnType<typeof stateIn>) {
  const organizations = changes(before.organizations, after.organizations, (old, now) => [
    ...(old.name === now.name ? [] : ["name"]),
    ...(old.external_id === now.external_id ? [] : ["external_id"]),
    ...Object.keys(fieldsOf(now)).filter((key) => !sameMeaning(instance, key, fieldsOf(now)[key], fieldsOf(old)[key])),
  ]);
  const users = changes(before.users, after.users, (old, now) => [
    ...["name", "email", "role", "suspended"].filter((key) => old[key] !== now[key]),
    ...((old.organization_id ?? null) === (now.organization_id ?? null) ? [] : ["organization_id"]),
    ...(isMarked(old) === isMarked(now) ? [] : ["mark_for_deletion"]),
  ]);
  return { organizations, users };
}

function changes(before: Wire[], after: Wire[], keys: (old: Wire, now: Wire) => string[]) {
  const old = new Map(before.map((record) => [record.id, record]));
  const changed = after.flatMap((now) => {
    const was = old.get(now.id);
    const differing = was ? keys(was, now) : [];
    return differing.length > 0 ? [{ id: now.id, keys: differing }] : [];
  });
  const created = after.filter((record) => !old.has(record.id));
  const lost = before.filter((record) => !after.some((now) => now.id === record.id));
  return { changed, created, lost };
}

const stateIn = (world: TestWorld, instance: InstanceName) => structuredClone(world.sandbox.zendesk(instance));
const states = (world: TestWorld) => ({
  global: stateIn(world, "global"),
  "us-government": stateIn(world, "us-government"),
});

describe("S8: a run, undone", () => {
  for (const [name, options] of Object.entries({
    "with every oddity": {},
    "with every effect": { world: smallWorld() },
  }))
    test(`a world ${name} is as it was: what was created is marked, memberships stay, nothing is deleted`, async () => {
      await using world = await startWorld({ ...options, timing: QUICK });
      const before = states(world);
      expect((await world.run()).exit).toBe(EXIT.done);
      const run = states(world);
      for (const instance of INSTANCES)
        expect(differences(instance, before[instance], run[instance]).organizations.changed.length).toBeGreaterThan(1);

      let left: Result[] = [];
      for (const name of RESULTS) {
        expect({ name, exit: (await world.undo(name)).exit }).toEqual({ name, exit: EXIT.done });
        const results = await world.artifact<Result>(name.replace("_results", "_undo_results"));
        const applied = (await world.artifact<Result>(name)).filter(({ outcome }) => outcome === "applied");
        expect({ name, count: results.length }).toEqual({ name, count: applied.length });
        left = [...left, ...results.filter(({ outcome }) => outcome !== "applied")];
      }
      // In an undisturbed world nothing is left alone but memberships of users who were there before.
      expect(left.filter(({ code }) => code !== "undo.membership_stays" && code !== "undo.user_was_there")).toEqual([]);

      const after = states(world);
      for (const instance of INSTANCES) {
        const { organizations, users } = differences(instance, before[instance], after[instance]);
        expect({ instance, changed: organizations.changed, lost: organizations.lost }).toEqual({
          instance,
          changed: [],
          lost: [],
        });
        expect(organizations.created.length).toBeGreaterThan(0);
        expect(organizations.created.filter((one) => !isMarked(one))).toEqual([]);
        const stayed = new Set(left.map(({ id }) => id));
        expect(users.lost).toEqual([]);
        expect(
          users.changed.filter(({ id, keys }) => keys.join() !== "organization_id" || !stayed.has(Number(id))),
        ).toEqual([]);
        expect(users.created.filter((one) => !isMarked(one))).toEqual([]);
      }
      expect(world.sandbox.writes().filter(({ method }) => method === "DELETE")).toEqual([]);
    });

  test("the next run does the same again, as undo says, and undoing twice writes nothing", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    const { summary } = await world.undo("usgov_results.json");
    expect(String(summary.warning)).toContain("next scheduled run will make the same changes again");
    world.sandbox.clearRequests();
    const again = await world.undo("usgov_results.json");
    expect(again.exit).toBe(EXIT.done);
    expect(world.sandbox.writes()).toEqual([]);
    const reasons = (await world.artifact<Result>("usgov_undo_results.json")).map(({ code }) => code);
    expect(new Set(reasons)).toEqual(new Set(["organization.already_so"]));
  });

  test("an undo can be undone: created organizations are unmarked again, values are the run's", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    const run = states(world);
    await world.undo("global_results.json", { "run-id": "back" });
    expect((await world.undo("history/back/global_undo_results.json")).exit).toBe(EXIT.done);
    const { organizations } = differences("global", run.global, stateIn(world, "global"));
    expect(organizations).toEqual({ changed: [], created: [], lost: [] });
  });
});

describe("S8: the preview", () => {
  test("--dry-run reads, says what would be written, and writes nothing; --expect binds the undo to it", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    const run = states(world);
    world.sandbox.clearRequests();
    const preview = await world.undo("global_results.json", { "dry-run": "true" });
    expect(preview.exit).toBe(EXIT.done);
    expect(world.sandbox.writes()).toEqual([]);
    expect(await world.text("global_undo_results.json").catch(() => "absent")).toBe("absent");
    const planned = preview.summary.planned as Record<string, number>;
    const applied = (await world.artifact<Result>("global_results.json")).filter(
      ({ outcome }) => outcome === "applied",
    );
    expect(Object.values(planned).reduce((sum, count) => sum + count, 0)).toBe(applied.length);

    const [edited] = applied.filter(({ effect }) => effect === "update");
    world.sandbox.editOrganization("global", Number(edited?.id), { organization_fields: { support_level: "expired" } });
    const digest = String(preview.summary.digest);
    expect((await world.undo("global_results.json", { expect: "0".repeat(64) })).exit).toBe(EXIT.refused);
    const refused = await world.undo("usgov_results.json", { expect: digest });
    expect(refused.exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);

    await using other = await startWorld({ timing: QUICK, world: world.sandbox.world });
    expect(run).toBeDefined();
    await other.run();
    const fresh = await other.undo("global_results.json", { "dry-run": "true" });
    expect((await other.undo("global_results.json", { expect: String(fresh.summary.digest) })).exit).toBe(EXIT.done);
  });

  test("names records by id and no customer", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    await world.undo("global_results.json");
    const { organizations, users } = world.sandbox.zendesk("global");
    const names = [...organizations.map(({ name }) => String(name)), ...users.map(({ email }) => String(email))];
    expect(names.filter((name) => name.length > 8 && world.printed().includes(name))).toEqual([]);
  });
});

describe("S8: what changed since is left alone, and named", () => {
  test("an organization in a field that was written, one whose account changed, one gone, one that agents protect", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    const results = (
      await world.artifact<Result & { after: { organization_fields?: Wire } }>("global_results.json")
    ).filter(({ outcome }) => outcome === "applied");
    const written = (key: string) =>
      results.filter(({ effect, after }) => effect === "update" && key in (after.organization_fields ?? {}));
    const creates = results.filter(({ effect }) => effect === "create");
    const [edited] = written("support_level");
    const [untouched] = results.filter(({ effect, id }) => effect === "update" && id !== edited?.id);
    const [moved, gone, kept, migrating] = creates;
    const { sandbox } = world;
    sandbox.editOrganization("global", Number(edited?.id), { organization_fields: { support_level: "expired" } });
    sandbox.editOrganization("global", Number(untouched?.id), { organization_fields: { assigned_se: "Someone Else" } });
    sandbox.editOrganization("global", Number(moved?.id), {
      organization_fields: { salesforce_id: "0014M00001kAbCdQAK" },
    });
    sandbox.deleteOrganization("global", Number(gone?.id));
    sandbox.editOrganization("global", Number(kept?.id), { organization_fields: { ignore_deletion: true } });
    sandbox.editOrganization("global", Number(migrating?.id), { organization_fields: { migrating: true } });
    const before = stateIn(world, "global");

    const { exit, summary } = await world.undo("global_results.json");
    expect(exit).toBe(EXIT.done);
    const reasons = new Map((summary.left_alone as Result[]).map(({ id, code, params }) => [id, { code, params }]));
    expect(reasons.get(Number(edited?.id))).toMatchObject({
      code: "organization.changed_since",
      params: { fields: expect.arrayContaining(["support_level"]) },
    });
    expect(reasons.get(Number(moved?.id))).toMatchObject({
      code: "organization.changed_since",
      params: { fields: expect.arrayContaining(["salesforce_id"]) },
    });
    expect(reasons.get(Number(gone?.id))).toMatchObject({ code: "organization.gone" });
    expect(reasons.get(Number(kept?.id))).toMatchObject({ code: "mark.ignore_deletion" });
    expect(reasons.get(Number(migrating?.id))).toMatchObject({ code: "mark.migrating" });
    expect(reasons.has(Number(untouched?.id))).toBe(false);
    const changed = differences("global", before, stateIn(world, "global")).organizations.changed.map(({ id }) => id);
    for (const left of [edited, moved, kept, migrating]) expect(changed).not.toContain(Number(left?.id));
    expect(changed).toContain(Number(untouched?.id));
  });

  test("S4: an agent who edits between the preview and the write is not written over", async () => {
    const late: { id?: number; world?: TestWorld } = {};
    await using world = await startWorld({
      timing: QUICK,
      world: smallWorld(),
      onRequest: ({ method, path }, phase) => {
        // The second reading of the organizations comes right before they are written.
        if (phase !== "before" || method !== "GET" || late.id === undefined || !path.includes("show_many"))
          return undefined;
        if (!path.includes(String(late.id)) || ++seen < 2) return undefined;
        late.world?.sandbox.editOrganization("us-government", late.id, {
          organization_fields: { account_owner: "New Owner" },
        });
        return undefined;
      },
    });
    let seen = 0;
    await world.run();
    const results = await world.artifact<Result & { after: { organization_fields?: Wire } }>("usgov_results.json");
    const victim = results.find(
      ({ effect, outcome, after }) =>
        effect === "update" && outcome === "applied" && "account_owner" in (after.organization_fields ?? {}),
    );
    late.id = Number(victim?.id);
    late.world = world;
    expect((await world.undo("usgov_results.json")).exit).toBe(EXIT.done);
    expect(seen).toBeGreaterThanOrEqual(2);
    const skipped = (await world.artifact<Result>("usgov_undo_results.json")).find(({ id }) => id === late.id);
    expect(skipped).toMatchObject({
      outcome: "skipped",
      code: "organization.changed_since",
      params: { fields: ["account_owner"] },
    });
    const now = world.sandbox.zendesk("us-government").organizations.find(({ id }) => id === late.id);
    expect(fieldsOf(now ?? {}).account_owner).toBe("New Owner");
  });
});

test("S7: an undo stops safely: the rest is not attempted, exit 5", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  await world.run();
  world.sandbox.clearRequests();
  expect((await world.undo("global_results.json", { deadline: "0s" })).exit).toBe(EXIT.stopped);
  expect(world.sandbox.writes()).toEqual([]);
});

test("S6: rows that fail are named in the undo's results file, exit 3; the same again takes the rest of the way", async () => {
  await using world = await startWorld({ timing: QUICK, world: smallWorld() });
  await world.run();
  const rows: Fault = {
    kind: "failed-rows",
    service: "zendesk-global",
    path: "organizations/update_many",
    rows: [0],
  };
  world.sandbox.addFault({ ...rows, times: 9 });
  expect((await world.undo("global_results.json")).exit).toBe(EXIT.someFailed);
  const failed = (await world.artifact<Result>("global_undo_results.json")).filter(
    ({ outcome }) => outcome === "failed",
  );
  expect(failed.length).toBeGreaterThan(0);
  world.sandbox.clearFaults();
  expect((await world.undo("global_results.json")).exit).toBe(EXIT.done);
  const after = await world.artifact<Result>("global_undo_results.json");
  for (const { id } of failed) expect(after.find((one) => one.id === id)).toMatchObject({ outcome: "applied" });
});

describe("S8: what undo refuses", () => {
  test("no results file, another name, a damaged one, fields that are not zdsync's; the wrong instance; a held lock", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    expect((await world.undo("global_results.json")).exit).toBe(EXIT.failed);
    expect((await world.undo("zendesk_global.json")).exit).toBe(EXIT.usage);
    expect(world.printed()).toContain("--results");
    await world.run();
    world.sandbox.clearRequests();
    const path = join(world.dataDir, "usgov_results.json");
    const good = await readFile(path, "utf8");
    await writeFile(path, good.slice(0, 300));
    expect((await world.undo("usgov_results.json")).exit).toBe(EXIT.failed);
    const records = (JSON.parse(good) as (Result & { before: unknown; after: unknown })[]).filter(
      ({ effect, outcome }) => effect === "update" && outcome === "applied",
    );
    await writeFile(
      path,
      JSON.stringify(
        records.map((record) => ({
          ...record,
          before: { organization_fields: { ignore_deletion: true } },
          after: { organization_fields: { ignore_deletion: false } },
        })),
      ),
    );
    expect((await world.undo("usgov_results.json")).exit).toBe(EXIT.done);
    // The organizations of one instance are none of the other's.
    await writeFile(join(world.dataDir, "global_results.json"), good);
    expect((await world.undo("global_results.json")).exit).toBe(EXIT.done);
    await writeFile(join(world.dataDir, "zdsync.lock"), "{}");
    expect((await world.undo("partner_results.json")).exit).toBe(EXIT.refused);
    expect(world.sandbox.writes()).toEqual([]);
  });

  test("S10: an instance that is not the one of the results", async () => {
    await using world = await startWorld({ timing: QUICK, world: smallWorld() });
    await world.run();
    await using swapped = await startWorld({
      timing: QUICK,
      world: world.sandbox.world,
      env: (env) => ({
        ...env,
        ZENDESK_GLOBAL_URL: env.ZENDESK_USGOV_URL,
        ZENDESK_GLOBAL_CLIENT_ID: env.ZENDESK_USGOV_CLIENT_ID,
        ZENDESK_GLOBAL_CLIENT_SECRET: env.ZENDESK_USGOV_CLIENT_SECRET,
      }),
    });
    for (const given of [{}, { "dry-run": "true" }])
      expect((await swapped.undo(join(world.dataDir, "global_results.json"), given)).exit).toBe(EXIT.failed);
    expect(swapped.printed()).toContain("swapped");
    expect(swapped.sandbox.writes()).toEqual([]);
  });
});
