import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { COMMANDS, VERSION } from "./commands.ts";

const ROOT = join(import.meta.dir, "..");

/** Libraries that take long to load; each is for one remote, the sandbox or the bot. */
const HEAVY = ["jsforce", "@slack/", "@faker-js/", "hono", "msw", "@jetstreamapp/", "ofetch", "node-zendesk"];

interface Ended {
  exit: number;
  out: string;
  err: string;
}

/** Runs the command line with nothing configured. */
async function zdsync(...args: string[]): Promise<Ended> {
  return spawned([join(import.meta.dir, "zdsync.ts"), ...args]);
}

async function spawned(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: ROOT,
    // As by the link on the PATH.
    env: { PATH: process.env.PATH, _: "/usr/local/bin/zdsync", ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, out, err };
}

/** Every module that a call of the command line loads. */
async function modulesLoadedBy(...args: string[]): Promise<string[]> {
  const script = `const { program } = await import(${JSON.stringify(join(import.meta.dir, "program.ts"))});
    await program(${JSON.stringify(args)}, {});
    console.error("MODULES " + JSON.stringify(Object.keys(require.cache)));`;
  const { err } = await spawned(["-e", script]);
  return JSON.parse(/MODULES (.*)/.exec(err)?.[1] ?? "[]");
}

describe("help", () => {
  test.each([["--help"], ["-h"], ["help"], []])(
    "zdsync %s: every command and the exit codes, exit 0",
    async (...args) => {
      const { exit, out, err } = await zdsync(...args.filter((arg) => typeof arg === "string"));
      for (const name of Object.keys(COMMANDS)) expect(out).toMatch(new RegExp(`^ +${name} +\\S`, "m"));
      expect(out).toContain("4 refused before any write");
      expect(err).toBe("");
      expect(exit).toBe(0);
    },
  );

  test("in a checkout: every command as it was typed", async () => {
    const { out } = await spawned([join(import.meta.dir, "zdsync.ts"), "run", "--help"], { _: process.execPath });
    expect(out).toStartWith("Usage: bun bin/zdsync.ts run [options]");
    expect(out).toContain("Examples:\n  bun bin/zdsync.ts run\n");
    expect(out).not.toMatch(/(?<!\/)\bzdsync run/);
  });

  test.each(Object.keys(COMMANDS))("zdsync %s --help: flags and examples, exit 0", async (name) => {
    const { exit, out, err } = await zdsync(name, "--help");
    expect(err).toBe("");
    expect(out).toStartWith(`Usage: zdsync ${name} [options]`);
    expect(out).toContain("--json");
    expect(out).toMatch(/Examples:\n {2}\S/);
    expect(exit).toBe(0);
  });

  test("the flags of a command that writes, with what is required and what holds by default", async () => {
    const { out } = await zdsync("sync", "--help");
    for (const flag of [
      "--dry-run",
      "--allow",
      "--expect",
      "--max-age",
      "--deadline",
      "--rate-share",
      "--data-dir",
      "--today",
      "--run-id",
      "--quiet",
    ])
      expect(out).toContain(`  ${flag} `);
    expect(out).toMatch(/--instance .*\(required\)/);
    expect(out).toMatch(/--data-dir .*\(default: data\)/);
    expect(out).toMatch(/--rate-share [^-]*\(default:\s+0\.5\)/);
  });

  test("--version", async () => {
    expect(await zdsync("--version")).toEqual({ exit: 0, out: `${VERSION}\n`, err: "" });
  });
});

describe("wrong usage: exit 2, everything wrong is named, nothing on stdout", () => {
  test.each<[string, string[], string[]]>([
    ["an unknown command", ["snyc"], ["unknown command 'snyc'", "Did you mean sync?"]],
    ["a word of Object", ["constructor"], ["unknown command 'constructor'"]],
    ["an unknown flag before the command", ["--nope", "sync"], ["unknown option '--nope'"]],
    [
      "unknown flags, each with the nearest known one",
      ["sync", "--instance", "global", "--dry-rum", "--expected=abc", "--nonsense", "value"],
      [
        "--dry-rum: no such flag; did you mean --dry-run?",
        "--expected: no such flag; did you mean --expect?",
        "--nonsense: no such flag; see zdsync sync --help",
      ],
    ],
    [
      "a short flag that is near to nothing, and a part of one",
      ["run", "--limt", "3", "--run", "x"],
      ["--limt: no such flag; see zdsync run --help", "--run: no such flag; see zdsync run --help"],
    ],
    ["a word too many", ["process", "global"], ["global: not expected here; see zdsync process --help"]],
    ["a value for a switch", ["sync", "--instance", "global", "--dry-run=no"], ["--dry-run: takes no value"]],
    ["a flag without its value", ["process", "--data-dir"], ["--data-dir <value>' argument missing"]],
    ["a missing required flag", ["compare"], ["--instance: missing; expected one of global, us-government"]],
    [
      "several wrong values at once, with a missing and an unknown one",
      [
        "sync",
        "--bogus",
        "--max-age",
        "5",
        "--deadline",
        "soon",
        "--allow",
        "a=b",
        "--today",
        "2026-02-30",
        "--expect",
        "x",
        "--rate-share",
        "1",
      ],
      [
        "--bogus:",
        "--max-age:",
        "--deadline:",
        "--allow:",
        "--today:",
        "--expect:",
        "--rate-share: expected a share from 0.1 to 0.95",
        "--instance: missing",
      ],
    ],
    ["a wrong number", ["sandbox", "--port", "x", "--accounts", "0"], ["--port:", "--accounts: expected at least 1"]],
  ])("%s", async (_, args, told) => {
    const { exit, out, err } = await zdsync(...args);
    for (const part of told) expect(err).toContain(part);
    expect(out).toBe("");
    expect(err).not.toContain("    at ");
    expect(exit).toBe(2);
  });

  test("a variable that is wrong is named as the variable", async () => {
    const { exit, err } = await spawned([join(import.meta.dir, "zdsync.ts"), "process"], { ZDSYNC_TODAY: "tomorrow" });
    expect(err).toContain("ZDSYNC_TODAY: expected a day written YYYY-MM-DD");
    expect(exit).toBe(2);
  });

  test("settings that are missing are all named, also with --json, and no secret is repeated", async () => {
    const env = {
      SALESFORCE_CLIENT_SECRET: "c0nfidential",
      ZENDESK_GLOBAL_URL: "c0nfidential",
      GITLAB_URL: "http://gitlab.example",
    };
    const { exit, out, err } = await spawned([join(import.meta.dir, "zdsync.ts"), "run", "--json"], env);
    for (const name of ["SALESFORCE_LOGIN_URL", "ZENDESK_GLOBAL_URL", "ZENDESK_USGOV_CLIENT_ID", "OVERRIDES_PROJECT"])
      expect(err).toContain(`${name}: `);
    expect(`${out}${err}`).not.toContain("c0nfidential");
    expect(JSON.parse(out)).toMatchObject({
      exit: 2,
      problems: expect.arrayContaining([{ where: "SALESFORCE_LOGIN_URL", what: "not set" }]),
    });
    expect(exit).toBe(2);
  });
});

describe("nothing is loaded that is not needed", () => {
  test.each([
    [["--help"], 18],
    [["nope"], 18],
    [["sync", "--help"], 169],
    [["process", "--help"], 156],
  ])("%j", async (args, most) => {
    const modules = await modulesLoadedBy(...args);
    expect(modules.some((path) => path.endsWith("bin/program.ts"))).toBeTrue();
    expect(modules.filter((path) => HEAVY.some((name) => path.includes(`/node_modules/${name}`)))).toEqual([]);
    const own = modules.filter((path) => path.startsWith(ROOT) && !path.includes("node_modules"));
    expect(own.length).toBeLessThanOrEqual(most);
  });

  test("the canary: what is needed is seen to be loaded", async () => {
    const modules = await modulesLoadedBy("sandbox", "--help");
    expect(modules.some((path) => path.includes("/node_modules/hono/"))).toBeTrue();
  });
});
