import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plain } from "./failure.ts";
import { announcedFile, outcomeOf, type TestOutcome } from "./test-report.ts";

/** How far the tests are: told after each file that begins. */
export type TestProgress = (files: number) => void;

/**
 * Runs `bun test` in a process of its own, so that its death is seen.
 * @param args patterns and flags for it
 * @returns its outcome, and where something failed the file with all that it printed
 */
export async function runTests(
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; onProgress?: TestProgress },
): Promise<TestOutcome & { log: string | null }> {
  const folder = await mkdtemp(join(tmpdir(), "zdsync-check-"));
  const report = join(folder, "junit.xml");
  const tests = Bun.spawn([process.execPath, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...args], {
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
  const outcome = outcomeOf({ junit, printed, exitCode: tests.exitCode, signal: tests.signalCode });
  if (outcome.failures.length === 0) {
    await rm(folder, { recursive: true });
    return { ...outcome, log: null };
  }
  const log = join(folder, "output.txt");
  await writeFile(log, `${printed}\n\n== on stdout\n${out}`);
  return { ...outcome, log };
}

async function readLines(stream: ReadableStream<Uint8Array>, onProgress: TestProgress): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let told = 0;
  let files = 0;
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf("\n") + 1;
    for (const line of plain(text.slice(told, end)).split("\n")) if (announcedFile(line)) onProgress(++files);
    told = end;
  }
  return plain(text);
}
