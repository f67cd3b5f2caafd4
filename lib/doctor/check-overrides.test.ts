import { describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../domain/config.ts";
import { parseOverrides } from "../settings/files/overrides.ts";
import { parsePlans } from "../settings/files/plans.ts";
import { checkOverrides, overridesFindings } from "./check-overrides.ts";

const PLANS = parsePlans(
  "subscriptions:\n  sub_sm_premium: { level: premium, charges: [Premium] }\nus_government: { without_exception: [], with_exception: [] }\n",
  "plans.yml",
);
const TODAY = "2026-11-23";

const found = (text: string) =>
  overridesFindings(parseOverrides(text, "overrides.yml"), PLANS, TODAY).map(
    ({ severity, check }) => `${severity} ${check}`,
  );

const entry = (id: string, rest: string) => `- salesforce_id: "${id}"\n  reason: because\n  ${rest}\n`;
const FIRST = "0014M00001abcdEQAQ";

describe("overrides", () => {
  test("in order", () => {
    expect(found(entry(FIRST, "subscriptions: { sub_edu: true }"))).toEqual(["ok overrides"]);
    expect(found("[]")).toEqual(["ok overrides"]);
  });

  test("an invalid entry, an unknown type and a double are warnings, each by its account", () => {
    const unknown = entry(FIRST, "subscriptions: { sub_nothing: true }");
    expect(found(unknown)).toEqual(["warning overrides", `warning override of ${FIRST}`]);
    expect(found(entry(FIRST, "subscriptions: { sub_edu: maybe }"))).toEqual([
      "warning overrides",
      `warning override of ${FIRST}`,
    ]);
    const fine = entry(FIRST, "subscriptions: { sub_edu: true }");
    // Once, with both places.
    expect(found(fine + fine)).toEqual(["warning overrides", `warning override of ${FIRST}`]);
  });

  test("one that has ended is a warning, not a problem, and doubles nobody", () => {
    const ended = entry(FIRST, 'subscriptions: { sub_edu: true }\n  ends_on: "2026-11-22"');
    const soon = entry(FIRST, 'subscriptions: { sub_edu: true }\n  ends_on: "2026-11-30"');
    expect(found(ended + soon)).toEqual(["ok overrides", "warning overrides.yml:1", "warning overrides.yml:5"]);
  });
});

describe("where no override applies", () => {
  const text = (file: string) => overridesFindings(parseOverrides(file, "overrides.yml"), PLANS, TODAY)[0]?.found;

  test("is said for each instance", () => {
    const other = "0014M00001kAbCdQAK";
    const one = entry(FIRST, "subscriptions: { sub_edu: true }") + entry(other, "subscriptions: { sub_edu: true }");
    expect(text(one)).toBe("can be read: 2 entries; global: 2 apply, us-government: none applies");
    expect(text("[]")).toBe("can be read: 0 entries; global: none applies, us-government: none applies");
  });

  test("of any entry, is a warning", () => {
    const ended = entry(FIRST, 'subscriptions: { sub_edu: true }\n  ends_on: "2026-11-22"');
    expect(found(ended)[0]).toBe("warning overrides");
  });

  test("because the config says none, although a file is set: is a warning that names the setting", async () => {
    const config = { ...DEFAULT_CONFIG, overrides: "none" as const };
    const env = { OVERRIDES_PROJECT: "group/project" };
    const findings = await checkOverrides({ env, config, plans: PLANS, today: TODAY });
    expect(findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      "ok overrides",
      "warning OVERRIDES_PROJECT",
    ]);
  });
});

describe("the settings of the overrides", () => {
  const check = (env: Record<string, string>, overrides: "none" | "required" = "required") =>
    checkOverrides({ env, config: { ...DEFAULT_CONFIG, overrides }, plans: PLANS, today: TODAY });

  test("none at all is a problem, unless the config says so", async () => {
    expect((await check({})).map(({ severity, check: what }) => `${severity} ${what}`)).toEqual([
      "problem OVERRIDES_PROJECT",
    ]);
    expect((await check({}, "none")).map((one) => one.severity)).toEqual(["ok"]);
  });

  test("a local file that is not there is a problem", async () => {
    const [first] = await check({ OVERRIDES_FILE: "/nowhere/overrides.yml" });
    expect(first).toMatchObject({ severity: "problem", check: "OVERRIDES_FILE", unreachable: false });
  });

  test("a GitLab that nobody answers for is unreachable, not misconfigured", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const url = server.url.origin;
    await server.stop(true);
    const [first, ...others] = await check({ GITLAB_URL: url, OVERRIDES_PROJECT: "group/project" });
    expect(first).toMatchObject({ severity: "problem", check: "GITLAB_URL", unreachable: true });
    expect(others).toEqual([]);
  });
});
