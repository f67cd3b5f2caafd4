import { afterEach, describe, expect, test } from "bun:test";
import { IncompleteError } from "../../lib/errors.ts";
import { proveInstance } from "../../lib/remotes/zendesk/prove-instance.ts";
import { createZendeskReader } from "../../lib/remotes/zendesk/read.ts";
import { seedOrganization, seedUser, serveZendesk } from "./serve-zendesk.ts";

let served: Awaited<ReturnType<typeof serveZendesk>>;
afterEach(() => served.stop());

async function listIds(): Promise<number[]> {
  const ids: number[] = [];
  for await (const page of served.reader.organizations())
    ids.push(...page.records.map((organization) => organization.id));
  return ids;
}

const manyOrganizations = (count: number) =>
  Array.from({ length: count }, (_, index) => seedOrganization(`Example ${index}`));

describe("O1, S1: the list of organizations", () => {
  test("every page is followed, in hundreds", async () => {
    const organizations = manyOrganizations(350);
    served = await serveZendesk({ organizations });
    expect(await listIds()).toEqual(organizations.map((organization) => organization.id));
    // The fifth asks for what is behind the end.
    expect(served.requests(/GET .*\/organizations\?/)).toHaveLength(5);
  });

  test("a full last page: no record is lost and none is asked for twice", async () => {
    served = await serveZendesk({ organizations: manyOrganizations(200) });
    expect(await listIds()).toHaveLength(200);
  });

  test("S1: a record that comes twice fails the gather", async () => {
    served = await serveZendesk({ organizations: manyOrganizations(150) });
    served.fault({ kind: "duplicate-record", path: "/organizations\\?" });
    expect(await listIds().catch((error: unknown) => error)).toBeInstanceOf(IncompleteError);
  });

  for (const [page, after] of [
    ["first", 0],
    ["last", 1],
  ] as const)
    test(`S1: a list that says in the middle of its ${page} page that it has ended fails the gather`, async () => {
      served = await serveZendesk({ organizations: manyOrganizations(150) });
      served.fault({ kind: "early-end", path: "/organizations\\?", after });
      expect(await listIds().catch((error: unknown) => error)).toBeInstanceOf(IncompleteError);
    });

  for (const kind of [
    "500",
    "502-html",
    "503-html",
    "409",
    "429",
    "429-date",
    "429-bare",
    "reset",
    "truncate",
    "lost-answer",
  ] as const) {
    test(`a page that fails by ${kind} is asked for again`, async () => {
      served = await serveZendesk({ organizations: manyOrganizations(250) });
      served.fault({ kind, path: "/organizations\\?", after: 1, retryAfter: 1 });
      expect(await listIds()).toHaveLength(250);
    });
  }

  test("a token that ends in the middle is renewed once", async () => {
    served = await serveZendesk({ organizations: manyOrganizations(250) });
    served.fault({ kind: "401", path: "/organizations\\?", after: 1 });
    expect(await listIds()).toHaveLength(250);
    expect(served.requests(/POST \/oauth\/tokens/)).toHaveLength(2);
  });
});

describe("S9: credentials", () => {
  test("a reader asks for no more than the scope read", async () => {
    served = await serveZendesk();
    await listIds();
    expect(served.requests(/POST \/oauth\/tokens/).map((entry) => entry.body)).toMatchObject([{ scope: "read" }]);
  });

  test("a wrong secret is one clear error that names the settings and repeats no secret", async () => {
    served = await serveZendesk();
    const reader = createZendeskReader({
      ...served.options,
      auth: { kind: "oauth", clientId: "client", clientSecret: "wrong-secret-value" },
    });
    const message = await reader.organizationFields().then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message).toContain("ZENDESK_GLOBAL_CLIENT_SECRET");
    expect(message).not.toContain("wrong-secret-value");
  });

  test("an API token works too", async () => {
    served = await serveZendesk({ organizations: manyOrganizations(3) });
    const reader = createZendeskReader({
      ...served.options,
      auth: { kind: "api-token", email: served.credentials.email, token: served.credentials.apiToken },
    });
    expect((await reader.organizationFields()).length).toBeGreaterThan(10);
  });
});

describe("O2, S10: the instance is proved", () => {
  test("its own field and the configured host are enough", async () => {
    served = await serveZendesk();
    expect(await proveInstance(served.reader, served.reader.host)).toBeUndefined();
    expect(await proveInstance(served.reader, null)).toBeUndefined();
  });

  test("the other instance is refused, with the hint that the settings are swapped", async () => {
    served = await serveZendesk({ instance: "us-government" });
    const swapped = createZendeskReader({ ...served.options, instance: "global" });
    await expect(proveInstance(swapped, null)).rejects.toThrow(/swapped/);
    await proveInstance(swapped, null).catch(() => {});
  });

  test("another host than the configured one is refused", async () => {
    served = await serveZendesk();
    const message = await proveInstance(served.reader, "example.zendesk.com").then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message).toContain("ZENDESK_GLOBAL_URL");
    expect(message).toContain("example.zendesk.com");
  });
});

describe("look-ups", () => {
  test("by id and by external_id: any number, missing ones absent, in order of id", async () => {
    const organizations = Array.from({ length: 230 }, (_, index) =>
      seedOrganization(`Z ${999 - index}`, {}, `0014M00001x${String(index).padStart(4, "0")}AAA`),
    );
    served = await serveZendesk({ organizations });
    const ids = organizations.map((organization) => organization.id);
    expect((await served.reader.organizationsById([...ids].reverse())).map(({ id }) => id)).toEqual(ids);
    expect(await served.reader.organizationsByExternalId(["0014M00001x0007AAA", "0014M00001none0AAA"])).toHaveLength(1);
    expect(await served.reader.organizationsById([])).toEqual([]);
  });

  test("by name: trimmed, in any case, and nothing similar", async () => {
    served = await serveZendesk({
      organizations: [seedOrganization("Example GmbH"), seedOrganization("Example GmbH & Co")],
    });
    expect((await served.reader.organizationsByName(" EXAMPLE GmbH ")).map(({ name }) => name)).toEqual([
      "Example GmbH",
    ]);
  });

  test("Y2: users by address: primary, secondary, with every organization, and nobody who is only similar", async () => {
    const [one, other] = [seedOrganization("One"), seedOrganization("Other")];
    served = await serveZendesk({
      organizations: [one, other],
      users: [
        seedUser("sue@example.com", { organization_ids: [one.id, other.id] }),
        seedUser("xsue@example.com"),
        seedUser("bob@example.com", { secondary_emails: ["Sue.Work@example.com"] }),
      ],
    });
    expect(await served.reader.usersByAddress("SUE@example.com")).toMatchObject([
      { by: "primary", organization_ids: [one.id, other.id].sort() },
    ]);
    expect(await served.reader.usersByAddress("sue.work@example.com")).toMatchObject([
      { by: "secondary", email: "bob@example.com", organization_ids: [] },
    ]);
    expect(await served.reader.usersByAddress("nobody@example.com")).toEqual([]);
    expect((await served.reader.usersOfOrganization(one.id)).map(({ email }) => email)).toEqual(["sue@example.com"]);
  });

  for (const address of ["plus+tag@example.com", "o'neil@example.com", "a&b=c@example.com"]) {
    test(`S9: the address ${address} finds its user and nobody else`, async () => {
      served = await serveZendesk({ users: [seedUser(address), seedUser("other@example.com")] });
      expect((await served.reader.usersByAddress(address)).map(({ email }) => email)).toEqual([address]);
    });
  }
});
