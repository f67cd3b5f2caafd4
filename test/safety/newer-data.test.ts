import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { EXIT } from "../../lib/errors.ts";
import type { InstanceName, RequestHook } from "../../sandbox/types.ts";
import { QUICK, RUN_TIMEOUT, startWorld, type TestWorld } from "../pipeline/world.ts";
import { limitsWorld } from "./limits-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/* S4: newer data wins. What an agent writes between gather and sync is never written over. */

type Wire = Record<string, unknown>;
interface Planned {
  id: number;
  change: { mark_for_deletion?: boolean; organization_fields?: Wire };
}
interface Result {
  id: number | null;
  effect: string;
  outcome: string;
  reason: string | null;
  code?: string;
  params?: Record<string, unknown>;
}

const OPEN = `limits: { holds: { percent: 100, max: 1000 }, creates: 1000, marks: { percent: 100, max: 1000 }, updates: { percent: 100 },
  downgrades: { percent: 100, max: 1000 }, marked_total: { percent: 100 }, minimum_existing: 1,
  usgov_user: { marks: { percent: 100, max: 1000 } } }`;

const start = (onRequest?: RequestHook) =>
  startWorld({
    timing: QUICK,
    world: limitsWorld(),
    config: (text) => `${text}\n${OPEN}\n`,
    ...(onRequest ? { onRequest } : {}),
  });

const organization = (world: TestWorld, instance: InstanceName, id: number) =>
  world.sandbox.zendesk(instance).organizations.find((one) => one.id === id) ?? {};
const user = (world: TestWorld, id: number) =>
  world.sandbox.zendesk("us-government").users.find((one) => one.id === id) ?? {};
const fieldsOf = (record: Wire) => (record.organization_fields ?? record.user_fields ?? {}) as Wire;
const resultOf = async (world: TestWorld, name: string, id: number) =>
  (await world.artifact<Result>(name)).find((one) => one.id === id);

/** What is planned for three updates and a mark of a comparison; each can be spoilt alone. */
async function planned(world: TestWorld, prefix: string) {
  const updates = await world.artifact<Planned>(`${prefix}_updates.json`);
  const marks = await world.artifact<Planned>(`${prefix}_not_in_sync.json`);
  expect(updates.length).toBeGreaterThan(0);
  expect(marks.length).toBeGreaterThan(1);
  return { updates, marks };
}

describe("S4: an agent edits an organization between gather and sync", () => {
  for (const [instance, prefix] of [
    ["global", "global"],
    ["us-government", "usgov"],
  ] as const) {
    test(`${instance}: in a field that we write: the agent's value stays, and the record is named`, async () => {
      await using world = await start();
      await world.preview();
      const { updates } = await planned(world, prefix);
      const downgrade = updates.find(({ change }) => change.organization_fields?.support_level !== undefined);
      const id = downgrade?.id ?? 0;
      world.sandbox.editOrganization(instance, id, { organization_fields: { support_level: "expired" } });
      const before = organization(world, instance, id);
      expect((await world.stage("sync", { instance })).exit).toBe(EXIT.done);
      expect(organization(world, instance, id)).toEqual(before);
      expect(await resultOf(world, `${prefix}_results.json`, id)).toMatchObject({
        outcome: "skipped",
        code: "organization.changed_since",
        params: { fields: ["support_level"] },
      });
      const others = updates.filter((one) => one.id !== id);
      for (const { id: other } of others)
        expect(await resultOf(world, `${prefix}_results.json`, other)).toMatchObject({ outcome: "applied" });
      // The next run sees it, and decides on the newer data.
      await world.run({ instance });
      expect(fieldsOf(organization(world, instance, id)).support_level).toBe("premium");
    });

    test(`${instance}: in a field that we do not write: the update goes through, and the agent's value stays`, async () => {
      await using world = await start();
      await world.preview();
      const { updates, marks } = await planned(world, prefix);
      for (const { id } of [...updates, ...marks])
        world.sandbox.editOrganization(instance, id, {
          notes: "called them",
          organization_fields: { assigned_se: "Somebody Else" },
        });
      expect((await world.stage("sync", { instance })).exit).toBe(EXIT.done);
      for (const { id } of [...updates, ...marks]) {
        expect(await resultOf(world, `${prefix}_results.json`, id)).toMatchObject({ outcome: "applied" });
        expect(fieldsOf(organization(world, instance, id)).assigned_se).toBe("Somebody Else");
        expect(organization(world, instance, id).notes).toBe("called them");
      }
    });

    for (const [field, value] of [
      ["ignore_deletion", true],
      ["migrating", true],
      ["account_type", "prospect"],
      ["salesforce_id", "0014M00001kAbCdQAK"],
    ] as const) {
      test(`${instance}: in ${field}: neither an update nor a mark is written`, async () => {
        await using world = await start();
        await world.preview();
        const { updates, marks } = await planned(world, prefix);
        const [update, mark] = [updates[0]?.id ?? 0, marks[0]?.id ?? 0];
        const newValue = field === "account_type" ? otherType(organization(world, instance, update)) : value;
        for (const id of [update, mark])
          world.sandbox.editOrganization(instance, id, { organization_fields: { [field]: newValue } });
        const before = [update, mark].map((id) => organization(world, instance, id));
        expect((await world.stage("sync", { instance })).exit).toBe(EXIT.done);
        expect([update, mark].map((id) => organization(world, instance, id))).toEqual(before);
        for (const id of [update, mark])
          expect(await resultOf(world, `${prefix}_results.json`, id)).toMatchObject({
            outcome: "skipped",
            code: "organization.changed_since",
            params: { fields: [field] },
          });
        const other = marks[1]?.id ?? 0;
        expect(fieldsOf(organization(world, instance, other)).mark_for_deletion).toBe(true);
      });
    }

    test(`${instance}: marked or unmarked by hand meanwhile, renamed, or gone`, async () => {
      await using world = await start();
      await world.preview();
      const { updates, marks } = await planned(world, prefix);
      const [done, gone] = [marks[0]?.id ?? 0, updates[0]?.id ?? 0];
      world.sandbox.editOrganization(instance, done, { organization_fields: { mark_for_deletion: true } });
      world.sandbox.deleteOrganization(instance, gone);
      expect((await world.stage("sync", { instance })).exit).toBe(EXIT.done);
      expect(await resultOf(world, `${prefix}_results.json`, done)).toMatchObject({
        outcome: "skipped",
        code: "organization.already_so",
      });
      expect(await resultOf(world, `${prefix}_results.json`, gone)).toMatchObject({
        outcome: "skipped",
        code: "organization.gone",
      });
    });
  }

  test("partners: the same, between gather and partner-sync", async () => {
    await using world = await start();
    await world.preview();
    const { updates, marks } = await planned(world, "partner");
    const owners = updates.filter(({ change }) => change.organization_fields?.account_owner !== undefined);
    const [update, mark] = [owners[0]?.id ?? 0, marks[0]?.id ?? 0];
    world.sandbox.editOrganization("global", update, { organization_fields: { account_owner: "Agent's Owner" } });
    world.sandbox.editOrganization("global", mark, { organization_fields: { ignore_deletion: true } });
    expect((await world.stage("partner-sync")).exit).toBe(EXIT.done);
    expect(fieldsOf(organization(world, "global", update)).account_owner).toBe("Agent's Owner");
    expect(fieldsOf(organization(world, "global", mark)).mark_for_deletion).not.toBe(true);
    for (const [id, field] of [
      [update, "account_owner"],
      [mark, "ignore_deletion"],
    ] as const)
      expect(await resultOf(world, "partner_results.json", id)).toMatchObject({
        outcome: "skipped",
        code: "organization.changed_since",
        params: { fields: [field] },
      });
  });

  test("somebody creates the organization by hand meanwhile: no second one", async () => {
    await using world = await start();
    await world.preview();
    const creates = await world.artifact<{ name: string; salesforce_id: string }>("global_creates.json");
    const [first] = creates;
    const taken = world.sandbox.zendesk("global").organizations[0];
    world.sandbox.editOrganization("global", Number(taken?.id), { name: first?.name });
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.done);
    const result = (await world.artifact<Result & { salesforce_id: string }>("global_results.json")).find(
      ({ effect, salesforce_id }) => effect === "create" && salesforce_id === first?.salesforce_id,
    );
    expect(result).toMatchObject({
      outcome: "skipped",
      code: "create.name_taken",
      params: { organization_ids: [taken?.id] },
    });
  });
});

function otherType(now: Wire): string {
  return fieldsOf(now).account_type === "customer" ? "former_customer" : "customer";
}

describe("S4: the same for users: an agent edits one after it was listed", () => {
  /** Edits as soon as any users are read again, which is right before they are written; until that is done, nobody reads them. */
  async function withEdit(edits: (users: Planned[]) => [number, Wire][]) {
    const state: { world?: TestWorld; editing?: Promise<void>; edited: number[] } = { edited: [] };
    const edit = async (world: TestWorld) => {
      const all = [
        ...(await world.artifact<Planned>("usgov_user_updates.json")),
        ...(await world.artifact<Planned>("usgov_user_not_in_sync.json")),
      ];
      const changes = edits(all).map(([id, change]) => ({ ...change, id }));
      state.edited = changes.map(({ id }) => id);
      await editUsers(world, changes);
    };
    const world = await start(async ({ service, method, path }, phase) => {
      if (phase !== "before" || method !== "GET" || !state.world) return undefined;
      if (service !== "zendesk-us-government" || !path.includes("/users/show_many")) return undefined;
      state.editing ??= edit(state.world);
      await state.editing;
      return undefined;
    });
    state.world = world;
    return { world, state };
  }

  /** As an agent's tool would, through Zendesk's own API; single updates may come but once a second. */
  async function editUsers(world: TestWorld, users: readonly Wire[]): Promise<void> {
    const {
      ZENDESK_USGOV_URL: url,
      ZENDESK_USGOV_CLIENT_ID: client_id,
      ZENDESK_USGOV_CLIENT_SECRET: client_secret,
    } = world.sandbox.env;
    const content = { "content-type": "application/json" };
    const grant = { grant_type: "client_credentials", client_id, client_secret, scope: "read write" };
    const token = await fetch(`${url}/oauth/tokens`, { method: "POST", headers: content, body: JSON.stringify(grant) });
    const { access_token } = (await token.json()) as { access_token: string };
    const headers = { ...content, authorization: `Bearer ${access_token}` };
    const answer = await fetch(`${url}/api/v2/users/update_many`, {
      method: "PUT",
      headers,
      body: JSON.stringify({ users }),
    });
    let { job_status } = (await answer.json()) as { job_status: { id: string; status: string } };
    while (job_status.status !== "completed") {
      const again = await fetch(`${url}/api/v2/job_statuses/${job_status.id}`, { headers });
      ({ job_status } = (await again.json()) as { job_status: { id: string; status: string } });
    }
  }

  test("in a field that we write: the agent's name stays", async () => {
    const { world, state } = await withEdit((all) =>
      all.flatMap(({ id, change }) => ("name" in change ? [[id, { name: "Agent's Spelling" }]] : [])),
    );
    await using _ = world;
    expect((await world.run({ instance: "us-government" })).exit).toBe(EXIT.done);
    expect(state.edited).toHaveLength(1);
    expect(user(world, state.edited[0] ?? 0).name).toBe("Agent's Spelling");
    expect(await resultOf(world, "usgov_user_results.json", state.edited[0] ?? 0)).toMatchObject({
      outcome: "skipped",
      code: "user.changed_since",
      params: { fields: ["name"] },
    });
  });

  for (const [what, change, field] of [
    ["made an agent", { role: "agent" }, "role"],
    ["suspended", { suspended: true }, "suspended"],
    ["renamed", { name: "Agent's Spelling" }, "name"],
  ] as const) {
    test(`${what} meanwhile: not marked`, async () => {
      const { world, state } = await withEdit((all) =>
        all.flatMap(({ id, change: planned }): [number, Wire][] =>
          planned.mark_for_deletion === true ? [[id, change]] : [],
        ),
      );
      await using _ = world;
      await world.run({ instance: "us-government" });
      expect(state.edited).toHaveLength(2);
      const marks = (await world.artifact<Result>("usgov_user_results.json")).filter(({ effect }) => effect === "mark");
      for (const mark of marks)
        expect(mark).toMatchObject({ outcome: "skipped", code: "user.changed_since", params: { fields: [field] } });
      for (const id of state.edited) expect(fieldsOf(user(world, id)).mark_for_deletion).not.toBe(true);
    });
  }

  test("in a field that we do not write: the update goes through, and the agent's value stays", async () => {
    const { world, state } = await withEdit((all) =>
      all.map(({ id }): [number, Wire] => [id, { notes: "prefers the phone" }]),
    );
    await using _ = world;
    expect((await world.run({ instance: "us-government" })).exit).toBe(EXIT.done);
    expect(state.edited.length).toBeGreaterThan(2);
    for (const id of state.edited) {
      expect(await resultOf(world, "usgov_user_results.json", id)).toMatchObject({ outcome: "applied" });
      expect(user(world, id).notes).toBe("prefers the phone");
    }
  });
});
