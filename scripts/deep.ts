import { Glob } from "bun";

/**
 * The deep suite: every test/deep/*.deep.ts, one after the other, each in a test process of its own. Takes less than an hour; closes
 * with the figures of each (lines that a test prints as `figures: …`) for docs/safety.md. Writes nothing.
 */
const root = new URL("..", import.meta.url).pathname;
const files = [...new Glob("test/deep/*.deep.ts").scanSync(root)].sort();
const begun = Date.now();
const summary: string[] = [];
let failed = 0;

for (const file of files) {
  console.log(`\n== ${file}`);
  const began = Date.now();
  const run = Bun.spawn([process.execPath, "test", `./${file}`], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const [out] = await Promise.all([passedOn(run.stdout), passedOn(run.stderr)]);
  const passed = (await run.exited) === 0;
  if (!passed) failed++;
  summary.push(`${passed ? "passed" : "FAILED"} ${file} in ${minutes(Date.now() - began)}`);
  summary.push(...[...out.matchAll(/^figures: (.*)$/gm)].map((match) => `  ${match[1]}`));
}

console.log(
  `\n${summary.join("\n")}\n\n${files.length - failed} passed, ${failed} failed in ${minutes(Date.now() - begun)}`,
);
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0;

/** Shows a stream as it comes and answers all of it. */
async function passedOn(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let all = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    process.stderr.write(text);
    all += text;
  }
  return all;
}

function minutes(milliseconds: number): string {
  return `${(milliseconds / 60_000).toFixed(1)} min`;
}
