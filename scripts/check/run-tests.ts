import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import { plain } from "./failure.ts";
import { announcedFile, outcomeOf, type TestOutcome } from "./test-report.ts";

/** Test files at a time, for each core: most tests wait for something (a pipeline, a browser, a pause) most of the time. */
const FILES_PER_CORE = 2;
/** Each takes up to half a gigabyte. */
const MAX_FILES_AT_ONCE = 8;

/** Called with the number of test files begun so far, after each file that begins. */
export type TestProgress = (files: number) => void;

/**
 * Runs `bun test` in processes of its own, so that a death is seen, several files at a time.
 * @param args patterns and flags for it
 * @returns its outcome, and where something failed the file with all that it printed
 */
export async function runTests(
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; onProgress?: TestProgress },
): Promise<TestOutcome & { log: string | null }> {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-check-"));
  const report = join(folder, "junit.xml");
  const atOnce = Math.min(FILES_PER_CORE * navigator.hardwareConcurrency, MAX_FILES_AT_ONCE);
  const flags = [`--parallel=${atOnce}`, "--reporter=junit", `--reporter-outfile=${report}`];
  const tests = Bun.spawn([process.execPath, "test", ...flags, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, printed] = await Promise.all([
    new Response(tests.stdout).text(),
    readLines(tests.stderr, options.onProgress ?? (() => {})),
    tests.exited,
  ]);
  const junit = await readFile(report, "utf8").catch(() => null);
  const outcome = outcomeOf({
    cwd: options.cwd,
    expected: expectedFiles(args, options.cwd),
    junit,
    printed,
    exitCode: tests.exitCode,
    signal: tests.signalCode,
  });
  if (outcome.failures.length === 0) {
    await rm(folder, { recursive: true });
    return { ...outcome, log: null };
  }
  const log = join(folder, "output.txt");
  await writeFile(log, `${printed}\n\n== on stdout\n${out}`);
  return { ...outcome, log };
}

/** All test files, where `args` ask for no particular ones. */
function expectedFiles(args: readonly string[], cwd: string): string[] | null {
  if (args.some((argument) => !argument.startsWith("--"))) return null;
  return [...new Glob("**/*.test.{ts,tsx}").scanSync(cwd)].filter((file) => !file.includes("node_modules/")).sort();
}

async function readLines(stream: ReadableStream<Uint8Array>, onProgress: TestProgress): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let told = 0;
  // A file is announced again after lines of another one.
  const files = new Set<string>();
  const noteFile = (file: string | null) => {
    if (file === null || files.has(file)) return;
    files.add(file);
    onProgress(files.size);
  };
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n") + 1;
    for (const line of plain(text.slice(told, end)).split("\n")) noteFile(announcedFile(line));
    told = end;
  }
  return plain(text);
}
