import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { RecordedOutput } from "../../test/support/stage/recorded-output.ts";
import { loadStage } from "../stages.ts";
import { asGitlabJob } from "./gitlab-job.ts";

const before = process.cwd();
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-job-inputs-"));
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true });
});

/** What the stage of a job takes for its share of the quota. */
async function rateShareIn(variables: Record<string, string>): Promise<unknown> {
  const stage = await loadStage("gather-orgs");
  // As the component's job sets them: an input that is left empty is there.
  const empty = { INPUT_INSTANCE: "global", INPUT_RATE_SHARE: "" };
  const job = { ZDSYNC_GITLAB_JOB: "true", CI_JOB_ID: "1", CI_PROJECT_ID: "3", CI_PIPELINE_ID: "5" };
  const env = { ...job, ...empty, ...variables };
  const shell = { env, output: new RecordedOutput(), clock: () => new Date("2026-11-23T00:00:00Z") };
  const taken: unknown[] = [];
  await asGitlabJob(stage, {}, shell, async (given, where) => {
    taken.push(parseInputs(stage.inputs, given, where.env)["rate-share"]);
    return { exit: EXIT.done, report: null, dryRun: false, files: null };
  });
  return taken[0];
}

test("a job's share of the quota: the chain's order, else its input, else the project's variable, else the default", async () => {
  const variable = { ZDSYNC_RATE_SHARE: "0.2" };
  const input = { ...variable, INPUT_RATE_SHARE: "0.3" };
  const order = { ...input, ZDSYNC_ORDERS: "chain", ZDSYNC_ORDER_RATE_SHARE: "0.4" };
  expect(await rateShareIn(order)).toBe(0.4);
  expect(await rateShareIn({ ...order, ZDSYNC_ORDERS: "own" })).toBe(0.3);
  expect(await rateShareIn(input)).toBe(0.3);
  expect(await rateShareIn(variable)).toBe(0.2);
  expect(await rateShareIn({})).toBeNull();
});
