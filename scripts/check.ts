import { join } from "node:path";
import { provideTools } from "./check/machine-tools.ts";
import { runChecks } from "./check/run-checks.ts";

/**
 * Everything that must hold before a change lands, with all of its own set-up: tools of the machine, dependencies, types, format and
 * lint, generated files, tests. Arguments go to `bun test`.
 */
const CHECKS = [
  { name: "dependencies", args: ["install", "--frozen-lockfile", "--silent"], first: true },
  { name: "types", args: ["x", "tsc", "-p", "."] },
  { name: "types of the page", args: ["x", "tsc", "-p", "page"] },
  { name: "format and lint", args: ["x", "biome", "ci", "--error-on-warnings", "."] },
  { name: "generated files", args: ["scripts/generate.ts", "--check"] },
] as const;

/**
 * The variables that checks may see: a shell full of settings (SALESFORCE_…, GITHUB_ACTIONS, BUN_OPTIONS, TZ) must not decide what a
 * test does, nor lead one to a real remote.
 */
const KEPT =
  /^(?:PATH|HOME|TMPDIR|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|BUN_INSTALL\w*|npm_config_(?:registry|cafile|cache))$|proxy$/i;

// Before everything else: where a tool is missing, that is the first line.
const said = provideTools();
if (said !== null) console.log(said);
const passed = await runChecks({
  root: join(import.meta.dir, ".."),
  checks: CHECKS,
  // Bun's five seconds are for a machine that does nothing else; what hangs is noticed all the same.
  // The slowest files begin first; `bun run check --update-timings` says anew which those are.
  testArgs: ["--timeout=60000", "--timings=test/timings.json", ...process.argv.slice(2)],
  env: {
    ...Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        value !== undefined && KEPT.test(name) ? [[name, value]] : [],
      ),
    ),
    CI: "1",
  },
  out: process.stdout,
  live: process.stdout.isTTY === true && !process.env.CI,
});
process.exitCode = passed ? 0 : 1;
