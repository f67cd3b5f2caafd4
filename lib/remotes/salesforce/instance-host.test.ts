import { describe, expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import { salesforceSettings } from "../../settings/environment.ts";
import { connectSalesforce } from "./connect.ts";
import { isExpectedInstance } from "./instance-host.ts";

const LOGIN = "https://example.my.salesforce.com";

function expected(instance: string, loginUrl = LOGIN, host: string | null = null): boolean {
  return isExpectedInstance(new URL(instance), loginUrl, host);
}

describe("the instance that the log-in names", () => {
  test.each([
    "https://example.my.salesforce.com",
    "https://example.my.salesforce.com:443",
    "https://example--dev.sandbox.my.salesforce.com",
    "https://data-efficiency-1234-dev-ed.scratch.my.salesforce.com",
    "https://example-dev-ed.develop.my.salesforce.com",
    "https://agency.my.salesforce.mil",
  ])("is expected at %s", (instance) => {
    expect(expected(instance)).toBe(true);
    expect(expected(instance, "https://login.salesforce.com")).toBe(true);
  });

  test.each([
    "http://example.my.salesforce.com",
    "https://example.my.salesforce.com:8443",
    "https://example.my.salesforce.com.evil.example",
    "https://my.salesforce.com",
    "https://evil.example/example.my.salesforce.com",
    "https://example.my.salesforce.com@evil.example",
    "https://a.b.my.salesforce.com",
    "https://examplemy.salesforce.com",
    "https://example.lightning.force.com",
    "https://127.0.0.1",
  ])("is not expected at %s", (instance) => {
    expect(expected(instance)).toBe(false);
  });

  test("is the configured host, and then no other My Domain", () => {
    expect(expected("https://example.my.salesforce.com", LOGIN, "example.my.salesforce.com")).toBe(true);
    expect(expected("https://other.my.salesforce.com", LOGIN, "example.my.salesforce.com")).toBe(false);
  });

  test("may be any My Domain where the configured host is a common log-in server, which is no instance", () => {
    const login = "https://login.salesforce.com";
    expect(expected("https://example.my.salesforce.com", login, "login.salesforce.com")).toBe(true);
    expect(expected("https://evil.example", login, "login.salesforce.com")).toBe(false);
  });

  test("may be the log-in host itself, such as a proxy's", () => {
    expect(expected("https://salesforce.corp.example:8443", "https://salesforce.corp.example:8443")).toBe(true);
  });

  test("is on this machine where the log-in is", () => {
    expect(expected("http://127.0.0.1:2", "http://127.0.0.1:1")).toBe(true);
    expect(expected("https://example.my.salesforce.com", "http://127.0.0.1:1")).toBe(false);
    expect(expected("http://127.0.0.1:1")).toBe(false);
  });
});

test("an unexpected instance gets nothing, and the error names the setting and both hosts", async () => {
  const asked: string[] = [];
  const stranger = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      asked.push(request.url);
      return new Response();
    },
  });
  const sandbox = await startSandbox({ today: "2026-11-23", salesforce: { instanceUrl: stranger.url.origin } });
  try {
    const settings = salesforceSettings(sandbox.env, []);
    if (!settings) throw new Error("the sandbox's own settings are not complete");
    const login = new URL(settings.loginUrl).host;
    const error = await connectSalesforce(settings, { expectedHost: login }).catch((thrown: Error) => thrown);
    expect(String(error)).toStartWith("ConfigurationError: SALESFORCE_LOGIN_URL: ");
    expect(String(error)).toContain(`${stranger.url.host} as the instance, expected https and ${login}`);
    expect(asked).toEqual([]);
  } finally {
    await sandbox.stop();
    await stranger.stop(true);
  }
});
