import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS } from "../../bin/commands.ts";
import { SANDBOX_COMMANDS } from "../../bin/sandbox-commands.ts";
import { STAGES } from "../../bin/stages.ts";
import { bundle } from "../../scripts/bundle.ts";
import { RUN_TIMEOUT, startWorld, stateOf } from "../pipeline/world.ts";
import { until } from "../support/bot/bot-world.ts";
import { folderWithBun, ROOT, runProgram, sandboxFor } from "./programs.ts";

setDefaultTimeout(RUN_TIMEOUT);

let folder = "";
let program = "";
let bin = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-bundle-"));
  ({ program } = await bundle(join(folder, "dist")));
  bin = await folderWithBun(join(folder, "bin"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the bundle in a folder of its own, with nothing in it and nothing but Bun on the PATH. */
async function zdsync(args: readonly string[], env: Record<string, string> = {}, cwd = "empty") {
  const workspace = join(folder, cwd);
  await mkdir(workspace, { recursive: true });
  return runProgram(["bun", program, ...args], { cwd: workspace, env: { PATH: bin, ...env } });
}

describe("the bundle, in an empty folder without node_modules", () => {
  test("is one program and the plans, and holds no path of the machine it was made on", async () => {
    const names = (await readdir(join(folder, "dist"))).sort();
    expect(names.filter((name) => !/^part-[a-z0-9]+\.js$/.test(name))).toEqual([
      "explain-worker.js",
      "plans.yml",
      "zdsync.js",
    ]);
    const texts = await Promise.all(names.map((name) => Bun.file(join(folder, "dist", name)).text()));
    // As booleans: a failure must not print megabytes.
    expect((await Bun.file(program).text()).startsWith("#!/usr/bin/env bun\n")).toBeTrue();
    expect(texts.some((text) => text.includes(ROOT))).toBeFalse();
  });

  test("made once more it is the same, byte for byte, and nothing of the one before is left", async () => {
    const again = join(folder, "again");
    await mkdir(again);
    for (const name of ["part-0ld.js", "somebody-elses.js"]) await Bun.write(join(again, name), "");
    await bundle(again);
    const names = await readdir(join(folder, "dist"));
    expect((await readdir(again)).sort()).toEqual([...names, "somebody-elses.js"].sort());
    for (const name of names) {
      const [one, other] = [join(folder, "dist", name), join(again, name)].map((path) => Bun.file(path).bytes());
      expect({ name, same: Bun.deepEquals(await one, await other) }).toEqual({ name, same: true });
    }
  });

  test("begins without what only some commands need: a few of its parts say how a command is used", async () => {
    const size = async (text: string) => {
      const parts = new Set<string>();
      const visit = async (name: string): Promise<void> => {
        if (parts.has(name)) return;
        parts.add(name);
        const source = await Bun.file(join(folder, "dist", name)).text();
        for (const { path, kind } of new Bun.Transpiler({ loader: "js" }).scanImports(source.replace(/^#!.*/, "")))
          if (kind === "import-statement" && path.startsWith("./")) await visit(path.slice(2));
      };
      await visit(text);
      return [...parts].reduce((sum, name) => sum + Bun.file(join(folder, "dist", name)).size, 0);
    };
    expect(await size("zdsync.js")).toBeLessThan(250_000);
  });

  for (const command of Object.keys(COMMANDS).filter((name) => !Object.hasOwn(SANDBOX_COMMANDS, name))) {
    test(`${command}: loads, with all its flags`, async () => {
      const { exit, out } = await zdsync([command, "--help"]);
      const usage = out.startsWith(`Usage: zdsync ${command} [options]`);
      expect({ exit, usage }).toEqual({ exit: 0, usage: true });
      expect(out).toContain("Examples:");
    });
  }

  test("a command runs only itself: no stage in the bundle takes itself for the entry", async () => {
    const { exit, printed } = await zdsync(["--version"]);
    expect({ exit, printed: printed.trim() }).toEqual({ exit: 0, printed: (await packageVersion()).trim() });
  });

  test("run does what run does from the clone: same state of all remotes, same counts", async () => {
    await using here = await startWorld();
    await using there = await sandboxFor(folder);
    const { summary } = await here.run();
    const ended = await zdsync(["run", "--json", "--quiet"], { ...there.env, PLANS_FILE: "../dist/plans.yml" }, "run");
    expect(ended.exit).toBe(0);
    expect(stateOf(there.sandbox)).toEqual(stateOf(here.sandbox));
    const counts = (reports: typeof summary.reports) =>
      reports.map(({ stage, instance, counts, comparison }) => ({ stage, instance, counts, p: comparison?.planned }));
    expect(counts(JSON.parse(ended.out).reports)).toEqual(counts(summary.reports));
  });

  test("every stage that gathers runs alone", async () => {
    await using there = await sandboxFor(folder);
    for (const args of [["gather-accounts"], ["gather-orgs", "--instance", "global"]]) {
      const { exit } = await zdsync(args, there.env, "stages");
      expect({ args, exit }).toEqual({ args, exit: 0 });
    }
    expect(await readdir(join(folder, "stages/data"))).toContain("zendesk_global.manifest.json");
  });

  test("with the sandbox, for the image for trying: demo brings its own plans", async () => {
    const trying = await bundle(join(folder, "trying"), { sandbox: true });
    const cwd = join(folder, "demo");
    await mkdir(cwd, { recursive: true });
    const { exit, printed } = await runProgram(
      ["bun", trying.program, "demo", "--accounts", "20", "--time-factor", "1000"],
      { cwd, env: { PATH: bin, TMPDIR: folder } },
    );
    expect(printed).toContain("Second run:");
    expect(exit).toBe(0);
  });

  test("the bot runs, tells of an organization from a thread of its own, and ends", async () => {
    await using there = await sandboxFor(folder);
    const env = { ...there.env, PATH: bin, PLANS_FILE: "../dist/plans.yml", HOME: folder };
    const cwd = join(folder, "bot");
    await mkdir(cwd, { recursive: true });
    expect((await zdsync(["run", "--quiet"], env, "bot")).exit).toBe(0);
    const bot = Bun.spawn(["bun", program, "bot", "--port", "0"], { cwd, env, stderr: "pipe" });
    try {
      const port = await portIn(bot.stderr);
      const person = there.sandbox.slackPerson({ app: `http://127.0.0.1:${port}/slack/events` });
      const id = String(there.sandbox.zendesk("global").organizations.find((one) => one.external_id)?.external_id);
      expect((await person.types(`/zdsync explain ${id}`)).status).toBe(200);
      expect((await person.types("/zdsync run --dry-run")).status).toBe(200);
      const said = () => JSON.stringify(there.sandbox.slackConversation());
      // Right after a run nothing is left to do.
      await until(() => said().includes(`(${id})`) && said().includes("would change nothing now"));
    } finally {
      bot.kill();
    }
    expect(await bot.exited).toBe(0);
  });
});

test("there are stages to bundle", () => {
  expect(Object.keys(COMMANDS)).toEqual(expect.arrayContaining(Object.keys(STAGES)));
});

/** The port in the line that the bot prints once it listens. */
async function portIn(printed: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of printed) {
    text += new TextDecoder().decode(chunk);
    const [, port] = /listens on port (\d+)/.exec(text) ?? [];
    if (port) return port;
  }
  throw new Error(`the bot ended: ${text}`);
}

async function packageVersion(): Promise<string> {
  return (await Bun.file(join(ROOT, "package.json")).json()).version;
}
