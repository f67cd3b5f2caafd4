import { describe, expect, test } from "bun:test";
import { fieldsOfEachType, jobResults, seedOrganization, seedUser, testInstance } from "../test/zendesk.ts";

const organizations = [seedOrganization(10, "Ten"), seedOrganization(20, "Twenty"), seedOrganization(30, "Thirty")];
const duplicateEmail = { error: "RecordInvalid", details: { email: [{ error: "DuplicateValue" }] } };

describe("single users", () => {
  test("a user needs only a name; role and verification have their defaults", async () => {
    const { call } = testInstance({ fields: fieldsOfEachType });
    const { status, body } = await call("POST", "/api/v2/users", { user: { name: "Only Name" } });
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ email: null, role: "end-user", organization_id: null, active: true });
    expect(body.user.user_fields).toMatchObject({ vip: null });
    expect((await call("POST", "/api/v2/users", { user: { email: "x@example.com" } })).status).toBe(422);
  });

  test("an address is taken by any identity of any user, without case", async () => {
    const { call } = testInstance({
      users: [seedUser(1, "a@example.com", { secondary_emails: ["second@example.com"] })],
    });
    for (const email of ["A@example.com", "Second@Example.com"]) {
      const refused = await call("POST", "/api/v2/users", { user: { name: "B", email } });
      expect(refused.status).toBe(422);
      expect(refused.body).toMatchObject(duplicateEmail);
    }
    await call("DELETE", "/api/v2/users/1");
    expect((await call("POST", "/api/v2/users", { user: { name: "B", email: "a@example.com" } })).status).toBe(201);
  });

  test("an address on update becomes a secondary one; the primary changes through identities", async () => {
    const { call } = testInstance({ users: [seedUser(1, "old@example.com")] });
    const { body } = await call("PUT", "/api/v2/users/1", { user: { email: "new@example.com" } });
    expect(body.user.email).toBe("old@example.com");
    const { identities } = (await call("GET", "/api/v2/users/1/identities")).body;
    expect(identities).toMatchObject([
      { value: "old@example.com", primary: true },
      { value: "new@example.com", primary: false },
    ]);
    await call("PUT", `/api/v2/users/1/identities/${identities[1]?.id}/make_primary`);
    expect((await call("GET", "/api/v2/users/1")).body.user.email).toBe("new@example.com");
    const taken = await call("POST", "/api/v2/users/1/identities", {
      identity: { type: "email", value: "old@example.com" },
    });
    expect(taken.body).toMatchObject({ details: { value: [{ error: "DuplicateValue" }] } });
  });

  test("setting organization_id replaces every membership", async () => {
    const { call, zendesk } = testInstance({
      organizations,
      users: [seedUser(1, "a@example.com", { organization_ids: [10, 20] })],
    });
    expect((await call("GET", "/api/v2/users/1")).body.user.organization_id).toBe(10);
    await call("PUT", "/api/v2/users/1", { user: { organization_id: 30 } });
    expect(zendesk.state().memberships).toMatchObject([
      { organization_id: 30, default: true, organization_name: "Thirty" },
    ]);
    expect((await call("POST", "/api/v2/users", { user: { name: "X", organization_id: 99 } })).status).toBe(422);
  });

  test("deleting answers 200 with an inactive user, who leaves the list but can be read", async () => {
    const { call } = testInstance({ users: [seedUser(1, "a@example.com"), seedUser(2, "b@example.com")] });
    const gone = await call("DELETE", "/api/v2/users/1");
    expect(gone.status).toBe(200);
    expect(gone.body.user).toMatchObject({ id: 1, active: false });
    expect((await call("GET", "/api/v2/users?page[size]=10")).body.users.map(({ id }) => id)).toEqual([2]);
    expect((await call("GET", "/api/v2/users/1")).body.user.active).toBe(false);
  });
});

describe("finding users", () => {
  const users = [
    seedUser(1, "sue@example.com.au"),
    seedUser(2, "sue@example.com"),
    seedUser(3, "other@example.com", { secondary_emails: ["Sue@Example.com.br"], role: "agent" }),
    seedUser(4, "admin@example.com", { role: "admin" }),
  ];

  test("a search finds partial and secondary addresses too, and has pages by offset", async () => {
    const { call } = testInstance({ users });
    const { body } = await call("GET", "/api/v2/users/search.json?query=email%3ASUE%40example.com");
    expect(body.users.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(body).toMatchObject({ next_page: null, previous_page: null, count: 3 });
  });

  test("a search runs behind the database", async () => {
    const { call, wait } = testInstance({ behaviour: { searchLagSeconds: 30 } });
    const found = async (address: string) =>
      (await call("GET", `/api/v2/users/search?query=email:${address}`)).body.users;
    const { user } = (await call("POST", "/api/v2/users", { user: { name: "New", email: "new@example.com" } })).body;
    expect(await found("new@example.com")).toEqual([]);
    expect((await call("GET", `/api/v2/users/show_many?ids=${user.id}`)).body.users).toHaveLength(1);
    wait(30);
    expect(await found("new@example.com")).toMatchObject([{ id: user.id }]);
  });

  test("the list can be limited to roles, page by page", async () => {
    const { call } = testInstance({ users });
    const ids = async (query: string) => (await call("GET", `/api/v2/users?${query}`)).body.users.map(({ id }) => id);
    expect(await ids("role=end-user&page[size]=1")).toEqual([1]);
    expect(await ids("role%5B%5D=agent&role%5B%5D=admin&page%5Bsize%5D=10")).toEqual([3, 4]);
    expect(await ids("per_page=2&page=2")).toEqual([3, 4]);
  });

  test("show_many sorts by id", async () => {
    const { call } = testInstance({ users });
    const { body } = await call("GET", "/api/v2/users/show_many?ids=4,1,99,2");
    expect(body.users.map(({ id }) => id)).toEqual([1, 2, 4]);
  });
});

describe("memberships", () => {
  test("the first is the default, the others have null; twice is refused", async () => {
    const { call } = testInstance({ organizations, users: [seedUser(1, "a@example.com")] });
    const join = (organization_id: number) =>
      call("POST", "/api/v2/organization_memberships", { organization_membership: { user_id: 1, organization_id } });
    expect((await join(30)).body.organization_membership.default).toBe(true);
    expect((await join(10)).body.organization_membership.default).toBeNull();
    expect((await join(20)).status).toBe(201);
    expect((await join(20)).status).toBe(422);
    expect((await join(99)).status).toBe(422);
    const { body } = await call("GET", "/api/v2/users/1/organization_memberships?page[size]=100");
    expect(body.organization_memberships.map((one) => one.organization_name)).toEqual(["Thirty", "Ten", "Twenty"]);
    const members = (await call("GET", "/api/v2/organizations/20/users?page[size]=100")).body.users;
    expect(members).toMatchObject([{ id: 1, organization_id: 30 }]);
  });

  test("create_many and delete", async () => {
    const instance = testInstance({ organizations, users: [seedUser(1, "a@example.com", { organization_ids: [10] })] });
    const organization_memberships = [20, 10].map((organization_id) => ({ user_id: 1, organization_id }));
    const path = "/api/v2/organization_memberships/create_many";
    const results = await jobResults(instance, await instance.call("POST", path, { organization_memberships }));
    expect(results).toMatchObject([
      { action: "create", status: "Created", success: true },
      { index: 1, error: "OrganizationMembershipCreateFailed" },
    ]);
    const [first] = instance.zendesk.state().memberships;
    expect((await instance.call("DELETE", `/api/v2/organization_memberships/${first?.id}`)).status).toBe(204);
    expect(instance.zendesk.state().users).toMatchObject([{ organization_id: 20 }]);
  });
});

describe("bulk", () => {
  test("import is off unless the account has it", async () => {
    const { call } = testInstance();
    for (const path of ["create_many", "create_or_update_many"]) {
      expect((await call("POST", `/api/v2/users/${path}`, { users: [{ name: "A" }] })).status).toBe(403);
    }
  });

  test("imports, where they are on, tell id and status, and address and key where there is one", async () => {
    const instance = testInstance({ behaviour: { bulkUserImport: true }, users: [seedUser(1, "a@example.com")] });
    const users = [{ name: "A", email: "A@example.com" }, { name: "B", external_id: "b" }, { email: "" }];
    const created = await jobResults(instance, await instance.call("POST", "/api/v2/users/create_many", { users }));
    expect(created).toMatchObject([
      { index: 0, error: "UserCreateFailed" },
      { status: "Created", external_id: "b" },
      { index: 2 },
    ]);
    expect(created[1]).not.toHaveProperty("email");
    const upsert = await instance.call("POST", "/api/v2/users/create_or_update_many", { users });
    expect(await jobResults(instance, upsert)).toMatchObject([
      { id: 1, status: "Updated", email: "a@example.com" },
      { status: "Updated", external_id: "b" },
      { index: 2, error: "UserCreateOrUpdateFailed" },
    ]);
    const tooMany = Array.from({ length: 101 }, (_, place) => ({ name: `U${place}` }));
    const refused = await instance.call("POST", "/api/v2/users/create_many", { users: tooMany });
    expect(refused.body).not.toHaveProperty("max_count");
    expect(refused.status).toBe(400);
  });

  test("update_many works without import, and sets fields and organization", async () => {
    const instance = testInstance({ organizations, fields: fieldsOfEachType, users: [seedUser(1, "a@example.com")] });
    const users = [
      { id: 1, organization_id: 20, user_fields: { vip: true } },
      { id: 2, name: "Nobody" },
    ];
    const results = await jobResults(instance, await instance.call("PUT", "/api/v2/users/update_many", { users }));
    expect(results).toEqual([
      { id: 1, action: "update", status: "Updated", success: true },
      { index: 1, error: "UserUpdateFailed", id: 2, details: "Not found" },
    ]);
    expect(instance.zendesk.state().users).toMatchObject([
      { organization_id: 20, user_fields: { vip: true }, tags: ["vip"] },
    ]);
  });
});
