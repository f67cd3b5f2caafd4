import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MACHINE_PATH, ROOT, runProgram } from "./programs.ts";

/** The scripts that make and copy images, with a `docker` that only writes down how it is called (no Docker runs where the tests run). */
const BUILT = `sha256:${"1".repeat(64)}`;
const PINNED = `sha256:${"2".repeat(64)}`;
const OWN = "registry.example/zdsync/zdsync";
const TEST_IMAGE = `${OWN}/test:c0ffee`;
const TRYING_IMAGE = `${OWN}/test/trying:c0ffee`;

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "zdsync-build-image-"));
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "dist"));
  await cp(join(ROOT, "scripts"), join(folder, "scripts"), { recursive: true });
  for (const file of ["zdsync.js", "part-1.js", "plans.yml"]) await writeFile(join(folder, "dist", file), file);
  await writeFile(join(folder, "released-digest"), `${PINNED}\n`);
  const docker = `#!/bin/sh
echo "$@" >> calls
case "$*" in
  *sha256sum*) cat sums ;;
  "image inspect"*" $BUN_IMAGE") echo "$BUN_IMAGE@sha256:base" ;;
  "image inspect"*) echo "${TEST_IMAGE}@${BUILT}" ;;
  "buildx imagetools inspect"*) cat copied ;;
esac
`;
  await writeFile(join(folder, "bin/docker"), docker, { mode: 0o755 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @param sums what `sha256sum` says in the image; @param copied the digest that the copy has */
async function buildImage(env: Record<string, string>, { sums = "", copied = PINNED } = {}) {
  await writeFile(join(folder, "calls"), "");
  await writeFile(join(folder, "sums"), sums);
  await writeFile(join(folder, "copied"), copied);
  const all = {
    PATH: `${join(folder, "bin")}:${MACHINE_PATH}`,
    CI_REGISTRY_IMAGE: OWN,
    CI_COMMIT_SHA: "c0ffee",
    BUN_IMAGE: "oven/bun:1",
    ...env,
  };
  const { exit, printed } = await runProgram(["sh", "scripts/build-image.sh"], { cwd: folder, env: all });
  const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
  const digest = await readFile(join(folder, "image-digest"), "utf8").catch(() => "");
  await rm(join(folder, "image-digest"), { force: true });
  return { exit, printed, calls, digest: digest.trim(), pushed: calls.filter((call) => /^push|create/.test(call)) };
}

async function ownSums(): Promise<string> {
  const files = ["dist/zdsync.js", "dist/part-1.js", "dist/plans.yml", "scripts/zdsync.sh"];
  const hash = async (file: string) =>
    new Bun.CryptoHasher("sha256").update(await readFile(join(folder, file))).digest("hex");
  return (await Promise.all(files.map(async (file) => `${await hash(file)}  /in/the/image\n`))).join("");
}

describe("build-image", () => {
  test("on branches and merge requests builds on the base's digest and pushes to the repository for tests only", async () => {
    const { exit, calls, pushed, digest } = await buildImage({});
    expect({ exit, digest, pushed }).toEqual({
      exit: 0,
      digest: BUILT,
      pushed: [`push --quiet ${TEST_IMAGE}`, `push --quiet ${TRYING_IMAGE}`],
    });
    const [program, trying] = calls.filter((call) => call.startsWith("build "));
    expect(program).toContain("--build-arg BUN_IMAGE=oven/bun:1@sha256:base ");
    expect(program).not.toContain("--target");
    expect(trying).toContain(`--target trying --build-arg PROGRAM=${TEST_IMAGE} `);
    expect(calls).toContain(`run --rm ${TRYING_IMAGE} zdsync demo --accounts 150`);
  });

  test("on a tag takes the pinned image, adds the sandbox to that very one, and pushes to the repository for tests only", async () => {
    const { exit, calls, pushed, digest } = await buildImage({ CI_COMMIT_TAG: "1.2.3" }, { sums: await ownSums() });
    expect({ exit, digest }).toEqual({ exit: 0, digest: PINNED });
    expect(calls[0]).toBe(`pull --quiet ${OWN}@${PINNED}`);
    expect(pushed).toEqual([
      `buildx imagetools create --prefer-index=false --tag ${TEST_IMAGE} ${OWN}@${PINNED}`,
      `push --quiet ${TRYING_IMAGE}`,
    ]);
    const built = calls.filter((call) => call.startsWith("build "));
    expect(built).toEqual([expect.stringContaining(`--target trying --build-arg PROGRAM=${OWN}@${PINNED} `)]);
  });

  test("on a tag refuses a pinned image that holds another program than the tag's commit", async () => {
    const sums = (await ownSums()).replace(/^./, "x");
    const { exit, printed, pushed, digest } = await buildImage({ CI_COMMIT_TAG: "1.2.3" }, { sums });
    expect({ exit, pushed, digest }).toEqual({ exit: 1, pushed: [], digest: "" });
    expect(printed).toContain(`released-image.json pins ${PINNED}, whose program is not the one of this commit`);
  });

  test("fails where the copy of an image is not the same image", async () => {
    const { exit, printed } = await buildImage({ CI_COMMIT_TAG: "1.2.3" }, { sums: await ownSums(), copied: BUILT });
    expect(exit).toBe(1);
    expect(printed).toContain(`${TEST_IMAGE} is ${BUILT}, expected ${PINNED}`);
  });
});
