import { describe, expect, test } from "bun:test";
import type { Override } from "../domain/overrides.ts";
import { apiTokenFinding, gitlabTokenFindings, overrideEndFindings } from "./expiry.ts";

describe("a Zendesk API token", () => {
  const on = (today: string) => apiTokenFinding("ZENDESK_USGOV_TOKEN", today);

  test("is always warned about, and louder in its last fourteen days", () => {
    expect(on("2026-11-23").severity).toBe("warning");
    expect(on("2027-04-15").found).toContain("works until 2027-04-30 (15 days)");
    expect(on("2027-04-16").found).toContain("STOPS WORKING IN 14 days");
    expect(on("2027-04-29").found).toContain("STOPS WORKING IN 1 day,");
  });

  test("is a problem from the day on which all of them stop", () => {
    expect(on("2027-04-30").severity).toBe("problem");
    expect(on("2030-01-01").severity).toBe("problem");
  });

  test("is replaced by the OAuth settings of its own instance", () => {
    expect(on("2026-11-23").remedy).toContain("set ZENDESK_USGOV_CLIENT_ID and ZENDESK_USGOV_CLIENT_SECRET");
  });
});

describe("a GitLab token", () => {
  const on = (expires_at: string | null, scopes = ["read_api"]) =>
    gitlabTokenFindings("OVERRIDES_TOKEN", { expires_at, scopes }, "2026-11-23").map(
      ({ severity, found }) => `${severity}: ${found}`,
    );

  test("is warned about fourteen days before its end", () => {
    expect(on(null)).toEqual(["ok: never expires"]);
    expect(on("2026-12-08")).toEqual(["ok: expires on 2026-12-08"]);
    expect(on("2026-12-07")).toEqual(["warning: expires in 14 days, on 2026-12-07"]);
    expect(on("2026-11-23")).toEqual(["problem: expired on 2026-11-23"]);
  });

  test("should only read (S9)", () => {
    expect(on(null, ["read_repository", "api"])).toEqual([
      "warning: allows more than reading (api)",
      "ok: never expires",
    ]);
  });
});

describe("an override", () => {
  const ending = (ends_on: string | null): Override => ({
    salesforce_id: "0014M00001abcdEQAQ",
    reason: "told by a person with a name",
    instance: "global",
    subscriptions: new Map([["sub_edu", true]]),
    expiration_date: null,
    ends_on,
    where: "overrides.yml:7",
  });
  const found = (ends_on: string | null) =>
    overrideEndFindings([ending(ends_on)], "2026-11-23").map((one) => one.found);

  test("is warned about in its last fourteen days and afterwards", () => {
    expect(found(null)).toEqual([]);
    expect(found("2026-12-08")).toEqual([]);
    expect(found("2026-12-07")).toEqual([
      "the override of 0014M00001abcdEQAQ in global ends in 14 days: its last day is 2026-12-07",
    ]);
    expect(found("2026-11-23")[0]).toContain("ends today");
    expect(found("2026-11-22")[0]).toContain("ended on 2026-11-22");
  });

  test("never shows its reason, which may name people", () => {
    expect(JSON.stringify(overrideEndFindings([ending("2026-11-30")], "2026-11-23"))).not.toContain("person");
  });
});
