/**
 * Mutation tests of the rules: process, compare, equality, limits. Each mutant must make a test fail; at least 90 % do.
 * Not part of the check: takes about half an hour on two cores.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const config = {
  packageManager: "npm",
  testRunner: "command",
  commandRunner: { command: `${process.execPath} test lib/domain --bail` },
  mutate: [
    "lib/domain/{process,process-decision,process-notes,entitled-instance,entitlement,overrides,plans,dates,support-level}.ts",
    "lib/domain/{compare-*,join-organizations,name-conflicts,organization-scope,value-equality,limits,protected-address}.ts",
    "!lib/domain/**/*.test.ts",
  ],
  concurrency: 2,
  coverageAnalysis: "off",
  ignorePatterns: ["data", "reports", "dist"],
  reporters: ["clear-text", "html", "progress"],
  htmlReporter: { fileName: "reports/mutation/index.html" },
  thresholds: { high: 95, low: 90, break: 90 },
  // TypeScript 7 lacks the interface that Stryker reads a tsconfig with; nothing here needs one.
  tsconfigFile: "no-tsconfig.json",
  tempDirName: ".stryker-tmp",
};

const file = join(root, "reports", "stryker.config.json");
await Bun.write(file, "");
await writeFile(file, JSON.stringify(config, null, 2));
// Stryker refuses the Node.js of many machines; under `--bun` it runs on the pinned Bun.
const stryker = Bun.spawn([process.execPath, "--bun", "x", "stryker", "run", file], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
});
process.exitCode = await stryker.exited;
