import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import packageJson from "../../package.json";
import { bundle } from "../../scripts/bundle.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";
import { copiedFiles, copies, parseDockerfile, target } from "./dockerfile.ts";
import { folderWithBun, MACHINE_PATH, ROOT, runProgram, sandboxFor } from "./programs.ts";

/** No image can be built where the tests run (no Docker): what goes into it is laid out in a folder and run from there. */
setDefaultTimeout(RUN_TIMEOUT);

const dockerfile = parseDockerfile(await readFile(join(ROOT, "Dockerfile"), "utf8"));
/** The image that runs against customers: what is built where no target is named. */
const instructions = target(dockerfile, "zdsync");
const trying = target(dockerfile, "trying");
const valuesIn = (all: typeof dockerfile, name: string) =>
  all.filter((one) => one.name === name).map(({ rest }) => rest);
const values = (name: string) => valuesIn(instructions, name);

let image = "";
let context = "";

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-image-"));
  context = join(folder, "context");
  image = join(folder, "image");
  await bundle(join(context, "dist"));
  await mkdir(join(context, "scripts"));
  await copyFile(join(ROOT, "scripts/zdsync.sh"), join(context, "scripts/zdsync.sh"));
  for (const { mode, source, target: place } of copiedFiles(instructions, context)) {
    await mkdir(join(image, dirname(place)), { recursive: true });
    await copyFile(join(context, source), join(image, place));
    await chmod(join(image, place), mode);
  }
  await folderWithBun(join(image, "usr/local/bin"));
});
afterAll(() => rm(dirname(image), { recursive: true, force: true }));

/** Runs a command as a container of the image would: its PATH first, in a working directory of the job's. */
async function inImage(
  command: readonly string[],
  env: Record<string, string> = {},
  cwd = join(dirname(image), "builds"),
) {
  await mkdir(cwd, { recursive: true });
  const path = [join(image, "usr/local/bin"), MACHINE_PATH].join(":");
  return runProgram(command, { cwd, env: { PATH: path, ...env } });
}

describe("the Dockerfile", () => {
  test("begins with the pinned Bun, in a variant that has a shell", () => {
    expect(valuesIn(dockerfile, "ARG").map((one) => one.replace(/@sha256:[0-9a-f]{64}$/, ""))).toEqual([
      `BUN_IMAGE=oven/bun:${packageJson.engines.bun}-slim`,
      "PROGRAM=program",
    ]);
    expect(values("FROM")).toEqual([`\${BUN_IMAGE} AS program`, "program AS zdsync"]);
  });

  test("everything it copies exists after bundling, and passes .dockerignore", async () => {
    const ignore = (await readFile(join(ROOT, ".dockerignore"), "utf8")).split("\n");
    expect(copies(instructions).length).toBe(3);
    for (const { source } of copies(instructions)) expect(ignore).toContain(`!${source}`);
    const copied = copiedFiles(instructions, context).map(({ source }) => source);
    const made = (await readdir(join(context, "dist"))).map((name) => `dist/${name}`);
    expect(copied.sort()).toEqual([...made, "scripts/zdsync.sh"].sort());
    expect(ignore).toContain("*");
  });

  test("what is built without naming a target is the one that runs against customers, the last one", () => {
    expect(valuesIn(dockerfile, "FROM").at(-1)).toBe("program AS zdsync");
  });

  test("the image for trying is that very image with the sandbox beside the program, and nothing else", () => {
    const added = trying.filter((one) => !instructions.includes(one));
    expect(added.map(({ name, rest }) => `${name} ${rest}`)).toEqual([
      `FROM \${PROGRAM} AS trying`,
      "COPY --chmod=0444 dist/trying/*.js /usr/local/lib/zdsync-trying/",
    ]);
    expect(readFileSync(join(ROOT, ".dockerignore"), "utf8")).toContain("\n!dist/trying/*.js\n");
  });

  test("runs as somebody who is not root, and nothing is copied or run after that as root", () => {
    const users = values("USER");
    expect(users).toEqual(["bun"]);
    expect(users.at(-1)).not.toMatch(/^(?:root|0)\b/);
  });

  test("what it copies belongs to root and cannot be changed by who runs it", () => {
    for (const { mode } of copies(instructions)) expect(mode & 0o222).toBe(0);
    expect(instructions.filter(({ rest }) => rest.includes("--chown"))).toEqual([]);
  });

  test("holds no secret: no argument or variable is named like one", () => {
    for (const line of [...valuesIn(dockerfile, "ARG"), ...valuesIn(dockerfile, "ENV")])
      expect(line).not.toMatch(/SECRET|TOKEN|KEY|PASSWORD/);
  });
});

describe("laid out as in the image", () => {
  test("it carries no sandbox, and says where one is", async () => {
    const programs = [...new Glob("*.js").scanSync(join(image, "usr/local/lib/zdsync"))];
    const texts = await Promise.all(
      programs.map((name) => readFile(join(image, "usr/local/lib/zdsync", name), "utf8")),
    );
    // Words of the sandbox's own code, and of the packages that only it needs.
    for (const word of ["SANDBOX_SLACK_URL=", "soql-parser", "faker", "startSandbox"])
      expect({ word, found: texts.some((text) => text.includes(word)) }).toEqual({ word, found: false });
    for (const command of ["demo", "sandbox"]) {
      const { exit, printed } = await inImage(["zdsync", command]);
      expect({ exit, printed }).toEqual({
        exit: 2,
        printed: expect.stringContaining("Use the image zdsync/trying of this version"),
      });
    }
  });

  test("its CMD works", async () => {
    const { exit, out } = await inImage(JSON.parse(values("CMD")[0] ?? "[]"));
    expect({ exit, usage: out.split("\n")[0] }).toEqual({ exit: 0, usage: "Usage: zdsync [options] [command]" });
  });

  test("a job's shell finds zdsync, and zdsync finds its plans: process runs in a folder that has none", async () => {
    await using there = await sandboxFor(dirname(image));
    const script = "zdsync gather-accounts --quiet && zdsync process --quiet";
    const { exit, printed } = await inImage(["sh", "-ec", script], there.env);
    expect(printed).not.toContain("error:");
    expect(exit).toBe(0);
  });

  for (const [what, name, plansFile] of [
    ["PLANS_FILE", "our-plans.yml", "our-plans.yml"],
    ["plans.yml", "plans.yml", undefined],
  ] as const) {
    test(`a project's own ${what} wins over the image's plans`, async () => {
      await using there = await sandboxFor(dirname(image));
      const cwd = join(dirname(image), `project-with-${name}`);
      await mkdir(cwd);
      await writeFile(join(cwd, name), "no plans: at all\n");
      const env = { ...there.env, ...(plansFile ? { PLANS_FILE: plansFile } : {}) };
      const { exit, printed } = await inImage(["sh", "-ec", "zdsync gather-accounts && zdsync process"], env, cwd);
      expect(exit).not.toBe(0);
      expect(printed).toContain(`error: ${name}`);
    });
  }

  test("a PLANS_FILE that is not there is said, not replaced by the image's", async () => {
    await using there = await sandboxFor(dirname(image));
    const { exit, printed } = await inImage(["zdsync", "process"], { ...there.env, PLANS_FILE: "our-plans.yml" });
    expect(exit).toBe(2);
    expect(printed).toContain("PLANS_FILE: our-plans.yml does not exist");
  });
});
