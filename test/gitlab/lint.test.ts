import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { STAGES } from "../../bin/stages.ts";
import packageJson from "../../package.json";
import { PROGRAM } from "../../scripts/job-script.ts";
import {
  inclusionsIn,
  letsQuotesThrough,
  lintFile,
  lintInclusion,
  parseIncluded,
  parseSnippet,
  snippetsOf,
} from "./lint.ts";
import { ROOT } from "./programs.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const templates = [...Object.keys(STAGES), "simulate"].map((name) => `templates/${name}/template.yml`);
const FULL_PIPELINE = "templates/full-pipeline/template.yml";
const pipelines = [...new Glob(".gitlab/ci/**/*.yml").scanSync({ cwd: ROOT, dot: true })].sort();
const snippets = snippetsOf(read("docs/gitlab.md"));

describe("files that other projects include", () => {
  test("are a component for each stage, one for simulations and one for all, the pipeline, and the chain of nine projects", () => {
    expect([...new Glob("templates/**/*.yml").scanSync(ROOT)].sort()).toEqual([...templates, FULL_PIPELINE].sort());
    expect(pipelines).toHaveLength(10);
  });

  test.each([...templates, FULL_PIPELINE, ...pipelines])(
    "%s: nothing that GitLab refuses or that reaches into another pipeline",
    (file) => {
      const included = parseIncluded(read(file));
      expect(lintFile(included)).toEqual([]);
      expect(
        inclusionsIn(included.body).flatMap(({ file: other, inputs }) =>
          lintInclusion(inputs, parseIncluded(read(other))),
        ),
      ).toEqual([]);
    },
  );

  test.each([FULL_PIPELINE, ...pipelines])("%s: at most 20 inputs, each of a schedule's has a default", (file) => {
    const { inputs } = parseIncluded(read(file));
    expect(Object.keys(inputs).length).toBeLessThanOrEqual(20);
    if (!file.includes("multi-project"))
      for (const input of Object.values(inputs)) expect(input).toHaveProperty("default");
  });
});

describe("jobs", () => {
  const jobs = templates.map((file) => {
    const [name = "", job] = Object.entries(parseIncluded(read(file)).body)[0] ?? [];
    return [file.split("/")[1] ?? "", { name, ...(job as Record<string, unknown>) }] as const;
  });

  test.each(jobs)("%s: the script is the command alone, with quoted variables before it (S9)", (stage, job) => {
    const [script = "", ...others] = Object(job).script as string[];
    expect(others).toEqual([]);
    const lines = script.split(" \\\n");
    expect(lines.pop()).toBe(`${PROGRAM} ${stage === "simulate" ? "simulate-merge-request" : stage}`);
    for (const line of lines) expect(line).toMatch(/^(?:ZDSYNC|INPUT)_[A-Z_]+='[^']*'$/);
  });

  test.each(jobs)(
    "%s: artifacts expire, are not public, and nothing but the runner's failures is retried",
    (_, job) => {
      expect(job).toMatchObject({
        artifacts: { expire_in: "$[[ inputs.expire-in ]]", access: "$[[ inputs.access ]]" },
        retry: { when: ["runner_system_failure", "scheduler_failure"] },
      });
    },
  );

  test("what writes is never interrupted, and one at a time for each instance", () => {
    const groups = Object.fromEntries(
      jobs.map(([stage, job]) => [stage, [Object(job).interruptible, Object(job).resource_group]]),
    );
    expect(groups).toEqual({
      "gather-accounts": [true, undefined],
      "gather-orgs": [true, undefined],
      process: [true, undefined],
      compare: [true, undefined],
      sync: [false, "zdsync-$[[ inputs.instance ]]"],
      "partner-sync": [false, "zdsync-global"],
      "user-sync": [false, "zdsync-us-government"],
      // Writes one note, in place.
      simulate: [true, undefined],
    });
  });
});

describe("the chain", () => {
  const triggers = pipelines
    .filter((file) => file.includes("multi-project"))
    .flatMap((file) =>
      Object.entries(parseIncluded(read(file)).body).flatMap(([name, job]) =>
        Object(job).trigger ? [[file, name, job] as const] : [],
      ),
    );

  test("every project but the last of each branch starts the next one, and waits for it", () => {
    expect(triggers).toHaveLength(8);
    for (const [, , job] of triggers)
      expect(job).toMatchObject({
        trigger: { strategy: "$[[ inputs.strategy ]]", forward: { pipeline_variables: true } },
      });
  });

  test("only the first job holds a lock: one further down would wait for it for ever", () => {
    expect(
      triggers.flatMap(([file, , job]) => (Object(job).resource_group ? [file, Object(job).resource_group] : [])),
    ).toEqual([".gitlab/ci/multi-project/start.yml", "zdsync-chain"]);
  });

  test("what is handed on are exact jobs, as their dotenv names them", () => {
    const handedOn = triggers.flatMap(([, , job]) => Object.entries(Object(job).variables as Record<string, string>));
    const handOvers = handedOn.filter(([name]) => name.startsWith("ZDSYNC_HANDOVER_"));
    expect(handOvers).toHaveLength(9);
    for (const [name, value] of handOvers) expect(value).toBe(`$${name.replace("ZDSYNC_HANDOVER_", "")}_HANDOVER`);
  });
});

describe("the snippets of docs/gitlab.md", () => {
  test("are there", () => {
    expect([...snippets.keys()]).toEqual([
      "single-pipeline",
      "dry-run",
      "run-form",
      "whole-pipeline-lock",
      "chain-start",
      "chain-compare",
      "full-pipeline",
      "vault",
      "oidc",
      "components",
    ]);
  });

  test.each([...snippets])("%s: includes what exists, with inputs that it takes, at this version", (_, text) => {
    const inclusions = inclusionsIn(parseSnippet(text));
    expect(inclusions.length).toBeGreaterThan(0);
    expect(inclusions.flatMap(({ file, inputs }) => lintInclusion(inputs, parseIncluded(read(file))))).toEqual([]);
    for (const [, version] of text.matchAll(/(?:ref: |component: \S+@)(\S+)/g))
      expect(version).toBe(packageJson.version);
  });
});

describe("the lint itself finds", () => {
  const file = (inputs: string, body: string) => lintFile(parseIncluded(`spec:\n  inputs:\n${inputs}\n---\n${body}`));
  const name = "    name: { description: a name, regex: '^[a-z]+$' }";

  test.each([
    [
      "an input in a script without single quotes",
      name,
      "zdsync-a: { script: ['echo \"$[[ inputs.name ]]\"'] }",
      "input name stands in script without quotes",
    ],
    [
      "an input in a script that may hold a quote",
      "    name: { description: a name, regex: '^[ -~]+$' }",
      `zdsync-a: { script: ["A='$[[ inputs.name ]]' b"] }`,
      "input name in script may hold a quote",
    ],
    ["an input nobody uses", name, "zdsync-a: { script: [a] }", "never used"],
    ["an input nobody declares", "", "zdsync-a: { stage: '$[[ inputs.name ]]' }", "not declared"],
    ["a global keyword", name, "variables: { A: '$[[ inputs.name ]]' }", "variables is global"],
    ["a hidden job without prefix", name, ".base: { stage: '$[[ inputs.name ]]' }", "job .base has no prefix"],
    ["any text", "    name: { description: a name }", "zdsync-a: { stage: '$[[ inputs.name ]]' }", "takes any text"],
    [
      "a loose pattern",
      "    name: { description: a, regex: '[a-z]+' }",
      "zdsync-a: { stage: '$[[ inputs.name ]]' }",
      "not anchored",
    ],
    ["no description", "    name: { regex: '^a$' }", "zdsync-a: { stage: '$[[ inputs.name ]]' }", "no description"],
    [
      "a wrong default",
      "    name: { description: a, regex: '^a$', default: b }",
      "zdsync-a: { stage: '$[[ inputs.name ]]' }",
      "default",
    ],
    [
      "a boolean variable",
      "    name: { description: a, type: boolean }",
      "zdsync-a: { variables: { A: '$[[ inputs.name ]]' } }",
      "A is a boolean",
    ],
  ])("%s", (_, inputs, body, problem) => {
    expect(file(inputs, body).join()).toContain(problem);
  });

  test.each([
    ["^[a-z.]+$", false],
    ["^(?:\\d{1,5}[smh])?$", false],
    ["^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$", false],
    ["^(?:a|b)\\.c$", false],
    ["^.*$", true],
    ["^[^;]+$", true],
    ["^[!-~]+$", true],
    ["^\\S+$", true],
    ["^it's$", true],
    ["[a-z]+", true],
  ])("%s: lets a quote through: %p", (regex, through) => {
    expect(letsQuotesThrough({ regex })).toBe(through);
  });

  test("unknown, missing and wrong inputs of an inclusion", () => {
    const inputs = { a: { regex: "^x$" }, b: { type: "boolean" }, c: { options: ["1"], default: "1" } };
    expect(lintInclusion({ a: "y", c: "2", d: 1 }, { inputs })).toEqual([
      "input d is unknown",
      "input b is missing",
      "input a does not match its pattern",
      "input c is none of its options",
    ]);
    expect(lintInclusion({ a: "x", b: "true" }, { inputs })).toEqual(["input b is string, not boolean"]);
  });
});
