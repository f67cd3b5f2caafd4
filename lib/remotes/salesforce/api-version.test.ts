import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import type { RunningSandbox } from "../../../sandbox/start.ts";
import { checkSalesforce } from "../../doctor/check-salesforce.ts";
import { salesforceSettings } from "../../settings/environment.ts";
import { readVersions, versionError } from "./api-version.ts";
import { connectSalesforce } from "./connect.ts";

const TODAY = "2026-11-23";

describe.each(["json", "plain"] as const)("an API version that is not there, refused by %s", (goneVersion) => {
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ today: TODAY, salesforce: { goneVersion } });
  });
  afterAll(() => sandbox.stop());

  /** What reading the accounts fails with where the setting has this value. */
  async function failure(version: string): Promise<Error> {
    const settings = salesforceSettings({ ...sandbox.env, SALESFORCE_API_VERSION: version }, []);
    if (!settings) throw new Error("the sandbox's own settings are not complete");
    const reader = await connectSalesforce(settings, { sleep: async () => {} });
    return Array.fromAsync(reader.accounts(TODAY)).then(
      () => new Error("nothing failed"),
      (error: Error) => error,
    );
  }

  test.each([
    ["a retired one", "30.0"],
    ["one that is still to come", "69.0"],
  ])("%s is diagnosed as that, with the versions that are there", async (_, version) => {
    const error = await failure(version);
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toStartWith("SALESFORCE_API_VERSION: ");
    expect(error.message).toContain(`does not have API version ${version}: it has 31.0 to 68.0`);
  });

  test("doctor says so too, and nothing of permission sets or status pages", async () => {
    const env = { ...sandbox.env, SALESFORCE_API_VERSION: "69.0" };
    const found = await checkSalesforce({ env, hostProblems: [], expectedHost: null });
    const problems = found.filter((one) => one.severity === "problem");
    expect(problems.map(({ check, unreachable }) => ({ check, unreachable }))).toEqual([
      { check: "SALESFORCE_API_VERSION", unreachable: false },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/permission set|status\.salesforce/i);
  });

  test("the first and the last version that are there work", async () => {
    for (const version of ["31.0", "68.0"]) expect((await failure(version)).message).toBe("nothing failed");
  });
});

test("an org that is too old for the default version says that the setting is needed", async () => {
  const sandbox = await startSandbox({ today: TODAY, salesforce: { apiVersions: { oldest: 31, newest: 60 } } });
  try {
    const settings = salesforceSettings(sandbox.env, []);
    const reader = settings && (await connectSalesforce(settings, { sleep: async () => {} }));
    await expect(reader?.describe("Account")).rejects.toThrow("SALESFORCE_API_VERSION: not set, and Salesforce");
  } finally {
    await sandbox.stop();
  }
});

test("what is really not there is no matter of the version", () => {
  const terms = { configured: "66.0", offered: ["65.0", "66.0"], host: "example.my.salesforce.com" };
  expect(versionError("NOT_FOUND", terms)).toBeNull();
  expect(versionError("NOT_FOUND", { ...terms, offered: null })).toBeNull();
  expect(versionError("ERROR_HTTP_410", { ...terms, offered: null })?.message).toContain("retired");
});

test("a list of versions is read in order, and anything else is none", () => {
  expect(readVersions([{ version: "100.0" }, { version: "31.0", label: "x" }])).toEqual(["31.0", "100.0"]);
  for (const answer of [null, [], {}, [{ version: "<b>" }], [{ message: "x", errorCode: "NOT_FOUND" }]])
    expect(readVersions(answer)).toBeNull();
});
