import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { EXIT, type ExitCode } from "../../lib/errors.ts";
import { RUN_TIMEOUT, startWorld, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

type Fields = Record<string, unknown>;

describe("what a run says when it ends early (S6)", () => {
  test("partners fail after customers were written: the report says that customers were, and exit is 1", async () => {
    await using world = await startWorld();
    // Organizations are looked at right before they are created: first those of customers, then those of partners.
    world.sandbox.addFault({ kind: "404", service: "zendesk-global", path: "show_many\\?external_ids", after: 1 });
    const { exit, summary } = await world.run({ instance: "global" });
    expect(exit).toBe(EXIT.failed);
    const customers = summary.reports.find(
      ({ comparison, stage }) => comparison?.name === "global" && stage === "sync",
    );
    expect(customers?.comparison?.results?.create.applied).toBeGreaterThan(0);
    expect(summary.failures.map(({ where }) => where)).toEqual(["global"]);
  });

  test("a job that cannot even be prepared: every record is in the results, also in the history", async () => {
    await using world = await startWorld();
    world.sandbox.addFault({ kind: "404", service: "zendesk-global", path: "show_many\\?external_ids" });
    const { exit, summary } = await world.run({ instance: "global", "run-id": "early" });
    expect(exit).toBe(EXIT.failed);
    const planned = summary.reports.find(({ comparison }) => comparison?.name === "global")?.comparison?.planned;
    const total = Object.values(planned ?? {}).reduce((sum, count) => sum + count, 0);
    for (const name of ["global_results.json", "history/early/global_results.json"]) {
      const results = await world.artifact<{ effect: string; outcome: string }>(name);
      expect(results).toHaveLength(total);
      expect(results.some(({ outcome }) => outcome === "skipped")).toBe(true);
    }
  });
});

test("--dry-run leaves the results of the last real run as they were, and none of its own", async () => {
  await using world = await startWorld();
  await world.run();
  const before = await world.text("global_results.json");
  expect((await world.run({ "dry-run": "true", "run-id": "dry" })).summary.dry_run).toBe(true);
  expect(await world.text("global_results.json")).toBe(before);
  expect(await world.text("history/dry/global_results.json").catch(() => "absent")).toBe("absent");
});

test.each<[string, Record<string, string>, (world: TestWorld) => void, ExitCode]>([
  ["refuses", { expect: "0".repeat(64) }, () => {}, EXIT.refused],
  [
    "ends before it compares",
    {},
    (world) => world.sandbox.addFault({ kind: "500", service: "salesforce", times: 100 }),
    EXIT.failed,
  ],
])(
  "a run that %s leaves no results: those of the run before are in its history only",
  async (_, given, disturb, exit) => {
    await using world = await startWorld();
    await world.run({ "run-id": "first" });
    disturb(world);
    expect((await world.run({ instance: "global", ...given })).exit).toBe(exit);
    for (const name of ["global_results.json", "partner_results.json"]) {
      expect(await world.text(name).catch(() => "absent")).toBe("absent");
      expect(await world.text(`history/first/${name}`)).toContain("applied");
    }
    // Of us-government this run said nothing.
    expect(await world.text("usgov_results.json")).toBe(await world.text("history/first/usgov_results.json"));
  },
);

test("U6: users of an organization whose salesforce_id is broken are not marked: nobody could ask for their contacts", async () => {
  await using world = await startWorld();
  await world.run();
  const users = world.sandbox.zendesk("us-government").users;
  const victim = users.find(
    ({ role, suspended, organization_id, user_fields }) =>
      role === "end-user" && !suspended && organization_id && (user_fields as Fields).mark_for_deletion !== true,
  );
  world.sandbox.editOrganization("us-government", Number(victim?.organization_id), {
    organization_fields: { salesforce_id: "0014M0000oops" },
  });
  await world.run();
  const now = world.sandbox.zendesk("us-government").users.find(({ id }) => id === victim?.id);
  expect((now?.user_fields as Fields | undefined)?.mark_for_deletion).not.toBe(true);
});

test("Y3: one address that cannot be looked up costs nobody else their contacts, and is named as failed", async () => {
  await using world = await startWorld();
  // The first four are asked for when organizations are gathered: what fails there waits for the next run. The others are of addresses
  // that Zendesk refused to create.
  world.sandbox.addFault({ kind: "404", service: "zendesk-global", path: "/users/search", after: 4 });
  const { exit } = await world.run({ instance: "global" });
  expect(exit).toBe(EXIT.someFailed);
  const contacts = (await world.artifact<{ effect: string; outcome: string }>("global_results.json")).filter(
    ({ effect }) => effect === "contact",
  );
  expect(contacts.filter(({ outcome }) => outcome === "failed")).toHaveLength(1);
  expect(contacts.filter(({ outcome }) => outcome === "applied").length).toBeGreaterThan(3);
  expect((await world.run({ instance: "global" })).exit).toBe(EXIT.done);
});
