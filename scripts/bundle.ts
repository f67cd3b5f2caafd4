import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..");

/** Where the bundle goes unless another folder is named. */
export const DIST = join(ROOT, "dist");

/**
 * Makes `zdsync.js` in a folder: all of zdsync in one file that Bun runs without `node_modules`, and beside it the `plans.yml`
 * it was made with. This is what the image contains. The sandbox is in it too, so that `zdsync demo` works from the image.
 * @throws AggregateError where something cannot be bundled
 */
export async function bundle(folder: string): Promise<{ program: string; plans: string; bytes: number }> {
  const program = join(folder, "zdsync.js");
  const plans = join(folder, "plans.yml");
  await mkdir(folder, { recursive: true });
  // Syntax and white space only: with shortened names a stack trace (ZDSYNC_DEBUG) would say nothing.
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, "bin/zdsync.ts")],
    target: "bun",
    minify: { syntax: true, whitespace: true, identifiers: false },
    // write-file-atomic hashes its own path into the names of temporary files; the path of this machine has no place in there.
    define: { __filename: '"zdsync"', __dirname: '"."' },
    outdir: folder,
    naming: "zdsync.js",
  });
  const [output] = outputs;
  if (!output || outputs.length > 1) throw new Error(`expected one file, bun build made ${outputs.length}`);
  await chmod(program, 0o755);
  await copyFile(join(ROOT, "plans.yml"), plans);
  return { program, plans, bytes: output.size };
}

if (import.meta.main) {
  const { program, bytes } = await bundle(process.argv[2] ?? DIST);
  console.error(`${program}: ${bytes.toLocaleString("en-US")} bytes`);
}
