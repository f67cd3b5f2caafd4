import { describe, expect, test } from "bun:test";
import { type GitlabCall, messageOfGitlab, pipelineRefusal } from "./pipeline-refusals.ts";

const ASKED: GitlabCall = {
  host: "gitlab.test",
  project: "group/runs",
  ref: "main",
  tokenSetting: "GITLAB_TRIGGER_TOKEN",
  doing: "start a pipeline",
};
const READ = { ...ASKED, tokenSetting: "GITLAB_READ_TOKEN" as const, doing: "show a pipeline", pipeline: 7 };
const base = (text: string) => ({ message: { base: [text] } });

describe("what GitLab says, in any of its shapes", () => {
  test.each([
    [{ error: "ref is missing, token is missing" }, "ref is missing, token is missing"],
    [{ message: "404 Not Found" }, "404 Not Found"],
    [base("Reference not found"), "Reference not found"],
    [{ message: { ref: ["is wrong", "is bad"] } }, "ref is wrong; ref is bad"],
    [{ error: "insufficient_scope", error_description: "…", scope: "api" }, "insufficient_scope"],
    ["<html>", "<html>"],
    [null, ""],
    [7, ""],
  ])("%j", (body, said) => {
    expect(messageOfGitlab(body)).toBe(said);
  });

  test("is one short line, whatever it is", () => {
    expect(messageOfGitlab({ message: `a\n\u001b[31m${"x".repeat(9_000)}` })).toMatch(/^a \[31mx+$/);
    expect(messageOfGitlab({ message: "x".repeat(9_000) })).toHaveLength(300);
  });
});

describe("refusals name what to look at", () => {
  test.each<[string, GitlabCall, number, unknown, RegExp]>([
    ["moved", ASKED, 302, null, /Set GITLAB_URL and GITLAB_PROJECT/],
    ["token", READ, 401, { message: "401 Unauthorized" }, /Create a new one and set it as GITLAB_READ_TOKEN/],
    ["scope", READ, 403, { error: "insufficient_scope" }, /scope read_api and set it as GITLAB_READ_TOKEN/],
    ["role", ASKED, 403, { message: "403 Forbidden" }, /role Developer in group\/runs/],
    ["trigger", ASKED, 404, { message: "404 Not Found" }, /GITLAB_PROJECT and GITLAB_TRIGGER_TOKEN/],
    ["deleted", READ, 404, { message: "404 Not Found" }, /pipeline 7 does not exist/],
    ["branch", ASKED, 400, base("Reference not found"), /no branch or tag main. Check GITLAB_REF/],
    [
      "input",
      ASKED,
      400,
      base("unknown input arguments: at-most"),
      /unknown input arguments: at-most.*docs\/gitlab\.md/,
    ],
    ["rules", ASKED, 400, base("Pipeline will not run for the selected trigger."), /rules.*exclude all jobs/],
    [
      "variables",
      ASKED,
      400,
      base("Insufficient permissions to set pipeline variables"),
      /Maintainer where main is protected/,
    ],
    ["busy", ASKED, 429, null, /too many requests/],
    ["down", ASKED, 502, "<html>", /answered 502. Try again later/],
    ["anything else", ASKED, 418, { message: "teapot" }, /418 \(teapot\)/],
  ])("%s", (_what, asked, status, body, sentence) => {
    const text = pipelineRefusal(asked, status, body);
    expect(text).toMatch(sentence);
    expect(text).toStartWith(`GitLab (gitlab.test) refused to ${asked.doing}: `);
  });
});
