import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStage, STAGES, type StageName } from "../../bin/stages.ts";
import { describeInputs, inputVariable } from "../../lib/pipeline/parse-inputs.ts";
import { orderVariable } from "../../lib/remotes/gitlab/ci-job.ts";
import { PROGRAM } from "../../scripts/job-script.ts";
import { parseIncluded } from "./lint.ts";
import { folderWithBun, MACHINE_PATH, ROOT, runProgram } from "./programs.ts";

setDefaultTimeout(60_000);

const HOSTILE = [
  '"; touch pwned; "',
  "'; touch pwned; '",
  "$(touch pwned)",
  "`touch pwned`",
  "a\ntouch pwned\n",
  "global\n",
  "$SALESFORCE_CLIENT_SECRET",
  "$IFS$IFS;touch pwned",
  "-x && touch pwned",
  "../../etc",
  "$[[ inputs.image ]]",
];

const stages = await Promise.all((Object.keys(STAGES) as StageName[]).map(loadStage));
let folder = "";
let bin = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-injection-"));
  bin = await folderWithBun(join(folder, "bin"));
  const entry = `#!/bin/sh\nexec bun '${join(ROOT, "bin/zdsync.ts")}' "$@"\n`;
  await writeFile(join(bin, "zdsync"), entry, { mode: 0o755 });
  await writeFile(join(folder, "empty.config.yml"), "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lines as a runner gives them to bash, the job's variables in the environment. */
async function inBash(script: string, env: Record<string, string>) {
  const cwd = await mkdtemp(join(folder, "job-"));
  const ended = await runProgram(["bash", "-eo", "pipefail", "-c", script], {
    cwd,
    env: {
      PATH: `${bin}:${MACHINE_PATH}`,
      SALESFORCE_CLIENT_SECRET: "c0nfidential",
      ZDSYNC_CONFIG: join(folder, "empty.config.yml"),
      ...env,
    },
  });
  return { ...ended, left: await readdir(cwd) };
}

/** A stage as somebody's own job has it: not a component's, with inputs as variables. */
function runStage(stage: string, env: Record<string, string>) {
  return inBash(`zdsync ${stage}`, env);
}

/** A component's script, with inputs filled in as GitLab does it: textually. */
async function runComponent(stage: string, inputs: Record<string, string>, env: Record<string, string>) {
  const { inputs: declared, body } = parseIncluded(
    await readFile(join(ROOT, "templates", stage, "template.yml"), "utf8"),
  );
  const [job] = Object.values(body) as { script: string[] }[];
  const script = (job?.script ?? [])
    .join("\n")
    .replaceAll(/\$\[\[ inputs\.([a-z-]+) \]\]/g, (_, name: string) =>
      String(inputs[name] ?? declared[name]?.default ?? ""),
    )
    .replaceAll(PROGRAM, join(bin, "zdsync"));
  const predefined = { CI_JOB_ID: "1", CI_PROJECT_ID: "2", CI_PIPELINE_ID: "3", CI_JOB_TOKEN: "t0ken-t0ken" };
  return inBash(script, { ...predefined, ...env });
}

describe("S9: what GitLab lets into a pipeline", () => {
  test.each(stages.map((stage) => stage.name))("%s: no text input lets anything hostile through", async (name) => {
    const { inputs } = parseIncluded(await readFile(join(ROOT, "templates", name, "template.yml"), "utf8"));
    for (const [input, declared] of Object.entries(inputs)) {
      if (declared.type === "array") continue;
      if (declared.type === "boolean") continue;
      const through = HOSTILE.filter(
        (value) => declared.options?.includes(value) ?? new RegExp(declared.regex ?? "").test(value),
      );
      expect({ input, through }).toEqual({ input, through: [] });
    }
  });
});

describe("B4: variables of another job", () => {
  test.each(stages.map((stage, index) => [stage.name, HOSTILE[index] ?? ""]))(
    "%s: %j as every variable of its inputs changes nothing",
    async (name, value) => {
      const inputs = stages.filter((stage) => stage.name === name).flatMap((stage) => describeInputs(stage.inputs));
      const env = Object.fromEntries([
        ...inputs.flatMap((input) => [
          [inputVariable(input.name), value],
          [orderVariable(input.name), value],
        ]),
        ["ZDSYNC_RUN_ID", value],
        ["ZDSYNC_DATA_DIR", value],
        ["ZDSYNC_ORDERS", "chain"],
        ["ZDSYNC_TRANSPORT", "packages"],
        ["ZDSYNC_HANDOVER_PROCESS", `1:2:${"0".repeat(64)}`],
      ]);
      const instance = { instance: "global" };
      const alone = await runComponent(name, instance, {});
      const ended = await runComponent(name, instance, env);
      expect({ exit: ended.exit, left: ended.left }).toEqual({ exit: alone.exit, left: alone.left });
      expect(ended.printed).toBe(alone.printed);
    },
  );

  test("in a chain, what it hands down is an order where it is a valid one", async () => {
    const inputs = { instance: "us-government", orders: "chain" };
    const { printed } = await runComponent("sync", inputs, { ZDSYNC_ORDER_ALLOW: "everything" });
    expect(printed).toContain("--allow: expected EFFECT=N");
  });
});

describe("S9: a job of somebody's own, whose variables are from anywhere", () => {
  test.each(stages.map((stage, index) => [stage.name, HOSTILE[index] ?? ""]))(
    "%s with %j everywhere",
    async (name, value) => {
      const inputs = stages.filter((stage) => stage.name === name).flatMap((stage) => describeInputs(stage.inputs));
      const env = Object.fromEntries(inputs.map((input) => [inputVariable(input.name), value]));
      const { exit, printed, left } = await runStage(name, env);
      expect({ exit, left }).toEqual({ exit: 2, left: [] });
      expect(printed).toContain("INPUT_TODAY: expected");
      expect(printed).not.toContain("c0nfidential");
    },
  );

  test.each(HOSTILE.filter((value) => value !== "global\n"))("sync with the instance %j", async (value) => {
    const { exit, printed, left } = await runStage("sync", { INPUT_INSTANCE: value });
    expect({ exit, left }).toEqual({ exit: 2, left: [] });
    expect(printed).toContain("INPUT_INSTANCE: expected one of global, us-government");
  });

  test("what a chain hands over, and how", async () => {
    const job = {
      ZDSYNC_GITLAB_JOB: "true",
      ZDSYNC_ORDERS: "chain",
      CI_JOB_ID: "1",
      CI_PROJECT_ID: "2",
      CI_PIPELINE_ID: "3",
      CI_JOB_TOKEN: "t0ken-t0ken",
    };
    for (const value of HOSTILE) {
      const { exit, printed, left } = await runStage("compare", {
        ...job,
        INPUT_INSTANCE: "global",
        ZDSYNC_HANDOVER_PROCESS: value,
        ZDSYNC_TRANSPORT: value,
        CI_API_V4_URL: "http://elsewhere.example/api/v4",
      });
      expect({ exit, left }).toEqual({ exit: 2, left: [] });
      for (const name of ["ZDSYNC_HANDOVER_PROCESS", "ZDSYNC_TRANSPORT", "CI_API_V4_URL"])
        expect(printed).toContain(`${name}: expected`);
    }
  });

  test("a folder is a folder, whatever it is called", async () => {
    const { exit, printed, left } = await runStage("compare", {
      INPUT_INSTANCE: "global",
      INPUT_DATA_DIR: "$(touch pwned)",
    });
    expect(exit).toBe(1);
    expect(printed).toContain("$(touch pwned)/global_accounts.json is missing");
    expect(left).not.toContain("pwned");
  });
});
