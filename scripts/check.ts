/**
 * Everything that must hold before a change lands: types, format and lint, generated files, tests. Runs all of it, also after a
 * failure, and closes with `N passed, N failed`, where every check and every test counts once.
 */
const CHECKS: readonly { name: string; command: readonly string[] }[] = [
  { name: "types", command: ["bun", "x", "tsc", "-p", "."] },
  { name: "format and lint", command: ["bun", "x", "biome", "ci", "--error-on-warnings", "."] },
  { name: "generated files", command: ["bun", "scripts/generate.ts", "--check"] },
];

export {};

let passed = 0;
let failed = 0;

for (const { name, command } of CHECKS) {
  console.log(`\n== ${name}`);
  const { exitCode } = Bun.spawnSync([process.execPath, ...command.slice(1)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode === 0) passed++;
  else failed++;
}

console.log("\n== tests");
// Its own process, so that a crash of the runner is seen; the summary is on stderr.
const tests = Bun.spawn([process.execPath, "test", ...process.argv.slice(2)], {
  stdio: ["ignore", "inherit", "pipe"],
  env: { ...process.env, CI: "1" },
});
let tail = "";
for await (const chunk of tests.stderr.pipeThrough(new TextDecoderStream())) {
  process.stderr.write(chunk);
  tail = (tail + chunk).slice(-2000);
}
const exitCode = await tests.exited;
const count = (what: string) => Number(new RegExp(`^\\s*(\\d+) ${what}$`, "m").exec(tail)?.[1] ?? 0);
passed += count("pass");
failed += count("fail");
// Bun exits with an error also when a file does not load or a hook fails, which it may not count as a failed test.
if (exitCode !== 0 && count("fail") === 0) failed++;
if (count("pass") === 0) failed++;

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
