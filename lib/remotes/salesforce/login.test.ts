import { describe, expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../../sandbox/start.ts";
import type { SalesforceBehaviour } from "../../../sandbox/types.ts";
import { salesforceSettings } from "../../settings/environment.ts";
import { connectSalesforce } from "./connect.ts";

const PRODUCTION = "https://login.salesforce.com";
const TEST = "https://test.salesforce.com";

async function start(salesforce: Partial<SalesforceBehaviour>) {
  const sandbox = await startSandbox({ today: "2026-11-23", salesforce });
  return { sandbox, [Symbol.asyncDispose]: () => sandbox.stop() };
}

/** Logs in by JWT bearer. */
function connect({ env, jwt }: RunningSandbox) {
  const keys = { SALESFORCE_USERNAME: jwt.username, SALESFORCE_PRIVATE_KEY: jwt.privateKey };
  const settings = salesforceSettings({ ...env, ...keys }, []);
  if (!settings) throw new Error("the sandbox's own settings are not complete");
  return connectSalesforce(settings, { sleep: async () => {} });
}

/** The audiences of the assertions that were sent, in order. */
function audiences({ requests }: RunningSandbox): string[] {
  return requests
    .filter((one) => one.path === "/services/oauth2/token")
    .map(({ body }) => JSON.parse(Buffer.from(assertionIn(body).split(".")[1] ?? "", "base64url").toString()).aud);
}

function assertionIn(body: unknown): string {
  return String((body as { assertion?: unknown }).assertion);
}

describe("the audience of an assertion", () => {
  test.each([
    ["a sandbox or scratch org", TEST],
    ["production", PRODUCTION],
  ])("is found for %s, and used at once when the session is renewed", async (_, taken) => {
    await using org = await start({ jwtAudiences: [taken] });
    const reader = await connect(org.sandbox);
    const tried = audiences(org.sandbox);
    expect(tried.at(-1)).toBe(taken);
    org.sandbox.expireSessions();
    await reader.describe("Account");
    expect(audiences(org.sandbox).slice(tried.length)).toEqual([taken]);
  });

  test("is found for an org that takes only its own address", async () => {
    await using org = await start({});
    await connect(org.sandbox);
    expect(audiences(org.sandbox)).toEqual([org.sandbox.urls.salesforce]);
  });

  test("that is invalid whatever it is: the setting is named, with all that were tried", async () => {
    await using org = await start({ jwtAudiences: ["https://elsewhere.example"] });
    const error = await connect(org.sandbox).catch((thrown: Error) => thrown);
    const tried = [org.sandbox.urls.salesforce, TEST, PRODUCTION];
    expect(audiences(org.sandbox)).toEqual(tried);
    expect(String(error)).toStartWith("ConfigurationError: SALESFORCE_LOGIN_URL: ");
    expect(String(error)).toContain(tried.join(", "));
  });

  test("is not tried where something else was refused", async () => {
    await using org = await start({});
    org.sandbox.jwt.username = "somebody@else.example";
    const error = await connect(org.sandbox).catch((thrown: Error) => thrown);
    expect(String(error)).toStartWith("ConfigurationError: SALESFORCE_USERNAME: ");
    expect(audiences(org.sandbox)).toHaveLength(1);
  });
});

describe("a limit of requests", () => {
  const query = { service: "salesforce", path: "/query" } as const;

  function settingsOf({ env }: RunningSandbox) {
    const settings = salesforceSettings(env, []);
    if (!settings) throw new Error("the sandbox's own settings are not complete");
    return settings;
  }

  async function read(sandbox: RunningSandbox, waits: number[] = []): Promise<string> {
    const sleep = async (milliseconds: number) => void waits.push(milliseconds);
    const reader = await connectSalesforce(settingsOf(sandbox), { sleep });
    return reader.partners(null).then(
      () => "read",
      (error: Error) => error.message,
    );
  }

  const queries = ({ requests }: RunningSandbox) => requests.filter((one) => one.path.includes("/query"));

  test("at once passes: it is waited for, longer than the requests that are counted take", async () => {
    await using org = await start({});
    org.sandbox.addFault({ kind: "concurrent-limit", ...query, times: 3 });
    const waits: number[] = [];
    expect(await read(org.sandbox, waits)).toBe("read");
    expect(queries(org.sandbox)).toHaveLength(4);
    expect(waits).toEqual([5_000, 10_000, 20_000]);
  });

  test("at once that does not pass is named as that, and not as the daily limit", async () => {
    await using org = await start({});
    org.sandbox.addFault({ kind: "concurrent-limit", ...query, times: 100 });
    const message = await read(org.sandbox);
    expect(message).toContain("the concurrent requests limit");
    expect(message).not.toMatch(/daily|24 hours/);
    expect(queries(org.sandbox)).toHaveLength(5);
  });

  test("of a day is named as that, and nothing more is asked", async () => {
    await using org = await start({});
    org.sandbox.addFault({ kind: "daily-limit", ...query });
    expect(await read(org.sandbox)).toContain("the daily limit of API calls is reached");
    expect(queries(org.sandbox)).toHaveLength(1);
  });
});
