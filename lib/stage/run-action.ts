import { appendFile } from "node:fs/promises";
import { secretsIn } from "../settings/environment.ts";
import { processOutput } from "../terminal/output.ts";
import { renderStage } from "../terminal/summary.ts";
import { inputVariable } from "./parse-inputs.ts";
import { runStage } from "./run-stage.ts";
import type { InputsSchema, Stage } from "./stage.ts";

/** Runs a stage as the entry of a reusable action: inputs from `INPUT_…`, outputs to the file that `GITHUB_OUTPUT` names. */
export async function runAction<Inputs extends InputsSchema>(stage: Stage<Inputs>): Promise<void> {
  const env = process.env;
  const output = processOutput(secretsIn(env), false);
  const given = Object.fromEntries(
    Object.keys(stage.inputs.entries).map((name) => [name, env[inputVariable(name)] || undefined]),
  );
  const { exit, report } = await runStage(stage, given, { env, output, clock: () => new Date() });
  if (report) {
    output.out(renderStage(report));
    if (env.GITHUB_OUTPUT)
      await appendFile(env.GITHUB_OUTPUT, `run-id=${report.run_id}\ndigest=${report.comparison?.digest ?? ""}\n`);
  }
  process.exitCode = exit;
}
