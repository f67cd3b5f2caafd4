import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { loadStage, STAGES, type StageName } from "../bin/stages.ts";
import { describeInputs, inputVariable } from "../lib/pipeline/parse-inputs.ts";
import { actionYaml } from "./action-yaml.ts";
import { stageTable } from "./stage-table.ts";

const stages = await Promise.all((Object.keys(STAGES) as StageName[]).map(loadStage));

describe.each(stages.map((stage) => [stage.name, stage] as const))("action.yml of %s", (name, stage) => {
  const action = parse(actionYaml(stage));
  const inputs = describeInputs(stage.inputs);

  test("has every input of the stage, required where the stage requires it", () => {
    expect(action.name).toBe(`zdsync ${name}`);
    expect(Object.keys(action.inputs)).toEqual(inputs.map((input) => input.name));
    for (const input of inputs) {
      expect(action.inputs[input.name].required).toBe(input.required);
      expect(action.inputs[input.name].default).toBe(input.default as never);
    }
  });

  test("S9: no input reaches a shell: the command holds none, the environment all of them", () => {
    const [setUp, step] = action.runs.steps;
    expect(JSON.stringify(setUp)).not.toContain("inputs.");
    expect(step.run).toBe(`sh "$GITHUB_ACTION_PATH/../../scripts/zdsync.sh" ${name}`);
    expect(step.env).toEqual(
      Object.fromEntries(inputs.map((input) => [inputVariable(input.name), `\${{ inputs.${input.name} }}`])),
    );
  });

  test("answers run id and digest", () => {
    expect(Object.keys(action.outputs)).toEqual(["run-id", "digest"]);
  });

  test("lies beside the stage as it would be made now", async () => {
    expect(await Bun.file(`${import.meta.dir}/../actions/${name}/action.yml`).text()).toBe(actionYaml(stage));
  });
});

test("inputVariable: capitals and underscores", () => {
  expect(inputVariable("data-dir")).toBe("INPUT_DATA_DIR");
});

describe("the table of stages", () => {
  const lines = stageTable(stages).split("\n");
  const row = (name: string) => lines.filter((line) => line.startsWith(`| \`${name}\``));

  test("has a line for each stage and one for its inputs, of as many cells as the head", () => {
    for (const { name } of stages) {
      const [about, inputs] = row(name);
      expect(about?.split("|")).toHaveLength(8);
      expect(inputs?.split("|")).toHaveLength(4);
    }
  });

  test("says which stages write, what they need and which inputs are required", () => {
    expect(row("sync")[0]).toEndWith("| Zendesk global, Slack, Zendesk us-government | yes |");
    expect(row("process")[0]).toEndWith("| GitLab (overrides) | no |");
    expect(row("compare")[0]).toEndWith("| none | no |");
    expect(row("sync")[1]).toContain("**`instance`**");
    expect(row("sync")[1]).not.toContain("**`allow`**");
  });

  test("S9: only stages that write take the inputs of writing", () => {
    for (const stage of stages)
      if (describeInputs(stage.inputs).some(({ name }) => name === "dry-run")) expect(stage.writes).toBeTrue();
  });
});
