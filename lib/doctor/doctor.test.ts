import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { doctor } from "../../bin/commands/doctor-command.ts";
import { startSandbox } from "../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import { type Alter, altered, alteredJson, Relay } from "../../test/support/doctor/relay.ts";
import type { Waits } from "../remotes/http/waits.ts";
import { examine } from "./doctor.ts";
import type { Finding } from "./finding.ts";

const TODAY = "2026-11-23";

let sandbox: RunningSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ accounts: 150, today: TODAY });
  folder = await mkdtemp(join(tmpdir(), "zdsync-doctor-"));
});
beforeEach(() => sandbox.clearRequests());
afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

interface Examined {
  exit: number;
  hosts: string;
  findings: Finding[];
  /** Everything that was printed. */
  printed: string[];
  /** `severity group check` of all that is not in order. */
  notOk: string[];
}

/** Runs the command against the sandbox, in an environment where something is different. */
async function examined(
  change: Record<string, string> = {},
  hosts: Record<string, string | undefined> = {},
): Promise<Examined> {
  const env: Record<string, string> = {
    ...sandbox.env,
    PLANS_FILE: join(import.meta.dir, "../../plans.yml"),
    ...change,
  };
  const host = (url: string | undefined) => new URL(url ?? "").host;
  const config = {
    hosts: {
      salesforce: host(env.SALESFORCE_LOGIN_URL),
      global: host(env.ZENDESK_GLOBAL_URL),
      us_government: host(env.ZENDESK_USGOV_URL),
      ...hosts,
    },
    slack: { users: ["U0123ABCD"] },
  };
  const path = join(folder, "zdsync.config.yml");
  await Bun.write(path, JSON.stringify(config));
  return run({ ...env, ZDSYNC_CONFIG: path });
}

async function run(env: Record<string, string>): Promise<Examined> {
  const out: string[] = [];
  const printed: string[] = [];
  const output = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void printed.push(text),
    live: false as const,
  };
  const exit = await doctor.run({
    name: "doctor",
    given: { "data-dir": join(folder, "data"), today: TODAY },
    json: true,
    shell: { env, output, clock: () => new Date(`${TODAY}T12:00:00Z`) },
  });
  const [json = ""] = out;
  const { findings, hosts } = JSON.parse(json);
  const notOk = (findings as Finding[])
    .filter((one) => one.severity !== "ok")
    .map(({ severity, group, check }) => `${severity} ${group} ${check}`);
  return { exit, hosts, findings, printed: [...printed, ...out], notOk };
}

/** The same, with a relay before the remote whose URL a setting names. */
async function examinedThrough(setting: string, alter: Alter): Promise<Examined> {
  const url = sandbox.env[setting] ?? "";
  await using relay = new Relay(url, alter);
  return await examined({ [setting]: url.replace(new URL(url).origin, relay.origin) });
}

describe("a healthy world", () => {
  test("has no problem, and nothing is written anywhere", async () => {
    const { exit, findings, printed, hosts } = await examined();
    expect(findings.filter((one) => one.severity === "problem")).toEqual([]);
    expect(exit).toBe(0);
    expect(sandbox.writes()).toEqual([]);
    expect(await readdir(folder)).toEqual(["zdsync.config.yml"]);
    expect(printed[0]).toBe(`zdsync doctor · ${hosts}`);
    for (const url of [sandbox.urls.salesforce, sandbox.urls.global, sandbox.urls["us-government"]])
      expect(hosts).toContain(new URL(url).host);
    for (const secret of sandbox.secrets) expect(printed.join("\n")).not.toContain(secret);
  });

  test("is asked by GET and for tokens only; Slack has nothing but POST", async () => {
    await examined();
    const posts = sandbox.requests.filter((one) => one.method !== "GET" && one.service !== "slack");
    expect(posts.filter((one) => !/oauth2?\/tokens?/.test(one.path))).toEqual([]);
    expect(sandbox.slackMessages()).toEqual([]);
  });
});

test("a host is proposed for the config only where somebody answers at it", async () => {
  const remedyOf = ({ findings }: Examined, key: string) =>
    findings.find(({ check }) => check === `config hosts.${key}`)?.remedy ?? "";
  const nobody = "http://127.0.0.1:1";
  const away = await examined({ ZENDESK_GLOBAL_URL: nobody }, { global: undefined, salesforce: undefined });
  expect(away.notOk).toContain("warning Files config hosts.global");
  expect(remedyOf(away, "global")).not.toContain(new URL(nobody).host);
  expect(remedyOf(away, "global")).toContain("Zendesk global responds");
  expect(remedyOf(away, "salesforce")).toEndWith(new URL(sandbox.urls.salesforce).host);
});

describe("one thing wrong is one finding:", () => {
  test("an organization field that is not there", async () => {
    const { exit, notOk } = await examinedThrough("ZENDESK_GLOBAL_URL", (asked, answer) =>
      asked.path.startsWith("/api/v2/organization_fields")
        ? alteredJson(
            answer,
            ({ organization_fields: fields, ...rest }: { organization_fields: { key: string }[] }) => ({
              ...rest,
              organization_fields: fields.filter((one) => one.key !== "seats_decimal"),
            }),
          )
        : answer,
    );
    expect(notOk.filter(isProblem)).toEqual(["problem Zendesk global organization field seats_decimal"]);
    expect(exit).toBe(2);
  });

  test("a Zendesk secret", async () => {
    const { exit, notOk, findings } = await examined({ ZENDESK_USGOV_CLIENT_SECRET: "not-the-secret" });
    expect(notOk.filter(isProblem)).toEqual(["problem Zendesk us-government log-in"]);
    expect(findings.find((one) => one.severity === "problem")?.remedy).toContain("ZENDESK_USGOV_CLIENT_SECRET");
    expect(exit).toBe(2);
  });

  test("a Salesforce secret", async () => {
    const { exit, notOk } = await examined({ SALESFORCE_CLIENT_SECRET: "not-the-secret" });
    expect(notOk.filter(isProblem)).toEqual(["problem Salesforce SALESFORCE_CLIENT_SECRET"]);
    expect(exit).toBe(2);
  });

  test("a host that is not the configured one, which is then not asked at all (S10)", async () => {
    const { exit, notOk } = await examined({}, { us_government: "example-gov.zendesk.com" });
    expect(notOk.filter(isProblem)).toEqual(["problem Zendesk us-government ZENDESK_USGOV_URL"]);
    expect(exit).toBe(2);
    expect(sandbox.requests.filter((one) => one.service === "zendesk-us-government")).toEqual([]);
  });

  test("an overrides file that is not there", async () => {
    const { exit, notOk } = await examined({ OVERRIDES_PATH: "nothing.yml" });
    expect(notOk.filter(isProblem)).toEqual(["problem Overrides OVERRIDES_PATH"]);
    expect(exit).toBe(2);
  });

  test("a Slack scope", async () => {
    const { exit, notOk } = await examinedThrough("SLACK_API_URL", (_, answer) => {
      const headers = new Headers(answer.headers);
      headers.set("x-oauth-scopes", "channels:read,channels:history");
      return new Response(answer.body, { status: answer.status, headers });
    });
    expect(notOk.filter(isProblem)).toEqual(["problem Slack SLACK_BOT_TOKEN"]);
    expect(exit).toBe(2);
  });

  test("a scope that the Zendesk client may not have", async () => {
    const { exit, notOk } = await examinedThrough("ZENDESK_GLOBAL_URL", ({ path, body }, answer) =>
      path === "/oauth/tokens" && body.includes("write")
        ? alteredJson(answer, (token: object) => ({ ...token, scope: "read" }))
        : answer,
    );
    expect(notOk.filter(isProblem)).toEqual(["problem Zendesk global scope for writing"]);
    expect(exit).toBe(2);
  });

  test("a Zendesk user that is no administrator", async () => {
    const { notOk } = await examinedThrough("ZENDESK_GLOBAL_URL", ({ path }, answer) =>
      path === "/api/v2/users/me"
        ? alteredJson(answer, ({ user }: { user: object }) => ({
            user: { ...user, role: "agent", custom_role_id: null },
          }))
        : answer,
    );
    expect(notOk.filter(isProblem)).toEqual(["problem Zendesk global role"]);
  });

  test("a Salesforce field that the user may not see", async () => {
    let origin = "";
    const url = sandbox.env.SALESFORCE_LOGIN_URL ?? "";
    await using relay = new Relay(url, ({ path }, answer) =>
      path.endsWith("/sobjects/Account/describe")
        ? alteredJson(answer, ({ fields, ...rest }: { fields: { name: string }[] }) => ({
            ...rest,
            fields: fields.filter((one) => one.name !== "Support_Hold__c"),
          }))
        : path.endsWith("/oauth2/token")
          ? altered(answer, (text) => text.replaceAll(new URL(url).origin, origin))
          : answer,
    );
    origin = relay.origin;
    const { exit, notOk } = await examined({ SALESFORCE_LOGIN_URL: origin });
    expect(notOk.filter(isProblem)).toEqual(["problem Salesforce Salesforce field Account.Support_Hold__c"]);
    expect(exit).toBe(2);
  });
});

test("ZDSYNC_DEBUG shows where a check failed, on stderr; without it nobody sees a stack", async () => {
  const wrong = { ZENDESK_USGOV_CLIENT_SECRET: "not-the-secret" };
  const quiet = await examined(wrong);
  expect(quiet.printed.join("\n")).not.toContain(".ts:");
  const { printed, findings } = await examined({ ...wrong, ZDSYNC_DEBUG: "1" });
  expect(printed.slice(0, -1).join("\n")).toMatch(/Zendesk us-government · log-in: .*\.ts:\d+/s);
  expect(printed.at(-1)).not.toContain(".ts:");
  expect(findings.filter((one) => "stack" in one)).toEqual([]);
  for (const secret of sandbox.secrets) expect(printed.join("\n")).not.toContain(secret);
});

test("an API token works, and is always warned about", async () => {
  const { email, token } = sandbox.apiTokens.global;
  const apiToken = { ZENDESK_GLOBAL_CLIENT_SECRET: "", ZENDESK_GLOBAL_EMAIL: email, ZENDESK_GLOBAL_TOKEN: token };
  const { exit, notOk } = await examined(apiToken);
  expect(notOk).toContain("warning Zendesk global ZENDESK_GLOBAL_TOKEN");
  expect(exit).toBe(0);
});

test("a remote that is away hides nothing of the others, and is not a matter of settings", async () => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const away = server.url.origin;
  await server.stop(true);
  const alone = await examined({ ZENDESK_GLOBAL_URL: away });
  expect(alone.notOk.filter(isProblem)).toEqual(["problem Zendesk global ZENDESK_GLOBAL_URL"]);
  expect(alone.exit).toBe(1);
  const both = await examined({ ZENDESK_GLOBAL_URL: away, OVERRIDES_PATH: "nothing.yml" });
  expect(both.notOk.filter(isProblem)).toEqual([
    "problem Zendesk global ZENDESK_GLOBAL_URL",
    "problem Overrides OVERRIDES_PATH",
  ]);
  expect(both.exit).toBe(2);
});

test("without any setting, every one that is needed is named", async () => {
  const path = join(folder, "zdsync.config.yml");
  await Bun.write(path, "");
  const { exit, notOk } = await run({ ZDSYNC_CONFIG: path, PLANS_FILE: join(import.meta.dir, "../../plans.yml") });
  expect(exit).toBe(2);
  for (const setting of [
    "Salesforce SALESFORCE_LOGIN_URL",
    "Zendesk global ZENDESK_GLOBAL_CLIENT_SECRET",
    "Zendesk us-government ZENDESK_USGOV_URL",
    "Overrides OVERRIDES_PROJECT",
  ])
    expect(notOk).toContain(`problem ${setting}`);
  expect(sandbox.requests).toEqual([]);
});

function isProblem(line: string): boolean {
  return line.startsWith("problem ");
}

test("A9: every remote that is asked says what is waited for", async () => {
  const begun = new Set<string>();
  const waits: Waits = {
    begin({ service }) {
      begun.add(service.split(" (")[0] ?? "");
      return { attempt: () => {}, end: () => {} };
    },
  };
  await examine({ env: sandbox.env, dataDir: join(folder, "data"), today: TODAY, waits });
  for (const service of ["Salesforce", "Zendesk global", "Zendesk us-government", "GitLab"])
    expect([...begun]).toContain(service);
});
