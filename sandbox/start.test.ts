import { afterEach, describe, expect, test } from "bun:test";
import { createSign } from "node:crypto";
import { parse } from "yaml";
import { buildWorld } from "./seed/build-world.ts";
import { type RunningSandbox, startSandbox } from "./start.ts";
import type { InstanceName, SandboxOptions } from "./types.ts";

const TODAY = "2026-11-23";
const INSTANCES: InstanceName[] = ["global", "us-government"];

const running: RunningSandbox[] = [];
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.stop();
});

async function start(options: SandboxOptions = { accounts: 1 }): Promise<RunningSandbox> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

type Headers = Record<string, string>;

/** One request, and its answer as JSON where it is JSON. */
async function call(method: string, url: string, headers: Headers = {}, body?: URLSearchParams | object) {
  const isForm = body instanceof URLSearchParams;
  const response = await fetch(url, {
    method,
    headers: body && !isForm ? { "content-type": "application/json", ...headers } : headers,
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
}

/** What an instance's API token is sent as. */
function zendeskHeaders({ apiTokens }: RunningSandbox, instance: InstanceName): Headers {
  const { email, token } = apiTokens[instance];
  return { authorization: `Basic ${btoa(`${email}/token:${token}`)}` };
}

async function salesforceToken({ urls, env }: RunningSandbox, changed: Record<string, string> = {}) {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: env.SALESFORCE_CLIENT_ID ?? "",
    client_secret: env.SALESFORCE_CLIENT_SECRET ?? "",
    ...changed,
  });
  return call("POST", `${urls.salesforce}/services/oauth2/token`, {}, form);
}

async function query(sandbox: RunningSandbox, soql: string) {
  const { body } = await salesforceToken(sandbox);
  const url = `${sandbox.urls.salesforce}/services/data/v60.0/query?q=${encodeURIComponent(soql)}`;
  return call("GET", url, { authorization: `Bearer ${body.access_token}` });
}

const slackHeaders = ({ env }: RunningSandbox) => ({ authorization: `Bearer ${env.SLACK_BOT_TOKEN}` });

async function overrides({ env }: RunningSandbox) {
  const [project = "", path = ""] = [env.OVERRIDES_PROJECT, env.OVERRIDES_PATH].map((part) =>
    encodeURIComponent(part ?? ""),
  );
  const url = `${env.GITLAB_URL}/api/v4/projects/${project}/repository/files/${path}/raw?ref=${env.OVERRIDES_REF}`;
  return call("GET", url, { "private-token": env.OVERRIDES_TOKEN ?? "" });
}

describe("startSandbox", () => {
  test("answers on all five, with what its environment says", async () => {
    const sandbox = await start({ accounts: 150, today: TODAY });
    expect((await query(sandbox, "SELECT Id FROM Account")).body.totalSize).toBe(150);
    for (const [instance, prefix] of [
      ["global", "ZENDESK_GLOBAL"],
      ["us-government", "ZENDESK_USGOV"],
    ] as const) {
      const url = sandbox.env[`${prefix}_URL`];
      const granted = await call(
        "POST",
        `${url}/oauth/tokens`,
        {},
        {
          grant_type: "client_credentials",
          client_id: sandbox.env[`${prefix}_CLIENT_ID`],
          client_secret: sandbox.env[`${prefix}_CLIENT_SECRET`],
          scope: "read",
        },
      );
      const authorization = `Bearer ${granted.body.access_token}`;
      const counted = await call("GET", `${url}/api/v2/organizations/count.json`, { authorization });
      expect(counted.body.count.value).toBe(sandbox.world.zendesk[instance].organizations.length);
    }
    expect(await overrides(sandbox)).toEqual({ status: 200, body: sandbox.world.overrides });
    const slack = await call("POST", `${sandbox.env.SLACK_API_URL}auth.test`, slackHeaders(sandbox));
    expect(slack.body).toMatchObject({ ok: true });
  });

  test("the environment is complete, and names a day only where one was asked for", async () => {
    const names = [
      ...["SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"],
      ...["ZENDESK_GLOBAL_URL", "ZENDESK_GLOBAL_CLIENT_ID", "ZENDESK_GLOBAL_CLIENT_SECRET"],
      ...["ZENDESK_USGOV_URL", "ZENDESK_USGOV_CLIENT_ID", "ZENDESK_USGOV_CLIENT_SECRET"],
      ...["GITLAB_URL", "OVERRIDES_PROJECT", "OVERRIDES_PATH", "OVERRIDES_REF", "OVERRIDES_TOKEN"],
      ...["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CHANNEL", "SLACK_API_URL"],
    ];
    const { env } = await start();
    expect(Object.keys(env).sort()).toEqual(names.sort());
    expect(Object.values(env)).not.toContain("");
    expect((await start({ accounts: 1, today: TODAY })).env.ZDSYNC_TODAY).toBe(TODAY);
  });

  test("its world is the seeded one, or the given one", async () => {
    const one = await start({ accounts: 150, today: TODAY, seed: 7 });
    const seeded = buildWorld({ accounts: 150, today: TODAY, seed: 7 });
    expect(one.world.salesforce).toEqual(seeded.salesforce);
    expect(one.world.oddities).toEqual(seeded.oddities);
    expect(one.zendesk("global").organizations).toHaveLength(seeded.zendesk.global.organizations.length);
    const own = { ...seeded, overrides: "# own\n" };
    expect((await overrides(await start({ world: own }))).body).toBe("# own\n");
  });

  test("takes five ports in a row, and gives them back", async () => {
    const first = await firstFree();
    const expected = [0, 1, 2, 3, 4].map((index) => `http://127.0.0.1:${first.port + index}`);
    expect(Object.values(first.sandbox.urls)).toEqual(expected);
    await first.sandbox.stop();
    for (const url of expected) await expect(fetch(url)).rejects.toThrow();
    // The last of the five is taken: the other four are given back.
    const taken = Bun.serve({ hostname: "127.0.0.1", port: first.port + 4, fetch: () => new Response() });
    await expect(startSandbox({ accounts: 1, port: first.port })).rejects.toThrow();
    await taken.stop(true);
    expect(Object.values((await start({ accounts: 1, port: first.port })).urls)).toEqual(expected);
  });
});

/** On five ports below those that systems hand out; where another program holds one of them, on the next five. */
async function firstFree(): Promise<{ port: number; sandbox: RunningSandbox }> {
  const first = 20_000 + (process.pid % 1000) * 10;
  for (let port = first; port < first + 500; port += 5) {
    const sandbox = await start({ accounts: 1, port }).catch(() => null);
    if (sandbox) return { port, sandbox };
  }
  throw new Error("no five free ports in a row");
}

describe("what is added to the seed", () => {
  test("an organization field arrives in the definitions of its instance", async () => {
    const field = { key: "vip", type: "checkbox", title: "VIP", tag: "vip" } as const;
    const sandbox = await start({ accounts: 1, organizationFields: { global: [field] } });
    const keys = async (instance: InstanceName) => {
      const url = `${sandbox.urls[instance]}/api/v2/organization_fields.json?page[size]=100`;
      const { body } = await call("GET", url, zendeskHeaders(sandbox, instance));
      return body.organization_fields.map(({ key }: { key: string }) => key);
    };
    expect(await keys("global")).toContain("vip");
    expect(await keys("us-government")).not.toContain("vip");
  });

  test("a Salesforce column can be queried, in every record, and through a lookup", async () => {
    const column = { object: "Account", name: "Tier__c", type: "text", values: ["gold"] } as const;
    const sandbox = await start({ accounts: 150, today: TODAY, salesforceColumns: [column] });
    const { body } = await query(sandbox, "SELECT Id FROM Account WHERE Tier__c = 'gold'");
    expect(body.totalSize).toBe(150);
    const contacts = await query(sandbox, "SELECT Account.Tier__c FROM Contact LIMIT 1");
    expect(contacts.body.records[0].Account.Tier__c).toBe("gold");
    expect((await query(await start(), "SELECT Tier__c FROM Account")).status).toBe(400);
  });

  test("the behaviour of one instance", async () => {
    const sandbox = await start({ accounts: 1, zendesk: { global: { requestsPerMinute: 0 } } });
    const status = async (instance: InstanceName) =>
      (await call("GET", `${sandbox.urls[instance]}/api/v2/users/me.json`, zendeskHeaders(sandbox, instance))).status;
    expect(await Promise.all(INSTANCES.map(status))).toEqual([429, 200]);
  });
});

describe("writes()", () => {
  test("counts changes of Zendesk and messages to Slack, and nothing else", async () => {
    const sandbox = await start();
    const { urls, env } = sandbox;
    for (const instance of INSTANCES) {
      const headers = zendeskHeaders(sandbox, instance);
      await call("GET", `${urls[instance]}/api/v2/organizations.json`, headers);
      await call("POST", `${urls[instance]}/oauth/tokens`, {}, { grant_type: "client_credentials" });
    }
    await query(sandbox, "SELECT Id FROM Account");
    await overrides(sandbox);
    await call("POST", `${env.SLACK_API_URL}conversations.history`, slackHeaders(sandbox), {
      channel: env.SLACK_CHANNEL,
    });
    expect(sandbox.requests.length).toBeGreaterThan(6);
    expect(sandbox.writes()).toEqual([]);

    const organization = { organization: { name: "New" } };
    const headers = zendeskHeaders(sandbox, "global");
    const created = await call("POST", `${urls.global}/api/v2/organizations.json`, headers, organization);
    const path = `/api/v2/organizations/${created.body.organization.id}.json`;
    await call("PUT", urls.global + path, headers, { organization: { notes: "n" } });
    await call("DELETE", urls.global + path, headers);
    const message = { channel: env.SLACK_CHANNEL, text: "hello" };
    const posted = await call("POST", `${env.SLACK_API_URL}chat.postMessage`, slackHeaders(sandbox), message);
    await call("POST", `${env.SLACK_API_URL}chat.update`, slackHeaders(sandbox), { ...message, ts: posted.body.ts });
    expect(sandbox.writes().map(({ service, method }) => `${service} ${method}`)).toEqual([
      ...["zendesk-global POST", "zendesk-global PUT", "zendesk-global DELETE"],
      ...["slack POST", "slack POST"],
    ]);
    expect(sandbox.writes()[0]?.body).toEqual(organization);

    sandbox.clearRequests();
    expect(sandbox.writes()).toEqual([]);
  });
});

describe("changes from outside", () => {
  test("reach their service, and leave the world as it was", async () => {
    const sandbox = await start({ accounts: 150, today: TODAY });
    const before = JSON.stringify(sandbox.world);
    const organizations = () => sandbox.zendesk("us-government").organizations;
    const [first, second] = sandbox.world.zendesk["us-government"].organizations
      .map(({ id }) => id)
      .sort((a, b) => a - b);
    sandbox.editOrganization("us-government", Number(first), { name: "Edited" });
    sandbox.deleteOrganization("us-government", Number(second));
    expect(organizations().find(({ id }) => id === first)).toMatchObject({ name: "Edited" });
    expect(organizations().map(({ id }) => id)).not.toContain(second);

    const id = String(sandbox.world.salesforce.Account[0]?.Id);
    sandbox.editSalesforce("Account", id, { Name: "Edited" });
    const { body } = await query(sandbox, `SELECT Name FROM Account WHERE Id = '${id}'`);
    expect(body.records).toMatchObject([{ Name: "Edited" }]);

    sandbox.setOverrides("changed");
    expect((await overrides(sandbox)).body).toBe("changed");
    expect(JSON.stringify(sandbox.world)).toBe(before);
  });

  test("Slack: messages, the history scope, the archived channel", async () => {
    const sandbox = await start();
    const channel = sandbox.env.SLACK_CHANNEL ?? "";
    const slack = async (method: string) =>
      (await call("POST", sandbox.env.SLACK_API_URL + method, slackHeaders(sandbox), { channel, text: "hello" })).body;
    await slack("chat.postMessage");
    expect(sandbox.slackMessages()).toEqual([{ channel, ts: expect.any(String), text: "hello" }]);
    sandbox.setSlackHistoryScope(false);
    expect(await slack("conversations.history")).toMatchObject({ error: "missing_scope" });
    sandbox.archiveSlackChannel();
    expect(await slack("chat.postMessage")).toMatchObject({ error: "is_archived" });
  });

  test("faults are played and cleared", async () => {
    const sandbox = await start();
    sandbox.addFault({ kind: "500", service: "gitlab", times: 2 });
    expect((await overrides(sandbox)).status).toBe(500);
    sandbox.clearFaults();
    expect((await overrides(sandbox)).status).toBe(200);
  });

  test("Slack: somebody who may run, and the world's configuration says that they may", async () => {
    const sandbox = await start();
    const done = await sandbox.slackPerson({ app: () => new Response("hello") }).types("/zdsync help");
    expect(sandbox.slackConversation().map(({ kind, text }) => [kind, text])).toEqual([
      ["typed", "/zdsync help"],
      ["message", "hello"],
    ]);
    const { team_id, channel_id, user_id } = done.sent as Record<string, string>;
    const slack = { team: team_id, channels: [channel_id], users: [user_id], user_groups: ["S0SUPPORT1"] };
    expect(parse(sandbox.world.config)).toMatchObject({ slack });
    const group = (usergroup: string) =>
      call("POST", `${sandbox.env.SLACK_API_URL}usergroups.users.list`, slackHeaders(sandbox), { usergroup });
    expect((await group("S0SUPPORT1")).body).toMatchObject({ ok: true, users: ["U0ANN00001", "U0BOB00001"] });
    sandbox.setSlackScope("usergroups:read", false);
    expect((await group("S0SUPPORT1")).body).toMatchObject({ error: "missing_scope" });
    expect((await call("POST", done.responseUrl, {}, { text: "more" })).status).toBe(200);
    sandbox.expireSlackResponseUrls();
    expect((await call("POST", done.responseUrl, {}, { text: "more" })).body).toMatchObject({ error: "expired_url" });
  });

  test("Slack: a socket, opened with the app's own token", async () => {
    const sandbox = await start();
    const opened = (token = "") =>
      call("POST", `${sandbox.env.SLACK_API_URL}apps.connections.open`, { authorization: `Bearer ${token}` });
    expect((await opened(sandbox.env.SLACK_BOT_TOKEN)).body).toMatchObject({ error: "not_allowed_token_type" });
    const { body } = await opened(sandbox.slackAppToken);
    const socket = new WebSocket(body.url);
    const first = await new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(JSON.parse(String(data)));
    });
    expect(first).toMatchObject({ type: "hello", num_connections: 1 });
    expect(sandbox.slackSockets.connections).toBe(1);
    socket.close();
  });

  test("Salesforce sessions end", async () => {
    const sandbox = await start();
    const { body } = await salesforceToken(sandbox);
    const read = () =>
      call("GET", `${sandbox.urls.salesforce}/services/data/v60.0/limits`, {
        authorization: `Bearer ${body.access_token}`,
      });
    expect((await read()).status).toBe(200);
    sandbox.expireSessions();
    expect((await read()).status).toBe(401);
  });
});

describe("credentials", () => {
  test("every secret is listed, issued tokens included, and none is the same in two sandboxes", async () => {
    const [one, other] = [await start(), await start()];
    const token = (await salesforceToken(one)).body.access_token;
    const secretNames = Object.keys(one.env).filter((name) => /SECRET|TOKEN/.test(name));
    const expected = [
      ...secretNames.map((name) => one.env[name]),
      ...INSTANCES.map((instance) => one.apiTokens[instance].token),
      ...[one.jwt.privateKey, token, one.slackAppToken],
    ];
    expect(secretNames).toHaveLength(6);
    expect(one.secrets).toEqual(expect.arrayContaining(expected));
    expect(one.secrets.filter((secret) => other.secrets.includes(secret))).toEqual([]);
  });

  test("the key signs assertions of the JWT bearer flow", async () => {
    const sandbox = await start();
    const { username, privateKey } = sandbox.jwt;
    const claims = {
      iss: sandbox.env.SALESFORCE_CLIENT_ID,
      sub: username,
      aud: sandbox.urls.salesforce,
      exp: Math.floor(Date.now() / 1000) + 120,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "RS256" })}.${part(claims)}`;
    const signature = createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url");
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const granted = await salesforceToken(sandbox, { grant_type, assertion: `${signed}.${signature}` });
    expect(granted).toMatchObject({ status: 200, body: { instance_url: sandbox.urls.salesforce } });
  });
});
