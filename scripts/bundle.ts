import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

/** Where the bundle goes unless another folder is named. */
export const DIST = join(ROOT, "dist");

/**
 * Makes `zdsync.js` in a folder: all of zdsync in one file that Bun runs without `node_modules`; beside it the `plans.yml` it was made
 * with, and `explain-worker.js`, which the bot runs in a thread of its own. This is what the image contains. The sandbox is in it too,
 * so that `zdsync demo` works from the image.
 * @throws AggregateError where something cannot be bundled
 */
export async function bundle(folder: string): Promise<{ program: string; plans: string; bytes: number }> {
  const plans = join(folder, "plans.yml");
  await mkdir(folder, { recursive: true });
  const program = await bundleOne("bin/zdsync.ts", folder, "zdsync.js");
  await bundleOne("bot/organizations/explain-worker.ts", folder, "explain-worker.js");
  await chmod(program.path, 0o755);
  await copyFile(join(ROOT, "plans.yml"), plans);
  return { program: program.path, plans, bytes: program.size };
}

async function bundleOne(entry: string, folder: string, name: string): Promise<{ path: string; size: number }> {
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, entry)],
    target: "bun",
    // Syntax and white space only: with shortened names a stack trace (ZDSYNC_DEBUG) would say nothing.
    minify: { syntax: true, whitespace: true, identifiers: false },
    outdir: folder,
    naming: name,
  });
  const [output] = outputs;
  if (!output || outputs.length > 1) throw new Error(`expected one file, bun build made ${outputs.length}`);
  return { path: join(folder, name), size: output.size };
}

if (import.meta.main) {
  const { program, bytes } = await bundle(process.argv[2] ?? DIST);
  console.error(`${program}: ${bytes.toLocaleString("en-US")} bytes`);
}
