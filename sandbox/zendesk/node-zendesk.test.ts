import { afterEach, expect, test } from "bun:test";
import { createClient } from "node-zendesk";
import { SandboxClock } from "../server/clock.ts";
import { Faults } from "../server/faults.ts";
import { RequestLog } from "../server/request-log.ts";
import { serveApp } from "../server/serve.ts";
import { type Body, credentials, fieldsOfEachType, seedOrganization, seedUser } from "../test/zendesk.ts";
import { createZendesk } from "./zendesk.ts";

/*
 * A client written by others, against a real port. It hides some answers (a 429 becomes data, a 502 a success; facts
 * 10), so the tests look at the request log and the state rather than at what it returns.
 */

const running: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

async function sandboxWithClient() {
  const log = new RequestLog();
  const faults = new Faults();
  const zendesk = createZendesk({
    instance: "us-government",
    seed: {
      organizations: Array.from({ length: 150 }, (_, place) => seedOrganization(1000 + place, `Seeded ${place}`)),
      users: [seedUser(1, "sue@example.com", { organization_ids: [1000] })],
    },
    organizationFields: fieldsOfEachType,
    userFields: [],
    // So fast that a job is done before its first poll.
    clock: new SandboxClock(1_000_000),
    credentials,
  });
  const { url, stop } = await serveApp({ service: "zendesk-us-government", fetch: zendesk.fetch, log, faults });
  running.push(stop);
  const options = { username: credentials.email, token: credentials.apiToken, endpointUri: `${url}/api/v2` };
  return { zendesk, log, faults, origin: url, client: createClient(options) };
}

test("lists over all pages; it follows links.next into the empty page after the last", async () => {
  const { client, log } = await sandboxWithClient();
  const organizations = (await client.organizations.list()) as Array<{ id: number }>;
  expect(organizations.map(({ id }) => id)).toEqual(Array.from({ length: 150 }, (_, place) => 1000 + place));
  expect(log.entries.map(({ path }) => path.replace(/page\[after\]=[^&]+/, "page[after]=…"))).toEqual([
    "/api/v2/organizations.json?page[size]=100",
    "/api/v2/organizations.json?page[after]=…&page[size]=100",
    "/api/v2/organizations.json?page[after]=…&page[size]=100",
  ]);
});

test("shows the token it goes along with, and revokes it by its id", async () => {
  const { zendesk, origin } = await sandboxWithClient();
  const { clientId: client_id, clientSecret: client_secret } = credentials;
  const asked = { grant_type: "client_credentials", client_id, client_secret, scope: "read write", expires_in: "600" };
  const body = new URLSearchParams(asked);
  const granted = await fetch(`${origin}/oauth/tokens`, { method: "POST", body });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  const client = createClient({ oauth: true, token, endpointUri: `${origin}/api/v2` });
  const { result } = (await client.oauthtokens.current()) as { result: { id: number; scopes: string[] } };
  expect(result.scopes).toEqual(["read", "write"]);
  await client.oauthtokens.revoke(result.id);
  expect(zendesk.validTokens()).toEqual([]);
});

test("creates, finds and shows", async () => {
  const { client, log, zendesk } = await sandboxWithClient();
  const organization = { name: "Made", external_id: "0014M00001kAbCdQAK", organization_fields: { arr: 5 } };
  await client.organizations.create({ organization });
  expect(log.entries).toMatchObject([{ method: "POST", path: "/api/v2/organizations.json", status: 201 }]);
  const made = zendesk.state().organizations.at(-1);
  expect(made).toMatchObject({ ...organization, organization_fields: { arr: "5.0" } });
  await client.organizations.showMany([Number(made?.id), 1000]);
  await client.users.search({ query: "email:sue@example.com" });
  expect(log.entries.slice(1).map(({ path, status }) => [path, status])).toEqual([
    [`/api/v2/organizations/show_many.json?ids=${made?.id},1000`, 200],
    ["/api/v2/users/search.json?query=email:sue@example.com", 200],
  ]);
});

test("updates in bulk and follows the job to its end", async () => {
  const { client, log, zendesk } = await sandboxWithClient();
  const organizations = [
    { id: 1000, name: "Renamed" },
    { id: 1001, name: "renamed" },
  ];
  // Typed as an array of organizations, but what is passed is sent as it is.
  const body = { organizations } as unknown as object[];
  const { result } = (await client.organizations.updateMany(body)) as unknown as { result: Pick<Body, "job_status"> };
  const { id } = result.job_status;
  await client.jobstatuses.watch(id, 1, 500);
  expect(log.entries[0]).toMatchObject({ method: "PUT", path: "/api/v2/organizations/update_many.json", body });
  expect(log.entries.at(-1)).toMatchObject({ path: `/api/v2/job_statuses/${id}.json`, status: 200 });
  const names = zendesk.state().organizations.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(["Renamed", "Seeded 1"]);
});

test("faults reach it over the wire", async () => {
  const { client, log, faults } = await sandboxWithClient();
  faults.add({ kind: "429", path: "page\\[after\\]" });
  await client.organizations.list();
  expect(log.entries.map(({ status, fault }) => [status, fault])).toContainEqual([429, "429"]);
  const shownUnder = async (kind: "drop-record" | "duplicate-record" | "empty"): Promise<string[]> => {
    faults.add({ kind, path: "show_many" });
    return JSON.stringify(await client.organizations.showMany([1000, 1001, 1002])).match(/"id":\d+/g) ?? [];
  };
  expect(await shownUnder("drop-record")).toEqual(['"id":1000', '"id":1002']);
  expect(await shownUnder("duplicate-record")).toEqual(['"id":1000', '"id":1001', '"id":1001', '"id":1002']);
  expect(await shownUnder("empty")).toEqual([]);
});
