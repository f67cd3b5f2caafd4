import { chmod, copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BunPlugin } from "bun";

const ROOT = join(import.meta.dir, "..");

/** Default folder of the bundle. */
const DIST = join(ROOT, "dist");

/** Folder of the bundle with the sandbox, below the other: the image for trying zdsync has both (Dockerfile). */
export const TRYING = "trying";

const WITHOUT_SANDBOX: BunPlugin = {
  name: "without-sandbox",
  setup(build) {
    build.onResolve({ filter: /\/sandbox-commands\.ts$/ }, () => ({ path: join(ROOT, "bin/without-sandbox.ts") }));
  },
};

/** Names of a bundle's files in its folder; every other file there is not ours. */
const OURS = /^(?:zdsync|explain-worker|part-[a-z0-9]+)\.js$/;

/**
 * Makes `zdsync.js` in a folder: zdsync as Bun runs it without `node_modules`; beside it the parts that a command loads when it needs them
 * (all in one file it took a tenth of a second to begin), `explain-worker.js`, which the bot runs in a thread of its own, and the
 * `plans.yml` it was made with. This is what the image contains.
 * Of an earlier bundle in the folder nothing is left.
 * @param sandbox whether the sandbox is in it, for `demo` and `sandbox`: what runs against customers does not carry it
 * @throws AggregateError where something cannot be bundled
 */
export async function bundle(
  folder: string,
  { sandbox = false } = {},
): Promise<{ program: string; plans: string; bytes: number }> {
  const plans = join(folder, "plans.yml");
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (OURS.test(name)) await rm(join(folder, name));
  const { outputs } = await Bun.build({
    entrypoints: ["bin/zdsync.ts", "bot/organizations/explain-worker.ts"].map((entry) => join(ROOT, entry)),
    root: ROOT,
    target: "bun",
    splitting: true,
    plugins: sandbox ? [] : [WITHOUT_SANDBOX],
    // Syntax and white space only: with shortened names a stack trace (ZDSYNC_DEBUG) would say nothing.
    minify: { syntax: true, whitespace: true, identifiers: false },
    outdir: folder,
    // All in one folder: the worker is looked for beside the part that starts it.
    naming: { entry: "[name].js", chunk: "part-[hash].js" },
  });
  const foreign = outputs.filter(({ path }) => !OURS.test(basename(path)));
  if (foreign.length > 0) throw new Error(`bun build made ${foreign.map(({ path }) => path).join(", ")}`);
  const program = join(folder, "zdsync.js");
  await chmod(program, 0o755);
  await copyFile(join(ROOT, "plans.yml"), plans);
  return { program, plans, bytes: outputs.reduce((sum, { size }) => sum + size, 0) };
}

if (import.meta.main) {
  const folder = process.argv[2] ?? DIST;
  for (const made of [await bundle(folder), await bundle(join(folder, TRYING), { sandbox: true })])
    console.error(`${made.program}: ${made.bytes.toLocaleString("en-US")} bytes`);
}
