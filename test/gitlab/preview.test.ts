import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { STAGES } from "../../bin/stages.ts";
import { parseIncluded } from "./lint.ts";
import { type PreviewFolder, previewFolder } from "./preview.ts";
import { ROOT } from "./programs.ts";

setDefaultTimeout(60_000);

let folder: PreviewFolder;
beforeAll(async () => {
  folder = await previewFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** The merged configuration; what gitlab-ci-local says besides is on the same stream, before it. */
async function merged(config: unknown): Promise<Record<string, Record<string, unknown>>> {
  const { exit, out, printed } = await folder.preview(config);
  if (exit !== 0) throw new Error(printed);
  return parse(out.slice(out.indexOf("---\n")));
}

function jobsOf(config: Record<string, unknown>): string[] {
  return Object.keys(config).filter((name) => name.startsWith("zdsync-"));
}

describe("merged by gitlab-ci-local and held against GitLab's CI schema", () => {
  test("every component, twice where it is for one instance", async () => {
    const include = Object.keys(STAGES).flatMap((stage) => {
      const local = `/templates/${stage}/template.yml`;
      return /orgs|process|compare|^sync$/.test(stage)
        ? ["global", "us-government"].map((instance) => ({ local, inputs: { instance, needs: [] } }))
        : [{ local, inputs: { needs: [] } }];
    });
    expect(jobsOf(await merged({ include }))).toHaveLength(11);
  });

  test("the pipeline: eleven jobs and the summary; inputs arrive in the command", async () => {
    const inputs = { "dry-run": true, allow: "marks=120 updates=3", "data-dir": "some/folder" };
    const config = await merged({ include: [{ local: "/.gitlab/ci/pipeline.yml", inputs }] });
    expect(jobsOf(config)).toHaveLength(12);
    const { script, needs } = config["zdsync-sync-global"] ?? {};
    for (const given of [
      "INPUT_ALLOW='marks=120 updates=3'",
      "INPUT_DRY_RUN='true'",
      "INPUT_INSTANCE='global'",
      "INPUT_DATA_DIR='some/folder'",
    ])
      expect(String(script)).toContain(`${given} \\\n`);
    expect(needs).toEqual(
      ["gather-orgs-global", "process-global", "compare-global"].map((name) =>
        expect.objectContaining({ job: `zdsync-${name}` }),
      ) as never,
    );
  });

  test.each([
    ["both", 12, null],
    ["global", 7, "us-government"],
    ["us-government", 7, "global"],
  ])(
    "the pipeline for instances %s: %i jobs, none of the other instance, nor needed by those left",
    async (instances, count, other) => {
      const config = await merged({ include: [{ local: "/.gitlab/ci/pipeline.yml", inputs: { instances } }] });
      const left = jobsOf(config).filter((name) => {
        const [rule] = (config[name]?.rules ?? []) as { if: string }[];
        const [, one, another] = /"([\w-]+)" != "([\w-]+)"$/.exec(rule?.if ?? "") ?? [];
        return one === undefined || one !== another;
      });
      expect(left).toHaveLength(count);
      if (other) expect(left.filter((name) => name.endsWith(`-${other}`))).toEqual([]);
      for (const name of left) {
        const needs = config[name]?.needs as { job: string; optional?: boolean }[];
        expect(needs.filter(({ job, optional }) => !optional && !left.includes(job))).toEqual([]);
      }
    },
  );

  test("all projects of the chain", async () => {
    const names = (await readdir(join(ROOT, ".gitlab/ci/multi-project"))).sort();
    const include = await Promise.all(
      names.map(async (name) => {
        const { inputs } = parseIncluded(await readFile(join(ROOT, ".gitlab/ci/multi-project", name), "utf8"));
        const projects = Object.keys(inputs).filter((input) => input.endsWith("-project"));
        return {
          local: `/.gitlab/ci/multi-project/${name}`,
          inputs: Object.fromEntries(projects.map((input) => [input, "support/next"])),
        };
      }),
    );
    expect(jobsOf(await merged({ include }))).toHaveLength(19);
  });

  test("the canary: a keyword that GitLab does not know is found", async () => {
    const { exit, printed } = await folder.preview({ "zdsync-a": { scrpt: ["a"], script: ["a"] } });
    expect(exit).toBe(1);
    expect(printed).toContain("scrpt");
  });

  test.each([
    ["allow", "marks=1; touch pwned"],
    ["run-id", "$(touch pwned)"],
    ["data-dir", "../elsewhere"],
    ["today", "`touch pwned`"],
    ["deadline", '45m"; touch pwned; "'],
    ["image", "a b"],
  ])("S9: an input %s of %j creates no pipeline", async (name, value) => {
    const { exit, printed } = await folder.preview({
      include: [{ local: "/.gitlab/ci/pipeline.yml", inputs: { [name]: value } }],
    });
    expect(exit).toBe(1);
    expect(printed).toContain(name);
    expect(await readdir(folder.path)).not.toContain("pwned");
  });
});
