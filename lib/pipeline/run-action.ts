import { currentDate } from "../edges/clock.ts";
import { appendFile, readFile } from "../edges/files.ts";
import { processOutput } from "../report/terminal/output.ts";
import { renderStage } from "../report/terminal/summary.ts";
import { secretsIn } from "../settings/environment.ts";
import { inputVariable } from "./parse-inputs.ts";
import { runStage } from "./run-stage.ts";
import type { InputsSchema, Stage } from "./stage.ts";
import { enterWorkingDirectory } from "./working-directory.ts";

/**
 * Runs a stage as the entry of a reusable action: inputs from `INPUT_…`, outputs to the file that `GITHUB_OUTPUT` names, and the report of
 * what changes to the job's summary (`GITHUB_STEP_SUMMARY`).
 */
export async function runAction<Inputs extends InputsSchema>(stage: Stage<Inputs>): Promise<void> {
  const env = process.env;
  enterWorkingDirectory(env);
  const output = processOutput(secretsIn(env), false);
  const given = Object.fromEntries(
    Object.keys(stage.inputs.entries).map((name) => [name, env[inputVariable(name)] || undefined]),
  );
  const { exit, report, files } = await runStage(stage, given, { env, output, clock: currentDate });
  if (report) {
    output.out(renderStage(report));
    if (env.GITHUB_OUTPUT)
      await appendFile(env.GITHUB_OUTPUT, `run-id=${report.run_id}\ndigest=${report.comparison?.digest ?? ""}\n`);
  }
  // A stage that compares nothing has nothing to say to whoever looks at the job, unless it failed.
  if (files && env.GITHUB_STEP_SUMMARY && (report === null || report.comparison))
    await appendFile(env.GITHUB_STEP_SUMMARY, await readFile(files.markdown, "utf8"));
  process.exitCode = exit;
}
