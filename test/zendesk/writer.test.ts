import { afterEach, describe, expect, test } from "bun:test";
import { planOn } from "../../lib/remotes/zendesk/planned.ts";
import type { RowOutcome } from "../../lib/remotes/zendesk/ports.ts";
import { createZendeskWriter } from "../../lib/remotes/zendesk/write.ts";
import { seedOrganization, seedUser, serveZendesk } from "./serve-zendesk.ts";

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

const create = (index: number, name = `New ${index}`) => ({
  name,
  external_id: `0014M00001n${String(index).padStart(4, "0")}AAA`,
  organization_fields: { salesforce_id: "x", support_level: "ultimate" },
});
const kinds = (outcomes: RowOutcome[]) => outcomes.map((outcome) => outcome.is);

describe("Y1, Y5, S6: bulk jobs", () => {
  test("a hundred creates are one job; every row has its outcome, in order", async () => {
    served = await serveZendesk();
    const outcomes = await served.writer.createOrganizations(Array.from({ length: 100 }, (_, index) => create(index)));
    const state = served.zendesk.state().organizations;
    expect(outcomes).toHaveLength(100);
    for (const [index, outcome] of outcomes.entries())
      expect(state.find((one) => one.id === (outcome as { id: number }).id)?.external_id).toBe(
        create(index).external_id,
      );
    expect(served.requests(/POST .*create_many/)).toHaveLength(1);
  });

  test("a completed job with refused rows: each row tells which value is taken", async () => {
    served = await serveZendesk({
      organizations: [seedOrganization("Taken GmbH"), seedOrganization("Other", {}, create(7).external_id)],
    });
    const outcomes = await served.writer.createOrganizations([
      create(1),
      create(2, "taken gmbh "),
      create(7),
      create(3),
    ]);
    expect(kinds(outcomes)).toEqual(["applied", "refused", "refused", "applied"]);
    expect(outcomes.map((outcome) => ("taken" in outcome ? outcome.taken : null))).toEqual([
      null,
      "name",
      "external_id",
      null,
    ]);
  });

  test("rows that failed by a database error are transient", async () => {
    served = await serveZendesk();
    served.fault({ kind: "failed-rows", rows: [1], path: "create_many" });
    expect(kinds(await served.writer.createOrganizations([create(1), create(2), create(3)]))).toEqual([
      "applied",
      "transient",
      "applied",
    ]);
  });

  for (const kind of ["job-failed", "job-killed"] as const) {
    test(`S5: a ${kind} says nothing about its rows`, async () => {
      served = await serveZendesk();
      served.fault({ kind, path: "create_many" });
      expect(kinds(await served.writer.createOrganizations([create(1), create(2)]))).toEqual(["unknown", "unknown"]);
    });
  }

  for (const kind of ["lost-answer", "reset", "500", "502-html"] as const) {
    test(`S5: a create answered by ${kind} is not sent again: its outcome is unknown`, async () => {
      served = await serveZendesk();
      served.fault({ kind, path: "create_many" });
      expect(kinds(await served.writer.createOrganizations([create(1)]))).toEqual(["unknown"]);
      expect(served.requests(/POST .*create_many/)).toHaveLength(1);
    });
  }

  test("an update answered by a cut connection is sent again: absolute values do no harm", async () => {
    const organization = seedOrganization("Old");
    served = await serveZendesk({ organizations: [organization] });
    served.fault({ kind: "lost-answer", path: "update_many" });
    expect(kinds(await served.writer.updateOrganizations([{ id: organization.id, name: "New" }]))).toEqual(["applied"]);
    expect(served.requests(/PUT .*update_many/)).toHaveLength(2);
  });

  test("several jobs are followed with one poll for all of them", async () => {
    served = await serveZendesk({ behaviour: { jobSeconds: { fixed: 600, perRow: 0 } } });
    await Promise.all([1, 2, 3, 4].map((index) => served.writer.createOrganizations([create(index)])));
    const polls = served.requests(/GET .*job_statuses/);
    expect(polls.some((poll) => poll.path.split(",").length === 4)).toBe(true);
    expect(served.requests(/GET .*job_statuses\/V3/)).toHaveLength(0);
  });

  test("a job whose status cannot be found and is not in the list either is given up as unknown", async () => {
    served = await serveZendesk();
    served.fault({ kind: "404", path: "job_statuses", times: 500 });
    expect(kinds(await served.writer.createOrganizations([create(1)]))).toEqual(["unknown"]);
  });

  test("all job places taken: waited for, then done", async () => {
    served = await serveZendesk({ behaviour: { inflightJobs: 1, jobSeconds: { fixed: 20, perRow: 0 } } });
    const outcomes = await Promise.all([1, 2, 3].map((index) => served.writer.createOrganizations([create(index)])));
    expect(outcomes.flatMap(kinds)).toEqual(["applied", "applied", "applied"]);
  });

  test("as many jobs in flight as the account has, and not one more; one poll asks for all of them", async () => {
    served = await serveZendesk({ behaviour: { jobSeconds: { fixed: 600, perRow: 0 } } });
    const batches = Array.from({ length: 70 }, (_, index) => served.writer.createOrganizations([create(index)]));
    expect((await Promise.all(batches)).flatMap(kinds)).toEqual(Array(70).fill("applied"));
    const sent = served.requests(/POST .*create_many/);
    expect([sent.length, sent.filter(({ status }) => status !== 200)]).toEqual([70, []]);
    const polled = served
      .requests(/GET .*job_statuses\/show_many/)
      .map(({ path }) => path.split("=")[1]?.split(/,|%2C/));
    expect(Math.max(...polled.map((ids) => ids?.length ?? 0))).toBe(30);
  });

  test("others hold most places: what the header leaves is used, and hardly a job is refused", async () => {
    served = await serveZendesk({ behaviour: { jobsTakenByOthers: 25, jobSeconds: { fixed: 600, perRow: 0 } } });
    const batches = Array.from({ length: 20 }, (_, index) => served.writer.createOrganizations([create(index)]));
    expect((await Promise.all(batches)).flatMap(kinds)).toEqual(Array(20).fill("applied"));
    const refused = served.requests(/POST .*create_many/).filter(({ status }) => status === 429);
    // Only where a job of ours had ended unseen, so that others looked fewer than they were.
    expect(refused.length).toBeLessThan(10);
  });

  test("places that others take meanwhile: what is refused waits for a job of ours, and no row is lost", async () => {
    served = await serveZendesk({ behaviour: { jobSeconds: { fixed: 600, perRow: 0 } } });
    await served.writer.createOrganizations([create(1000)]);
    served.zendesk.behave({ jobsTakenByOthers: 26 });
    const batches = Array.from({ length: 40 }, (_, index) => served.writer.createOrganizations([create(index)]));
    expect((await Promise.all(batches)).flatMap(kinds)).toEqual(Array(40).fill("applied"));
    const refused = served.requests(/POST .*create_many/).filter(({ status }) => status === 429);
    // All that were sent at once before the first refusal, and few after: nobody asks again before a job of ours has ended.
    expect(refused.length).toBeLessThan(60);
  });

  test("every place is another's: one request waits for all, and not through its retries", async () => {
    served = await serveZendesk({ behaviour: { jobsTakenByOthers: 30 } });
    const batches = Array.from({ length: 5 }, (_, index) => served.writer.createOrganizations([create(index)]));
    while (served.requests(/POST .*create_many/).length < 70) await Bun.sleep(1);
    served.zendesk.behave({ jobsTakenByOthers: 0 });
    expect((await Promise.all(batches)).flatMap(kinds)).toEqual(Array(5).fill("applied"));
  });

  test("S7: organizations that wait for others' jobs are not sent once the run stops", async () => {
    served = await serveZendesk({ behaviour: { jobsTakenByOthers: 30 } });
    const stop = new AbortController();
    const writer = createZendeskWriter(served.options, stop.signal);
    const waiting = [1, 2, 3].map((index) => writer.createOrganizations([create(index)]).catch(String));
    while (served.requests(/POST .*create_many/).length < 2) await Bun.sleep(1);
    stop.abort();
    expect(await Promise.all(waiting)).toEqual(Array(3).fill(expect.stringContaining("stopped")));
    expect(served.zendesk.state().organizations).toEqual([]);
  });

  test("a missing write scope ends everything at once, with what to do", async () => {
    served = await serveZendesk();
    served.fault({ kind: "401", times: 5, path: "create_many" });
    await expect(served.writer.createOrganizations([create(1)])).rejects.toThrow(/credentials/);
    await served.writer.createOrganizations([create(1)]).catch(() => {});
  });

  test("a key that Zendesk does not know is warned about once, by name", async () => {
    served = await serveZendesk({ organizations: [seedOrganization("A")] });
    await served.writer.createOrganizations([{ ...create(1), colour: "red" } as never]);
    expect(served.warnings.join()).toContain("colour");
  });
});

describe("U6: users", () => {
  test("bulk import off (403): created singly, and bulk is not tried again", async () => {
    const organization = seedOrganization("A");
    served = await serveZendesk({ organizations: [organization] });
    const rows = ["a", "b"].map((name) => ({ name, email: `${name}@example.com`, organization_id: organization.id }));
    expect(kinds(await served.writer.createUsers(rows))).toEqual(["applied", "applied"]);
    expect(
      kinds(await served.writer.createUsers([{ name: "c", email: "c@example.com", organization_id: organization.id }])),
    ).toEqual(["applied"]);
    expect(served.requests(/POST .*users\/create_many/)).toHaveLength(1);
    expect(served.requests(/POST .*users(?:\.json)?$/).map((entry) => entry.body)).toMatchObject(
      Array(3).fill({ user: { role: "end-user", skip_verify_email: true } }),
    );
  });

  test("bulk import on: one job; a taken address is told", async () => {
    const organization = seedOrganization("A");
    served = await serveZendesk({
      organizations: [organization],
      users: [seedUser("a@example.com")],
      behaviour: { bulkUserImport: true },
    });
    const outcomes = await served.writer.createUsers([
      { name: "a", email: "A@example.com", organization_id: organization.id },
      { name: "b", email: "b@example.com", organization_id: organization.id },
    ]);
    expect(outcomes).toMatchObject([{ is: "refused", taken: "email" }, { is: "applied" }]);
    expect(served.requests(/POST .*users$/)).toHaveLength(0);
  });

  test("a membership that is there already counts as applied", async () => {
    const organization = seedOrganization("A");
    const [member, newcomer] = [
      seedUser("a@example.com", { organization_ids: [organization.id] }),
      seedUser("b@example.com"),
    ];
    served = await serveZendesk({ organizations: [organization], users: [member, newcomer] });
    const outcomes = await served.writer.createMemberships(
      [member, newcomer].map((user) => ({ user_id: user.id, organization_id: organization.id })),
    );
    expect(kinds(outcomes)).toEqual(["applied", "applied"]);
    expect(served.zendesk.state().memberships).toHaveLength(2);
  });

  test("updates reach name, organization and the mark", async () => {
    const [one, other] = [seedOrganization("One"), seedOrganization("Other")];
    const user = seedUser("a@example.com", { organization_ids: [one.id] });
    served = await serveZendesk({ organizations: [one, other], users: [user] });
    expect(
      kinds(
        await served.writer.updateUsers([
          { id: user.id, name: "New Name", organization_id: other.id, user_fields: { mark_for_deletion: true } },
        ]),
      ),
    ).toEqual(["applied"]);
    expect(await served.reader.usersById([user.id])).toMatchObject([
      { name: "New Name", organization_id: other.id, marked: true },
    ]);
  });
});

describe("--dry-run: a planned connection", () => {
  test("writes nothing, and reads as if it had", async () => {
    const organization = seedOrganization("Old", { support_level: "premium" });
    const user = seedUser("a@example.com");
    served = await serveZendesk({ organizations: [organization], users: [user] });
    const planned = planOn(served.reader);
    const [created] = await planned.writer.createOrganizations([create(1)]);
    await planned.writer.updateOrganizations([{ id: organization.id, organization_fields: { support_level: "gold" } }]);
    const newId = (created as { id: number }).id;
    await planned.writer.createUsers([{ name: "b", email: "b@example.com", organization_id: newId }]);
    await planned.writer.createMemberships([{ user_id: user.id, organization_id: newId }]);

    expect(await planned.reader.organizationsById([organization.id, newId])).toMatchObject([
      { organization_fields: { support_level: "gold" } },
      { name: "New 1" },
    ]);
    expect(await planned.reader.organizationsByExternalId([create(1).external_id])).toMatchObject([{ id: newId }]);
    expect((await planned.reader.usersOfOrganization(newId)).map(({ email }) => email).sort()).toEqual([
      "a@example.com",
      "b@example.com",
    ]);
    expect(await planned.reader.usersByAddress("b@example.com")).toMatchObject([
      { by: "primary", organization_ids: [newId] },
    ]);
    expect(served.requests(/(?:POST|PUT|DELETE) \/api/)).toHaveLength(0);
    expect(planned.counts).toEqual({ organizations: 2, users: 1, memberships: 1 });
  });
});
