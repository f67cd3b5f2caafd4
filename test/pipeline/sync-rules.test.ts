import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FieldValue } from "../../lib/domain/organization-field.ts";
import { EXIT } from "../../lib/errors.ts";
import { createZendeskWriter } from "../../lib/remotes/zendesk/write.ts";
import { sha256Of } from "../../lib/storage/artifacts/store.ts";
import type { RequestHook, SeedUser } from "../../sandbox/types.ts";
import { comparisons, RUN_TIMEOUT, startWorld, stateOf, type TestWorld } from "./world.ts";

setDefaultTimeout(RUN_TIMEOUT);

type Fields = Record<string, unknown>;
type Result = {
  effect: string;
  salesforce_id: string;
  id: number | null;
  outcome: string;
  reason: string | null;
  code?: string;
  params?: Record<string, unknown>;
  after: Fields;
};

const organizations = (world: TestWorld, instance: "global" | "us-government" = "global") =>
  world.sandbox.zendesk(instance).organizations;
const fieldsOf = (organization: Fields | undefined) => (organization?.organization_fields ?? {}) as Fields;
const requests = (world: TestWorld, pattern: RegExp) =>
  world.sandbox.requests.filter(({ service, method, path }) => pattern.test(`${service} ${method} ${path}`));

/** Up to compare, so that a test can change the world before sync. */
async function upToCompare(world: TestWorld, instance: "global" | "us-government" = "global"): Promise<void> {
  for (const [name, given] of [
    ["gather-accounts", {}],
    ["gather-orgs", { instance: "global" }],
    ["gather-orgs", { instance: "us-government" }],
    ["process", {}],
    ["compare", { instance }],
  ] as const) {
    expect((await world.stage(name, given)).exit).toBe(EXIT.done);
  }
}

describe("G1, S11: one run at a time", () => {
  test("a second run on the same data directory is refused, told who and since when, and writes nothing", async () => {
    await using world = await startWorld();
    const [one, other] = await Promise.all([world.run(), world.run()]);
    expect([one.exit, other.exit].sort()).toEqual([EXIT.done, EXIT.refused]);
    expect(world.printed()).toMatch(/in use by zdsync run \(run \S+\).*since/);
  });
});

describe("Y1: creates", () => {
  test("name, external_id and fields; one job for up to a hundred; verified by external_id", async () => {
    await using world = await startWorld();
    await upToCompare(world);
    const creates = await world.artifact<Fields & { salesforce_id: string; name: string }>("global_creates.json");
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.done);
    for (const create of creates) {
      const made = organizations(world).find(({ external_id }) => external_id === create.salesforce_id);
      expect(made).toMatchObject({ name: create.name });
      expect(fieldsOf(made).support_level).toBe((create.organization_fields as Fields).support_level as string);
    }
    expect(requests(world, /global POST .*organizations\/create_many/)).toHaveLength(1);
    expect(requests(world, /global POST .*\/organizations(?:\.json)?$/)).toHaveLength(0);
  });

  test("S5: a create job whose answer is lost: looked up by external_id, nothing is made twice", async () => {
    await using world = await startWorld();
    world.sandbox.addFault({ kind: "lost-answer", service: "zendesk-global", path: "create_many" });
    expect((await world.run({ instance: "global" })).exit).toBe(EXIT.done);
    const ids = organizations(world).flatMap(({ external_id }) => external_id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await world.artifact<Result>("global_results.json")).filter(({ outcome }) => outcome === "failed")).toEqual(
      [],
    );
  });

  test("the same change files applied twice: the second time everything is there already, and nothing is written", async () => {
    await using world = await startWorld();
    await upToCompare(world);
    await world.stage("sync", { instance: "global" });
    world.sandbox.clearRequests();
    const before = stateOf(world.sandbox);
    const again = await world.stage("sync", { instance: "global" });
    expect(again.exit).toBe(EXIT.done);
    // Contacts are sent without a look, and Zendesk refuses whoever is there (decision 51).
    expect(world.sandbox.writes().filter(({ status }) => status < 400)).toEqual([]);
    expect(stateOf(world.sandbox)).toEqual(before);
    const reasons = new Set(
      (await world.artifact<Result>("global_results.json"))
        .filter(({ effect }) => effect !== "contact")
        .map(({ code }) => code),
    );
    expect([...reasons].sort()).toEqual(["organization.already_so", "organization.exists_already"]);
  });
});

describe("Y5, Y6: updates and marks", () => {
  test("Y5: a rename that Zendesk refuses: everything else is written, with the holder's id", async () => {
    await using world = await startWorld();
    await upToCompare(world);
    const updates = await world.artifact<{ id: number; change: { name?: string; organization_fields?: Fields } }>(
      "global_updates.json",
    );
    const rename = updates.find(({ change }) => change.name !== undefined);
    expect(rename).toBeDefined();
    const [holder] = organizations(world).filter(({ id }) => !updates.some((update) => update.id === id));
    world.sandbox.editOrganization("global", Number(holder?.id), { name: rename?.change.name });
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.done);
    const result = (await world.artifact<Result>("global_results.json")).find(({ id }) => id === rename?.id);
    expect(result?.reason).toContain(String(holder?.id));
    expect(result?.outcome).toBe(rename?.change.organization_fields ? "applied" : "skipped");
  });

  test("Y6: a value that Zendesk drops without a word is failed: did not stick; exit 3", async () => {
    await using world = await startWorld({ zendesk: { global: { unknownDropdown: "dropped" } } });
    await upToCompare(world);
    const [update] = await world.artifact<Fields & { id: number; before: Fields; change: Fields }>(
      "global_updates.json",
    );
    const { support_level } = fieldsOf(organizations(world).find(({ id }) => id === update?.id));
    const change = { organization_fields: { support_level: "platinum" } };
    const files = {
      "global_creates.json": [],
      "global_updates.json": [{ ...update, change, before: { organization_fields: { support_level } } }],
      "global_not_in_sync.json": [],
      "global_contacts.json": [],
    };
    for (const [name, records] of Object.entries(files))
      await writeFile(join(world.dataDir, name), JSON.stringify(records));
    await rm(join(world.dataDir, "global_changeset.manifest.json"));
    const digest = sha256Of(...Object.values(files).map((records) => JSON.stringify(records)));
    expect((await world.stage("sync", { instance: "global", expect: digest })).exit).toBe(EXIT.someFailed);
    const result = (await world.artifact<Result>("global_results.json")).find(({ id }) => id === update?.id);
    expect(result).toMatchObject({
      outcome: "failed",
      code: "organization.did_not_stick",
      params: { fields: ["support_level"] },
    });
  });

  test("S6: rows that fail for a passing reason are sent once more, and only they", async () => {
    await using world = await startWorld();
    await upToCompare(world);
    world.sandbox.addFault({ kind: "failed-rows", rows: [0, 2], service: "zendesk-global", path: "update_many" });
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.done);
    const [first, ...others] = requests(world, /global PUT .*update_many/).map(({ body }) =>
      (body as { organizations: { id: number }[] }).organizations.map(({ id }) => id),
    );
    const again = others.map((ids) => ids.filter((id) => first?.includes(id))).filter((ids) => ids.length > 0);
    expect(again).toEqual([first?.filter((_, place) => place === 0 || place === 2) ?? []]);
  });

  test("S6: rows that keep failing are failed with their reason, the others applied; exit 3", async () => {
    await using world = await startWorld();
    await upToCompare(world);
    world.sandbox.addFault({
      kind: "failed-rows",
      rows: [0],
      service: "zendesk-global",
      path: "update_many",
      // Updates and marks, and both again.
      times: 4,
    });
    expect((await world.stage("sync", { instance: "global" })).exit).toBe(EXIT.someFailed);
    const failed = (await world.artifact<Result>("global_results.json")).filter(({ outcome }) => outcome === "failed");
    expect(failed.map(({ effect }) => effect).sort()).toEqual(["mark", "update"]);
    for (const { reason } of failed) expect(reason).toBeTruthy();
  });
});

describe("S4: not over newer data", () => {
  test("an organization edited since in a field about to be written, or in ignore_deletion, is skipped; in another field it is written", async () => {
    await using world = await startWorld();
    await upToCompare(world);
    const updates = await world.artifact<{ id: number; change: { organization_fields?: Fields } }>(
      "global_updates.json",
    );
    const [mark] = await world.artifact<{ id: number }>("global_not_in_sync.json");
    const edited = updates.find(
      ({ change }) => change.organization_fields && "account_owner" in change.organization_fields,
    );
    const untouched = updates.find((one) => one !== edited && one.change.organization_fields !== undefined);
    world.sandbox.editOrganization("global", Number(edited?.id), {
      organization_fields: { account_owner: "An Agent" },
    });
    world.sandbox.editOrganization("global", Number(untouched?.id), {
      organization_fields: { assigned_se: "An Agent" },
    });
    world.sandbox.editOrganization("global", Number(mark?.id), { organization_fields: { ignore_deletion: true } });
    await world.stage("sync", { instance: "global" });
    const results = new Map((await world.artifact<Result>("global_results.json")).map((result) => [result.id, result]));
    expect(results.get(Number(edited?.id))).toMatchObject({
      outcome: "skipped",
      code: "organization.changed_since",
      params: { fields: ["account_owner"] },
    });
    expect(results.get(Number(mark?.id))).toMatchObject({
      outcome: "skipped",
      code: "organization.changed_since",
      params: { fields: ["ignore_deletion"] },
    });
    expect(results.get(Number(untouched?.id))).toMatchObject({ outcome: "applied" });
    expect(fieldsOf(organizations(world).find(({ id }) => id === edited?.id)).account_owner).toBe("An Agent");
  });
});

describe("Y3, Y4: contacts that are due, and notices", () => {
  test("Y3: a run killed before the contacts: the next one finishes them for organizations it did not create", async () => {
    await using whole = await startWorld();
    await whole.run();
    await using killed = await startWorld();
    await upToCompare(killed);
    // What such a run leaves behind: the organizations, and nothing else.
    const creates = await killed.artifact<Fields & { name: string; salesforce_id: string }>("global_creates.json");
    const { ZENDESK_GLOBAL_CLIENT_ID: clientId = "", ZENDESK_GLOBAL_CLIENT_SECRET: clientSecret = "" } =
      killed.sandbox.env;
    const auth = { kind: "oauth", clientId, clientSecret } as const;
    const writer = createZendeskWriter({ instance: "global", url: killed.sandbox.urls.global, auth });
    const rows = creates.map(({ name, salesforce_id, organization_fields }) => ({
      name,
      external_id: salesforce_id,
      organization_fields: organization_fields as Record<string, FieldValue>,
    }));
    await writer.createOrganizations(rows);

    const { exit, summary } = await killed.run();
    expect(exit).toBe(EXIT.done);
    expect(comparisons(summary).global?.planned.creates).toBe(0);
    expect(stateOf(killed.sandbox)).toEqual(stateOf(whole.sandbox));
  });

  test("Y4: each organization without contacts is named once, over several runs; Slack being archived never fails a run", async () => {
    await using world = await startWorld();
    world.sandbox.archiveSlackChannel();
    expect((await world.run()).exit).toBe(EXIT.done);
    expect(world.sandbox.slackMessages()).toEqual([]);
    expect(world.printed()).toContain("are still to be reported");
  });

  test("Y4: the notice names the organization in its metadata; a second run finds it there", async () => {
    await using world = await startWorld();
    await world.run();
    const messages = world.sandbox.slackMessages();
    expect(messages.length).toBeGreaterThanOrEqual(2);
    expect(messages[1]?.thread_ts).toBe(messages[0]?.ts as string);
    await world.run({ "data-dir": `${world.dataDir}-empty` });
    expect(world.sandbox.slackMessages()).toHaveLength(messages.length);
  });

  test("Y4: without the permission to read the channel, only organizations of the last two hours are named again", async () => {
    await using world = await startWorld();
    await world.run();
    const before = world.sandbox.slackMessages().length;
    world.sandbox.setSlackHistoryScope(false);
    await world.run();
    // What the data directory knows of them makes it quieter.
    expect(world.sandbox.slackMessages()).toHaveLength(before);
    await world.run({ "data-dir": `${world.dataDir}-empty` });
    const again = world.sandbox.slackMessages().slice(before);
    const young = organizations(world).filter(
      ({ created_at }) => Date.parse(String(created_at)) > Date.now() - 7_200_000,
    );
    expect(again.length).toBeGreaterThan(0);
    const youngIds = new Set(young.map(({ id }) => Number(id)));
    const named = again.flatMap(({ metadata }) =>
      [...JSON.stringify(metadata ?? {}).matchAll(/\d{13,}/g)].map(([id]) => Number(id)),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => !youngIds.has(id))).toEqual([]);
  });

  test("Y2: an address wanted by two new organizations goes to the lower salesforce_id", async () => {
    await using world = await startWorld();
    await world.run();
    const left = (await world.artifact<Result>("global_notes.json")).filter(({ code }) => code === "contact.promised");
    expect(left.length).toBeGreaterThan(0);
    for (const { salesforce_id, params } of left)
      expect(String(params?.account)).toSatisfy((winner) => winner < salesforce_id);
  });
});

describe("P3, P4: partners", () => {
  test("P4: partners are created without contacts, updated and marked; nothing of them is in the customers' files", async () => {
    await using world = await startWorld();
    const { summary } = await world.run();
    const { planned, results } = comparisons(summary).partner ?? {};
    expect(planned).toEqual({ creates: 1, updates: 2, marks: 1, contacts: 0 });
    expect(results?.contact).toEqual({ applied: 0, failed: 0, skipped: 0 });
    const partners = new Set(
      (await world.artifact<{ salesforce_id: string }>("partner_accounts.json")).map(({ salesforce_id: id }) => id),
    );
    const customers = [
      ...(await world.artifact<Fields>("global_creates.json")),
      ...(await world.artifact<Fields>("global_updates.json")),
      ...(await world.artifact<Fields>("global_not_in_sync.json")),
    ];
    expect(customers.filter(({ salesforce_id: id }) => partners.has(String(id)))).toEqual([]);
  });
});

describe("U1, U6: users of us-government", () => {
  test("U1: a contact of an organization created in this run becomes its user in the same run", async () => {
    await using world = await startWorld();
    await world.preview();
    const [organization] = await world.artifact<{ salesforce_id: string }>("usgov_creates.json");
    const [planned] = await world.artifact<{ email: string }>("usgov_user_creates.json");
    const { Contact } = world.sandbox.world.salesforce;
    const contact = Contact.find(({ Email }) => String(Email).toLowerCase() === planned?.email);
    const account = organization?.salesforce_id;
    const move = { AccountId: account, Account: { Id: account, Account_ID_18__c: account } };
    world.sandbox.editSalesforce("Contact", String(contact?.Id), move);
    await world.run();
    const created = new Map(
      organizations(world, "us-government").map((organization) => [organization.id, organization]),
    );
    const creates = await world.artifact<{ organization_id: number; email: string }>("usgov_user_creates.json");
    const newIds = new Set(
      (await world.artifact<Result>("usgov_results.json"))
        .filter(({ effect }) => effect === "create")
        .map(({ id }) => id),
    );
    expect(newIds.size).toBeGreaterThan(0);
    expect(creates.some(({ organization_id: id }) => newIds.has(id))).toBe(true);
    for (const { organization_id: id } of creates) expect(created.has(id)).toBe(true);
  });

  test("U5: a user who is given a second organization after the lists were read is not marked any more", async () => {
    let meanwhile = () => {};
    const onRequest: RequestHook = ({ service, path }) => {
      if (service === "zendesk-us-government" && path.includes("/users/show_many")) meanwhile();
      return undefined;
    };
    await using world = await startWorld({ onRequest });
    await world.preview({ instance: "us-government" });
    const [mark] = await world.artifact<{ id: number }>("usgov_user_not_in_sync.json");
    const user = world.sandbox.zendesk("us-government").users.find(({ id }) => id === mark?.id);
    const another = organizations(world, "us-government").find(({ id }) => id !== user?.organization_id);
    meanwhile = () => {
      meanwhile = () => {};
      world.sandbox.addMembership("us-government", Number(mark?.id), Number(another?.id));
    };
    expect((await world.run({ instance: "us-government" })).exit).toBe(EXIT.done);
    const results = await world.artifact<Result>("usgov_user_results.json");
    expect(results.find(({ id }) => id === mark?.id)).toMatchObject({
      outcome: "skipped",
      code: "user.in_several_organizations_now",
    });
  });

  for (const bulkUserImport of [true, false]) {
    test(`U6: bulk user import ${bulkUserImport ? "on" : "off (403)"}: the same users in the end`, async () => {
      await using world = await startWorld({ zendesk: { "us-government": { bulkUserImport } } });
      expect((await world.run({ instance: "us-government" })).exit).toBe(EXIT.done);
      const creates = await world.artifact<Result>("usgov_user_results.json");
      const users = new Set(
        (world.sandbox.zendesk("us-government").users as unknown as SeedUser[]).map(({ email }) => email),
      );
      for (const { after, outcome, effect } of creates)
        if (effect === "create" && outcome === "applied") expect(users.has(String(after.email))).toBe(true);
      const single = requests(world, /us-government POST .*\/users(?:\.json)?$/);
      expect(single.length > 0).toBe(!bulkUserImport);
    });
  }
});
