import { describe, expect, test } from "bun:test";
import { parseAllDocuments } from "yaml";
import { loadStage, STAGES, type StageName } from "../bin/stages.ts";
import { FILE_PREFIX } from "../lib/domain/instance.ts";
import { describeInputs, inputProblems, inputVariable } from "../lib/pipeline/parse-inputs.ts";
import { chainYamls } from "./chain-yaml.ts";
import { componentInputs } from "./component-inputs.ts";
import { componentReference } from "./component-reference.ts";
import { componentYaml } from "./component-yaml.ts";
import { pipelineInputs, pipelineYaml } from "./pipeline-yaml.ts";

const root = `${import.meta.dir}/..`;
const stages = await Promise.all((Object.keys(STAGES) as StageName[]).map(loadStage));
const onDisk = (path: string) => Bun.file(`${root}/${path}`).text();

describe.each(stages.map((stage) => [stage.name, stage] as const))("the component %s", (name, stage) => {
  const [header, body] = parseAllDocuments(componentYaml(stage)).map((document) => document.toJS());
  const inputs = describeInputs(stage.inputs);
  const [job] = Object.values(body) as {
    variables: Record<string, unknown>;
    script: string[];
    environment: unknown;
    cache?: { key: string; paths: string[]; policy: string };
    artifacts: { paths: string[]; reports?: { dotenv?: string } };
  }[];

  test("has every input of the stage, mandatory where the stage requires it", () => {
    for (const { name: input, required } of inputs)
      expect({ input, required: header.spec.inputs[input].default === undefined }).toEqual({ input, required });
  });

  test("B4: every input of the stage stands in the command itself, where no variable of another job replaces it", () => {
    for (const { name: input } of inputs)
      expect(job?.script.join()).toContain(`${inputVariable(input)}='$[[ inputs.${input} ]]' \\\n`);
    expect(Object.keys(job?.variables ?? {})).toEqual(["FF_DISABLE_UMASK_FOR_DOCKER_EXECUTOR"]);
    expect(job?.artifacts.reports?.dotenv).toBeUndefined();
  });

  test("B4: variables can be scoped to the job, and nothing is deployed", () => {
    const suffix = name + (header.spec.inputs.instance ? "-$[[ inputs.instance ]]" : "");
    expect(job?.environment).toEqual({ name: `$[[ inputs.environment ]]/${suffix}`, action: "access" });
  });

  test("keeps everything that the stage makes", () => {
    for (const made of stage.makes)
      for (const prefix of Object.values(FILE_PREFIX))
        expect(job?.artifacts.paths).toContain(`$[[ inputs.data-dir ]]/${made.replace("<i>", prefix)}`);
  });

  test("C4, B2: keeps what it remembers from run to run in a cache, apart for each instance, and no other stage does", () => {
    const kept: Record<string, [files: string[], policy: string]> = {
      "gather-accounts": [["merged_accounts_memory.json", "accounts_memory.txt"], "pull-push"],
      "gather-orgs": [["contacts.sqlite"], "pull"],
      sync: [["contacts.sqlite"], "pull-push"],
    };
    const [files, policy] = kept[name] ?? [];
    expect(job?.cache?.paths).toEqual(files?.map((file) => `$[[ inputs.data-dir ]]/${file}`));
    expect(job?.cache?.policy).toEqual(policy);
    if (files) expect(job?.cache?.key.includes("inputs.instance")).toBe("instance" in stage.inputs.entries);
  });

  test("lies where GitLab looks for it as it would be made now", async () => {
    expect(await onDisk(`templates/${name}/template.yml`)).toBe(componentYaml(stage));
  });
});

describe("patterns", () => {
  const sync = stages.find(({ name }) => name === "sync");
  const patterns = sync ? componentInputs(sync) : {};
  const digest = "0123456789abcdef".repeat(4);

  test.each([
    ["today", "2026-11-30"],
    ["run-id", "pipeline-12.a_b"],
    ["data-dir", "some/data.d"],
    ["allow", "marks=120 marked_total=3"],
    ["at-most", "global.creates=3 usgov_user.downgrades=0"],
    ["expect", `${digest} ${digest}`],
    ["max-age", "60m"],
    ["deadline", "90s"],
    ["rate-share", "0.95"],
  ])("%s: %s passes GitLab and the stage", (name, value) => {
    expect(value).toMatch(new RegExp(patterns[name]?.regex ?? "^$"));
    expect(sync && inputProblems(sync.inputs, { instance: "global", [name]: value }, {})).toEqual([]);
  });

  test.each([
    ["data-dir", ["../data", "/data", "data/../..", "a b", ".hidden", ""]],
    [
      "at-most",
      ["creates=3", "global.creates", "global.marked_total=1", "global.creates=1,usgov.marks=2", "global.creates=1\n"],
    ],
    ["rate-share", ["0.05", "0.96", "1", "50%", "0.5\n"]],
    ["allow", ["marks", "marks=", "deletes=1", "marks=1,updates=2", "marks=1 "]],
    [
      "image",
      ["$SALESFORCE_CLIENT_SECRET", "evil.example/$CI_JOB_TOKEN", "$CI_JOB_TOKEN/x", "a b", "$CI_REGISTRY_PASSWORD/x"],
    ],
  ])("%s: none of %j passes GitLab", (name, values) => {
    for (const value of values) expect(value).not.toMatch(new RegExp(patterns[name]?.regex ?? ""));
  });

  test("an image may come from GitLab's own registries, with tag and digest", () => {
    for (const image of [
      "$CI_REGISTRY/a/b:1.0",
      "$CI_REGISTRY_IMAGE:1.0",
      "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA",
      `registry.example:5000/a@sha256:${digest}`,
    ])
      expect(image).toMatch(new RegExp(patterns.image?.regex ?? "^$"));
  });
});

describe("pipelines and the page", () => {
  test("lie there as they would be made now", async () => {
    for (const [name, text] of chainYamls()) expect(await onDisk(`.gitlab/ci/multi-project/${name}`)).toBe(text);
    for (const file of [".gitlab/ci/pipeline.yml", "templates/full-pipeline/template.yml"])
      expect(await onDisk(file)).toBe(await pipelineYaml());
    const page = await onDisk("docs/gitlab.md");
    expect(componentReference(page, stages, await pipelineInputs())).toBe(page);
  });

  test("the page's examples name this version; a page without markers is told", async () => {
    const page =
      "ref: 9.9.9\n<!-- components: generated by `bun run generate`; do not edit -->\noutdated\n<!-- /components -->\n";
    const made = componentReference(page, stages, await pipelineInputs());
    expect(made).not.toContain("9.9.9");
    expect(made).not.toContain("outdated");
    expect(() => componentReference("nothing", stages, {})).toThrow("lacks the lines");
  });
});
