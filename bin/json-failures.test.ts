import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "./commands.ts";
import { STAGES } from "./stages.ts";

/** A command line in a folder of its own, with nothing configured; answers what a program reads and what people read. */
async function zdsync(args: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "zdsync.ts"), ...args], {
    cwd: join(import.meta.dir, ".."),
    env: { PATH: process.env.PATH, _: "/usr/local/bin/zdsync", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, json: JSON.parse(out) as Record<string, unknown>, lines: out.split("\n"), err };
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "zdsync-json-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

const INSTANCE = ["gather-orgs", "compare", "sync"];

describe("A8: --json says why it failed", () => {
  test.each([...Object.keys(STAGES), "run", "preview", "undo"])(
    "%s: wrong usage, as problems (exit 2)",
    async (name) => {
      const { exit, json, lines } = await zdsync([name, "--json", "--today", "tomorrow"]);
      expect(exit).toBe(2);
      expect(json).toMatchObject({
        exit: 2,
        problems: expect.arrayContaining([{ where: "--today", what: expect.any(String) }]),
      });
      expect(lines).toHaveLength(2);
    },
  );

  test("doctor: wrong usage as problems, everything else as findings", async () => {
    expect((await zdsync(["doctor", "--json", "--today", "x"])).json).toMatchObject({
      exit: 2,
      problems: [{ where: "--today" }],
    });
    expect((await zdsync(["doctor", "--json"])).json).toMatchObject({ exit: 2, findings: expect.any(Array) });
  });

  test("no command that runs stages is forgotten here", () => {
    const noStages = ["bot", "slack-manifest", "pipeline-summary", "demo", "sandbox", "runs", "doctor", "explain"];
    const ofRules = ["audit", "test", "simulate", "simulate-merge-request"];
    const without = [...noStages, ...ofRules];
    const held = [...Object.keys(STAGES), "run", "preview", "undo"];
    expect(
      Object.keys(COMMANDS)
        .filter((name) => !without.includes(name))
        .sort(),
    ).toEqual(held.sort());
  });

  test.each(["compare", "sync", "partner-sync", "process"])(
    "%s: a missing file, as an error (exit 1)",
    async (name) => {
      await using empty = await folder();
      await writeFile(join(empty.path, "plans.yml"), "types: {}\n");
      const where = INSTANCE.includes(name) ? ["--instance", "global"] : [];
      const env = {
        PLANS_FILE: "plans.yml",
        ZENDESK_GLOBAL_URL: "http://127.0.0.1:9",
        ZENDESK_GLOBAL_CLIENT_ID: "a",
        ZENDESK_GLOBAL_CLIENT_SECRET: "b",
        ZDSYNC_CONFIG: join(empty.path, "config.yml"),
      };
      await writeFile(join(empty.path, "config.yml"), "overrides: none\n");
      const { exit, json } = await zdsync([name, "--json", "--data-dir", empty.path, ...where], env);
      expect({ exit, json }).toMatchObject({
        exit: 1,
        json: { exit: 1, errors: [{ code: "artifact.unusable", text: expect.stringContaining("is missing") }] },
      });
    },
  );

  test("a run in progress, as a refusal (exit 4): code, parameters and text", async () => {
    await using data = await folder();
    const holder = {
      host: hostname(),
      pid: process.pid,
      command: "run",
      run_id: "r1",
      since: new Date().toISOString(),
    };
    await writeFile(join(data.path, "zdsync.lock"), JSON.stringify(holder));
    const { exit, json, err } = await zdsync(["compare", "--instance", "global", "--json", "--data-dir", data.path]);
    expect(exit).toBe(4);
    expect(json).toMatchObject({
      exit: 4,
      refusals: [{ code: "lock.held", params: { run_id: "r1", pid: process.pid } }],
    });
    const [{ text } = { text: "" }] = json.refusals as { text: string }[];
    expect(err).toContain(`error: ${text}`);
  });
});
