import { describe, expect, test } from "bun:test";
import { fieldsOfEachType, jobResults, seedOrganization, testInstance } from "../test/zendesk.ts";

const three = [seedOrganization(300, "alpha"), seedOrganization(100, "Beta"), seedOrganization(200, "Zeta")];
const duplicateName = { error: "RecordInvalid", details: { name: [{ error: "DuplicateValue" }] } };

describe("listing", () => {
  test("cursor mode goes by id; the last page still has links; the page after it is empty and has none", async () => {
    const { call } = testInstance({ organizations: three });
    const first = (await call("GET", "/api/v2/organizations?page%5Bsize%5D=2")).body;
    expect(first.organizations.map(({ id }) => id)).toEqual([100, 200]);
    expect(first.meta.has_more).toBe(true);
    expect(first).not.toHaveProperty("count");
    const last = (await call("GET", pathOf(first.links.next))).body;
    expect(last.organizations.map(({ id }) => id)).toEqual([300]);
    expect(last.meta.has_more).toBe(false);
    expect(last.links.next).toStartWith("https://example.zendesk.com/api/v2/organizations?page%5Bafter%5D=");
    expect((await call("GET", pathOf(last.links.next))).body).toEqual({
      organizations: [],
      meta: { has_more: false, after_cursor: null, before_cursor: null },
      links: { prev: null, next: null },
    } as never);
    const back = (await call("GET", pathOf(last.links.prev))).body;
    expect(back.organizations.map(({ id }) => id)).toEqual([100, 200]);
  });

  test("a cursor survives the deletion of the row it points at", async () => {
    const { call, zendesk } = testInstance({ organizations: three });
    const first = (await call("GET", "/api/v2/organizations?page[size]=2")).body;
    zendesk.deleteOrganization(200);
    expect((await call("GET", pathOf(first.links.next))).body.organizations.map(({ id }) => id)).toEqual([300]);
  });

  test("offset mode goes by name without case, and has a count", async () => {
    const { call } = testInstance({ organizations: three });
    const { body } = await call("GET", "/api/v2/organizations.json?per_page=2");
    expect(body.organizations.map(({ name }) => name)).toEqual(["alpha", "Beta"]);
    expect(body.count).toBe(3);
    expect(body.next_page).toBe("https://example.zendesk.com/api/v2/organizations.json?page=2&per_page=2");
    expect(body.previous_page).toBeNull();
  });

  test("offset mode ends at 10,000 records", async () => {
    const { call } = testInstance({ organizations: three });
    expect((await call("GET", "/api/v2/organizations?page=100")).status).toBe(200);
    const beyond = await call("GET", "/api/v2/organizations?page=101");
    expect(beyond.status).toBe(400);
    expect(beyond.body).toMatchObject({ errors: [{ code: "InvalidPaginationDepth" }] });
  });

  test("a cursor that is none, or both modes at once, is refused", async () => {
    const { call } = testInstance();
    expect((await call("GET", "/api/v2/organizations?page[after]=nonsense&page[size]=5")).status).toBe(400);
    expect((await call("GET", "/api/v2/organizations?page=2&page[size]=5")).status).toBe(400);
  });

  test("a walk over 30,000 organizations sees each once", async () => {
    const many = Array.from({ length: 30_000 }, (_, place) => seedOrganization(1000 + place, `Organization ${place}`));
    const { call } = testInstance({ organizations: many, behaviour: { requestsPerMinute: 1000 } });
    const seen = new Set<unknown>();
    let path = "/api/v2/organizations?page[size]=100";
    for (let more = true; more; ) {
      const { body } = await call("GET", path);
      for (const { id } of body.organizations) seen.add(id);
      more = body.meta.has_more;
      path = pathOf(body.links.next);
    }
    expect(seen.size).toBe(30_000);
  });
});

describe("look-ups", () => {
  test("show_many sorts by name and leaves out what is missing", async () => {
    const { call } = testInstance({ organizations: three });
    const { body } = await call("GET", "/api/v2/organizations/show_many?ids=200%2C999%2C300%2C100");
    expect(body.organizations.map(({ name }) => name)).toEqual(["alpha", "Beta", "Zeta"]);
    expect(body.count).toBe(3);
  });

  test("search is exact and without case; autocomplete is by prefix", async () => {
    const { call } = testInstance({
      organizations: [seedOrganization(1, "Alphabet", { external_id: "Abc" }), ...three],
    });
    const names = async (query: string): Promise<unknown[]> =>
      (await call("GET", `/api/v2/organizations/${query}`)).body.organizations.map(({ name }) => name);
    expect(await names("search?external_id=aBC")).toEqual(["Alphabet"]);
    expect(await names("search?name=ALPHA")).toEqual(["alpha"]);
    expect(await names("show_many?external_ids=abc,nobody")).toEqual(["Alphabet"]);
    expect(await names("autocomplete?name=al")).toEqual(["alpha", "Alphabet"]);
    expect((await call("GET", "/api/v2/organizations/autocomplete?name=q")).body).toEqual({
      organizations: [],
      next_page: null,
      previous_page: null,
      count: 0,
    } as never);
  });
});

describe("uniqueness", () => {
  test("names collide without case and after trimming, on create and on update", async () => {
    const { call } = testInstance({ organizations: three });
    const created = await call("POST", "/api/v2/organizations", { organization: { name: "  ALPHA " } });
    expect(created.status).toBe(422);
    expect(created.body).toMatchObject(duplicateName);
    const renamed = await call("PUT", "/api/v2/organizations/100", { organization: { name: "zeta" } });
    expect(renamed.body).toMatchObject(duplicateName);
    expect((await call("PUT", "/api/v2/organizations/100", { organization: { name: "BETA " } })).status).toBe(200);
  });

  test("external ids collide without case; a deleted organization's name and external id are free again", async () => {
    const { call } = testInstance({ organizations: [seedOrganization(1, "One", { external_id: "Abc" })] });
    const twin = { organization: { name: "Two", external_id: "aBC" } };
    expect((await call("POST", "/api/v2/organizations", twin)).body).toMatchObject({
      details: { external_id: [{ error: "DuplicateValue" }] },
    });
    expect((await call("DELETE", "/api/v2/organizations/1")).status).toBe(204);
    expect((await call("POST", "/api/v2/organizations", twin)).status).toBe(201);
  });

  test("create_or_update matches on external_id, never on the name", async () => {
    const { call } = testInstance({ organizations: [seedOrganization(1, "One", { external_id: "a" })] });
    const upsert = (organization: object) => call("POST", "/api/v2/organizations/create_or_update", { organization });
    expect((await upsert({ external_id: "A", notes: "seen" })).status).toBe(200);
    expect((await upsert({ external_id: "b", name: "one" })).status).toBe(422);
    expect((await upsert({ external_id: "b", name: "Two" })).status).toBe(201);
  });
});

describe("custom fields", () => {
  const written = {
    salesforce_id: "",
    vip: true,
    level: "gold",
    arr: 12000.5,
    seats: "7",
    moved_on: "2018-11-04",
    nobody_knows_this: 1,
  };

  test("every defined key is there; values come back in Zendesk's spelling; unknown keys are dropped", async () => {
    const { call } = testInstance({ fields: fieldsOfEachType });
    const blank = (await call("POST", "/api/v2/organizations", { organization: { name: "Blank" } })).body.organization;
    const unset = { salesforce_id: null, vip: null, level: null, arr: null, seats: null, moved_on: null };
    expect(blank.organization_fields).toEqual(unset);
    const full = { organization: { name: "Full", organization_fields: written } };
    const { organization } = (await call("POST", "/api/v2/organizations", full)).body;
    expect(organization.organization_fields).toEqual({
      salesforce_id: "",
      vip: true,
      level: "gold",
      arr: "12000.5",
      seats: 7,
      moved_on: "2018-11-04T00:00:00+00:00",
    });
    const zero = { organization: { organization_fields: { arr: 0 } } };
    const changed = (await call("PUT", `/api/v2/organizations/${organization.id}`, zero)).body.organization;
    expect(changed.organization_fields).toMatchObject({ arr: "0.0", seats: 7 });
  });

  test("a drop-down's value and a ticked box stand among the tags, as long as they are set", async () => {
    const { call } = testInstance({ fields: fieldsOfEachType, organizations: three });
    const put = async (organization: object): Promise<unknown> =>
      (await call("PUT", "/api/v2/organizations/100", { organization })).body.organization.tags;
    expect(await put({ tags: ["own"], organization_fields: { vip: true, level: "gold" } })).toEqual([
      "own",
      "vip",
      "gold",
    ]);
    expect(await put({ organization_fields: { vip: false, level: "silver" } })).toEqual(["own", "silver"]);
    expect(await put({ tags: ["other"] })).toEqual(["other"]);
  });

  test("an unknown drop-down value is refused or dropped, as the instance is set", async () => {
    const wrong = { organization: { organization_fields: { level: "platinum", seats: 1 } } };
    const refusing = testInstance({ fields: fieldsOfEachType, organizations: three });
    expect((await refusing.call("PUT", "/api/v2/organizations/100", wrong)).status).toBe(422);
    const behaviour = { unknownDropdown: "dropped" as const };
    const dropping = testInstance({ fields: fieldsOfEachType, organizations: three, behaviour });
    const { body } = await dropping.call("PUT", "/api/v2/organizations/100", wrong);
    expect(body.organization.organization_fields).toMatchObject({ level: null, seats: 1 });
  });

  test("an option that an administrator has taken out of its field is one no more; what stands there stays", async () => {
    const { call } = testInstance({
      fields: fieldsOfEachType,
      organizations: three,
      behaviour: { removedOptions: ["gold"] },
    });
    const put = (level: string) =>
      call("PUT", "/api/v2/organizations/100", { organization: { organization_fields: { level } } });
    expect((await put("gold")).status).toBe(422);
    expect((await put("silver")).status).toBe(200);
    const { body } = await call("GET", "/api/v2/organization_fields");
    const options = body.organization_fields.flatMap(
      ({ custom_field_options: all = [] }: { custom_field_options?: { value: string }[] }) =>
        all.map((one) => one.value),
    );
    expect(options).toContain("silver");
    expect(options).not.toContain("gold");
  });
});

describe("what a body may hold", () => {
  test("unknown attributes are dropped, and only a header tells", async () => {
    const { call } = testInstance();
    const { status, headers, body } = await call("POST", "/api/v2/organizations", {
      organization: { name: "Typo", extrnal_id: "x" },
    });
    expect(status).toBe(201);
    expect(body.organization).not.toHaveProperty("extrnal_id");
    expect(headers.get("x-zendesk-api-warn")).toContain('"organization.extrnal_id"');
    expect(headers.get("location")).toBe(String(body.organization.url));
  });

  test("a wrong JSON type, a blank name and a missing object each have their own envelope", async () => {
    const { call } = testInstance();
    const post = async (body: object) => (await call("POST", "/api/v2/organizations", body)).body;
    expect(await post({ organization: { name: "x", tags: "a" } })).toMatchObject({
      error: { title: "Invalid attribute" },
    });
    expect(await post({ organization: {} })).toMatchObject({ details: { name: [{ error: "BlankValue" }] } });
    expect(await post({})).toMatchObject({ error: "ParameterMissing" });
    expect((await call("GET", "/api/v2/nothing_like_this")).body).toMatchObject({ error: "InvalidEndpoint" });
  });

  test("deleting an organization takes its memberships with it", async () => {
    const { call, zendesk } = testInstance({ organizations: three });
    await call("POST", "/api/v2/users", { user: { name: "U", organization_id: 100 } });
    expect(zendesk.state().memberships).toHaveLength(1);
    await call("DELETE", "/api/v2/organizations/100");
    expect(zendesk.state().memberships).toEqual([]);
    expect(zendesk.state().users).toMatchObject([{ organization_id: null }]);
  });
});

test("update_many takes ids or external ids in the query with one change for all", async () => {
  const instance = testInstance({ organizations: [...three, seedOrganization(400, "By key", { external_id: "k" })] });
  const change = { organization: { notes: "same" } };
  const byId = await instance.call("PUT", "/api/v2/organizations/update_many?ids=100,300", change);
  expect(await jobResults(instance, byId)).toMatchObject([{ id: 100 }, { id: 300 }]);
  const byKey = await instance.call("PUT", "/api/v2/organizations/update_many?external_ids=K,none", change);
  expect(await jobResults(instance, byKey)).toEqual([
    { action: "update", id: 400, status: "Updated", success: true },
    { index: 1, error: "OrganizationUpdateFailed", details: "Not found" },
  ]);
  expect(instance.zendesk.state().organizations.map(({ notes }) => notes)).toEqual(["same", null, "same", "same"]);
});

function pathOf(link: string | null): string {
  return (link ?? "").replace("https://example.zendesk.com", "");
}
