import { expect, test } from "bun:test";
import { checkZendesk, roleFinding } from "./check-zendesk.ts";

const severityOf = (role: string, custom_role_id: number | null) =>
  roleFinding("ZENDESK_GLOBAL", { role, custom_role_id }).severity;

test("only an administrator surely writes organizations; a custom role may", () => {
  expect(severityOf("admin", null)).toBe("ok");
  expect(severityOf("admin", 7)).toBe("ok");
  expect(severityOf("agent", 7)).toBe("warning");
  expect(severityOf("agent", null)).toBe("problem");
  expect(severityOf("", null)).toBe("problem");
});

test("an API token is warned about also where another setting keeps the instance from being asked", async () => {
  const env = { ZENDESK_USGOV_TOKEN: "a-token-that-is-long" };
  const found = await checkZendesk("us-government", {
    env,
    today: "2026-11-23",
    hostProblems: [],
    userMarkField: "mark_for_deletion",
  });
  expect(found.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
    "problem ZENDESK_USGOV_URL",
    "problem ZENDESK_USGOV_EMAIL",
    "warning ZENDESK_USGOV_TOKEN",
  ]);
  expect(JSON.stringify(found)).not.toContain(env.ZENDESK_USGOV_TOKEN);
});
