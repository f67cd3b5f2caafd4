import { describe, expect, test } from "bun:test";
import { ArtifactError, type Problem, RefusedError } from "../../errors.ts";
import { ciJob } from "./ci-job.ts";
import {
  checkOneRun,
  formatReference,
  type HandOver,
  parseHandOver,
  referencesIn,
  variablePrefix,
} from "./hand-over.ts";

const SHA = "a".repeat(64);
const JOB = {
  CI_JOB_ID: "7",
  CI_PROJECT_ID: "3",
  CI_PIPELINE_ID: "5",
  CI_API_V4_URL: "https://gitlab.example/api/v4/",
};

function handOver(changes: Record<string, unknown> = {}): string {
  const files = [{ name: "global_accounts.manifest.json", sha256: SHA }];
  return JSON.stringify({ schema: 1, stage: "process", run_id: "run-1", folder: "some/data", files, ...changes });
}

describe("references", () => {
  test("as they are formatted they are read, each once, whatever else the environment holds", () => {
    const reference = { projectId: "3", jobId: "7", sha256: SHA };
    const text = formatReference(reference);
    const problems: Problem[] = [];
    const env = { ZDSYNC_HANDOVER_PROCESS: text, ZDSYNC_HANDOVER_A: ` ${text}\n`, ZDSYNC_HANDOVER_B: "", OTHER: "x" };
    expect(referencesIn(env, problems)).toEqual([reference]);
    expect(problems).toEqual([]);
  });

  test.each([
    `3:7:${SHA}:x`,
    `3:7:${SHA.slice(1)}`,
    `../3:7:${SHA}`,
    `3:7/../8:${SHA}`,
    `3:7:${SHA}\n3:8:${SHA}`,
    "latest",
  ])("%j is refused, and named by its variable", (value) => {
    const problems: Problem[] = [];
    expect(referencesIn({ ZDSYNC_HANDOVER_PROCESS: value }, problems)).toEqual([]);
    expect(problems.map(({ where }) => where)).toEqual(["ZDSYNC_HANDOVER_PROCESS"]);
  });

  test("the prefix of a stage's variables", () => {
    expect(variablePrefix("gather-orgs", "usgov")).toBe("GATHER_ORGS_USGOV");
    expect(variablePrefix("process", null)).toBe("PROCESS");
  });
});

describe("the list of files (S3, S9)", () => {
  test("is read", () => {
    expect(parseHandOver(handOver(), "job 7").files).toHaveLength(1);
  });

  test.each<[string, string]>([
    ["no JSON", "<html>"],
    ["another version", handOver({ schema: 2 })],
    ["a name that leads elsewhere", handOver({ files: [{ name: "../x.json", sha256: SHA }] })],
    ["a name that is no artifact's", handOver({ files: [{ name: ".bashrc", sha256: SHA }] })],
    ["a folder that leads elsewhere", handOver({ folder: "data/../.." })],
    ["no digest", handOver({ files: [{ name: "a.json", sha256: "" }] })],
  ])("refused: %s", (_, text) => {
    expect(() => parseHandOver(text, "job 7 of project 3")).toThrow(ArtifactError);
    expect(() => parseHandOver(text, "job 7 of project 3")).toThrow("job 7 of project 3");
  });

  test("hand-overs of different runs are refused, and both named", () => {
    const of = (run_id: string, whose: string) => ({
      handOver: { ...(JSON.parse(handOver()) as HandOver), run_id },
      whose,
    });
    expect(() => checkOneRun([of("run-1", "job 1"), of("run-1", "job 2")])).not.toThrow();
    expect(() => checkOneRun([of("run-1", "job 1"), of("run-2", "job 2")])).toThrow(RefusedError);
    expect(() => checkOneRun([of("run-1", "job 1"), of("run-2", "job 2")])).toThrow(
      "job 2 passes on files from run run-2, but job 1 passes on files from run run-1.",
    );
  });
});

describe("what a job knows of itself", () => {
  test("null outside of GitLab", () => {
    expect(ciJob({}, [])).toBeNull();
  });

  test("read, the URL without its slash", () => {
    const problems: Problem[] = [];
    expect(ciJob({ ...JOB, ZDSYNC_TRANSPORT: "packages" }, problems)).toMatchObject({
      apiUrl: "https://gitlab.example/api/v4",
      projectId: "3",
      jobId: "7",
      token: null,
      transport: "packages",
    });
    expect(problems).toEqual([]);
  });

  test.each([
    ["CI_JOB_ID", "7/../8"],
    ["CI_PROJECT_ID", "a b"],
    ["CI_PIPELINE_ID", ""],
    ["ZDSYNC_TRANSPORT", "mail"],
    ["CI_API_V4_URL", "http://gitlab.example/api/v4"],
    ["CI_API_V4_URL", "no url"],
  ])("%s=%j is a problem", (name, value) => {
    const problems: Problem[] = [];
    ciJob({ ...JOB, [name]: value }, problems);
    expect(problems.map(({ where }) => where)).toEqual([name]);
  });
});
