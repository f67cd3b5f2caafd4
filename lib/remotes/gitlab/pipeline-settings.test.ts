import { describe, expect, test } from "bun:test";
import type { Problem } from "../../errors.ts";
import { pipelineSettings } from "./pipeline-settings.ts";

const GOOD = { GITLAB_PROJECT: "group/runs", GITLAB_TRIGGER_TOKEN: "glptt-1", GITLAB_READ_TOKEN: "glpat-1" };

function read(env: Record<string, string>) {
  const problems: Problem[] = [];
  return { settings: pipelineSettings(env, problems), where: problems.map((problem) => problem.where) };
}

describe("settings of pipelines", () => {
  test("no project: runs are child processes, and nothing else is asked for", () => {
    expect(read({ GITLAB_PROJECT: "", GITLAB_URL: "nonsense" })).toEqual({ settings: null, where: [] });
  });

  test("defaults: gitlab.com, main; a slash at the end of the address is dropped", () => {
    expect(read(GOOD)).toMatchObject({
      settings: { url: "https://gitlab.com", ref: "main", apiToken: null },
      where: [],
    });
    expect(read({ ...GOOD, GITLAB_URL: "https://gitlab.example.com/" }).settings?.url).toBe(
      "https://gitlab.example.com",
    );
  });

  test.each([
    ["a path that is none", { ...GOOD, GITLAB_PROJECT: "runs" }, ["GITLAB_PROJECT"]],
    ["tokens in the clear", { ...GOOD, GITLAB_URL: "http://gitlab.example.com" }, ["GITLAB_URL"]],
    ["nothing to start with", { ...GOOD, GITLAB_TRIGGER_TOKEN: "" }, ["GITLAB_TRIGGER_TOKEN"]],
    ["nothing to follow with", { ...GOOD, GITLAB_READ_TOKEN: "" }, ["GITLAB_READ_TOKEN"]],
    ["webhooks only", { ...GOOD, GITLAB_READ_TOKEN: "", GITLAB_WEBHOOK_SECRET: "s" }, []],
    ["one token for all", { GITLAB_PROJECT: "4712", GITLAB_API_TOKEN: "glpat-2" }, []],
    ["this machine", { ...GOOD, GITLAB_URL: "http://127.0.0.1:3000" }, []],
  ])("%s", (_what, env, where) => {
    expect(read(env).where).toEqual(where);
  });
});
