import { type Failure, renderFailure } from "./failure.ts";

/** One thing to hold before the tests: Bun called with these arguments must end with 0. */
export interface Check {
  name: string;
  args: readonly string[];
  /** Nothing else can be checked where it fails. */
  first?: true;
}

export interface CheckOptions {
  /** Folder of the project. */
  root: string;
  checks: readonly Check[];
  /** Patterns and flags for `bun test`. */
  testArgs: readonly string[];
  env: Record<string, string>;
  /** Destination of progress and results. */
  out: { write(text: string): unknown };
  /** True if a line may be overwritten: on a terminal. Otherwise a line is printed now and then. */
  live: boolean;
}

/** Number of test files between two progress lines if no live line is shown. */
const FILES_BETWEEN_LINES = 50;

/**
 * Runs every check and then the tests, also after a failure; prints the failures only, and last the line `N passed, N failed`, where
 * every check and every test counts once.
 * @returns whether all passed
 */
export async function runChecks(options: CheckOptions): Promise<boolean> {
  const { root, env, live, out } = options;
  const count = { passed: 0, failed: 0 };
  const showLive = (text: string) => live && out.write(`\r\u001b[2K${text}`);
  const print = (text: string) => {
    showLive("");
    out.write(`${text}\n`);
  };
  const report = (failure: Failure) => {
    count.failed++;
    print(`\n${renderFailure(failure)}`);
  };
  const close = () => {
    print(`\n${count.passed} passed, ${count.failed} failed`);
    return count.failed === 0;
  };

  for (const { name, args, first } of options.checks) {
    showLive(`${name} …`);
    const message = outputOfFailed(args, root, env);
    if (message === null) {
      count.passed++;
      print(`✓ ${name}`);
    } else {
      report({ name, message, more: `all of it: bun ${args.join(" ")}` });
      if (first) return close();
    }
  }
  showLive("tests …");
  // Only now: it needs the dependencies, which the first check installs.
  const { runTests } = await import("./run-tests.ts");
  const onProgress = (files: number) => {
    if (live) showLive(`tests: ${files} files`);
    else if (files % FILES_BETWEEN_LINES === 0) print(`  tests: ${files} files so far`);
  };
  const { passed, failures, log } = await runTests(options.testArgs, { cwd: root, env, onProgress });
  count.passed += passed;
  for (const failure of failures) report(failure);
  print(log === null ? `✓ tests (${passed})` : `\nAll that the tests printed: ${log}`);
  return close();
}

/** Returns the output of a failed check; null if it passed. */
function outputOfFailed(args: readonly string[], cwd: string, env: Record<string, string>): string | null {
  const { exitCode, signalCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...args], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (exitCode === 0) return null;
  return `${stdout}\n${stderr}`.trim() || `ended with ${signalCode ?? `exit code ${exitCode}`} and printed nothing`;
}
