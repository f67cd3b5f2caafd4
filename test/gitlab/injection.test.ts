import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStage, STAGES, type StageName } from "../../bin/stages.ts";
import { describeInputs, inputVariable } from "../../lib/stage/parse-inputs.ts";
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
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a component's script as a runner does: the lines to bash, the variables in the environment. */
async function runScript(stage: string, env: Record<string, string>) {
  const text = await readFile(join(ROOT, "templates", stage, "template.yml"), "utf8");
  const [job] = Object.values(parseIncluded(text).body) as { script: string[] }[];
  const cwd = await mkdtemp(join(folder, "job-"));
  const script = (job?.script ?? []).join("\n");
  const ended = await runProgram(["bash", "-eo", "pipefail", "-c", script], {
    cwd,
    env: { PATH: `${bin}:${MACHINE_PATH}`, SALESFORCE_CLIENT_SECRET: "c0nfidential", ...env },
  });
  return { ...ended, left: await readdir(cwd) };
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

describe("S9: what reaches a job all the same (a variable of a pipeline wins over the component's)", () => {
  test.each(stages.map((stage, index) => [stage.name, HOSTILE[index] ?? ""]))(
    "%s with %j everywhere",
    async (name, value) => {
      const inputs = stages.filter((stage) => stage.name === name).flatMap((stage) => describeInputs(stage.inputs));
      const env = Object.fromEntries(inputs.map((input) => [inputVariable(input.name), value]));
      const { exit, printed, left } = await runScript(name, env);
      expect({ exit, left }).toEqual({ exit: 2, left: [] });
      expect(printed).toContain("INPUT_TODAY: expected");
      expect(printed).not.toContain("c0nfidential");
    },
  );

  test.each(HOSTILE.filter((value) => value !== "global\n"))("sync with the instance %j", async (value) => {
    const { exit, printed, left } = await runScript("sync", { INPUT_INSTANCE: value });
    expect({ exit, left }).toEqual({ exit: 2, left: [] });
    expect(printed).toContain("INPUT_INSTANCE: expected one of global, us-government");
  });

  test("what a chain hands over, and how", async () => {
    const job = {
      ZDSYNC_GITLAB_JOB: "true",
      CI_JOB_ID: "1",
      CI_PROJECT_ID: "2",
      CI_PIPELINE_ID: "3",
      CI_JOB_TOKEN: "t0ken-t0ken",
    };
    for (const value of HOSTILE) {
      const { exit, printed, left } = await runScript("compare", {
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
    const { exit, printed, left } = await runScript("compare", {
      INPUT_INSTANCE: "global",
      INPUT_DATA_DIR: "$(touch pwned)",
    });
    expect(exit).toBe(1);
    expect(printed).toContain("$(touch pwned)/global_accounts.json is missing");
    expect(left).not.toContain("pwned");
  });
});
