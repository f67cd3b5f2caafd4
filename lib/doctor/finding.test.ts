import { describe, expect, test } from "bun:test";
import { ConfigurationError, CredentialError, RemoteError } from "../errors.ts";
import { failureFindings, runChecks } from "./failure.ts";
import { exitOfFindings, ok, problem, unreachable, warning } from "./finding.ts";

const REMEDIES = { refused: "set it", unreachable: "wait" };

describe("the exit code", () => {
  const fine = ok("a", "b");
  const minor = warning("a", "b", "c");
  const wrong = problem("a", "b", "c");
  const away = unreachable("a", "b", "c");

  test("is 0 without problems, 2 for settings and fields, 1 for remotes alone", () => {
    expect(exitOfFindings([])).toBe(0);
    expect(exitOfFindings([fine, minor])).toBe(0);
    expect(exitOfFindings([fine, away, minor])).toBe(1);
    expect(exitOfFindings([fine, wrong])).toBe(2);
    expect(exitOfFindings([away, wrong])).toBe(2);
  });
});

describe("a failed check", () => {
  const failed = (detail: { status?: number; code?: string }) =>
    failureFindings("log-in", new RemoteError("it said no", { service: "Zendesk", ...detail }), REMEDIES)[0];

  test("was refused, or could not be asked", () => {
    for (const status of [301, 400, 401, 403, 404]) expect(failed({ status })?.unreachable).toBe(false);
    for (const status of [408, 429, 500, 503]) expect(failed({ status })?.unreachable).toBe(true);
    expect(failed({})?.unreachable).toBe(true);
    const scope = new CredentialError("no scope", { service: "Zendesk" });
    expect(failureFindings("log-in", scope, REMEDIES)).toMatchObject([{ unreachable: false, remedy: "set it" }]);
  });

  test("names every setting that is wrong", () => {
    const error = new ConfigurationError([
      { where: "ONE", what: "not set" },
      { where: "TWO", what: "not set" },
    ]);
    expect(failureFindings("log-in", error, REMEDIES).map((one) => one.check)).toEqual(["ONE", "TWO"]);
  });

  test("hides no other check", async () => {
    const checks = [
      { name: "first", run: async () => [ok("first", "fine")] },
      { name: "second", run: () => Promise.reject(new RemoteError("down")) },
      { name: "third", run: async () => [ok("third", "fine")] },
    ];
    const found = await runChecks(checks, null, REMEDIES);
    expect(found.map(({ severity, check }) => `${severity} ${check}`)).toEqual([
      "ok first",
      "problem second",
      "ok third",
    ]);
  });
});
