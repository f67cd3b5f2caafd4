import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { ROOT, runProgram, temporaryFolder } from "../gitlab/programs.ts";
import { RUN_TIMEOUT } from "../pipeline/world.ts";

setDefaultTimeout(RUN_TIMEOUT);

/** Reads what a program prints until it has said this; answers what the pattern caught. The rest is read on, so that it can go on printing. */
async function said(printed: ReadableStream<Uint8Array>, ...patterns: RegExp[]): Promise<string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  void (async () => {
    let text = "";
    for await (const chunk of printed) {
      text += new TextDecoder().decode(chunk);
      const found = patterns.map((pattern) => pattern.exec(text)?.[1]);
      if (found.every((one) => one !== undefined)) resolve(found);
    }
    reject(new Error(`it ended: ${text}`));
  })();
  return promise;
}

test("demo --bot and its script: a signed /zdsync run from the offer to the end of its thread", async () => {
  await using folder = await temporaryFolder();
  const environment = { PATH: process.env.PATH ?? "", HOME: folder.path };
  const words = [
    "demo",
    "--bot",
    "--port",
    "0",
    "--accounts",
    "150",
    "--time-factor",
    "1000",
    "--data-dir",
    folder.path,
  ];
  const demo = Bun.spawn([process.execPath, join(ROOT, "bin/zdsync.ts"), ...words], {
    cwd: folder.path,
    env: environment,
    stdout: "ignore",
    stderr: "pipe",
  });
  try {
    const [slack, port] = await said(demo.stderr, /SANDBOX_SLACK_URL=(\S+)/, /listens on port (\d+)/);
    const script = [process.execPath, join(ROOT, "scripts/slack-demo.ts")];
    const env = { ...environment, SANDBOX_SLACK_URL: slack, BOT_URL: `http://127.0.0.1:${port}` };
    const { exit, out } = await runProgram(script, { cwd: folder.path, env });
    expect(exit).toBe(0);
    const places = [
      "/zdsync run",
      "[Start the run]",
      "started a run of",
      "✓ gather-accounts",
      "*Done, nothing failed*",
    ];
    // Each after the one before: that is the conversation.
    const order = places.map((text) => out.indexOf(text));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect(order).not.toContain(-1);
    const help = await runProgram([...script, "--only", "/zdsync help"], { cwd: folder.path, env });
    expect(help.out).toContain("/zdsync status");
    const offered = await runProgram([...script, "--only", "/zdsync run"], { cwd: folder.path, env });
    expect(offered.out).not.toContain("started a run of");
  } finally {
    demo.kill();
  }
  expect(await demo.exited).toBe(0);
});

test.each<[string[], number, RegExp]>([
  [["help"], 0, /^Plays a person/],
  [["--help"], 0, /^Plays a person/],
  [["-h"], 0, /^Plays a person/],
  [["--only"], 2, /Nothing was started[\s\S]*bun run demo:slack/],
  [["--only", "run"], 2, /begins with \/zdsync[\s\S]*bun run demo:slack/],
  [["status"], 2, /Not understood: status. Nothing was started/],
  [["--dry-run"], 2, /Unknown option '--dry-run'. Nothing was started/],
])("A14: demo:slack %p starts nothing", async (words, expected, says) => {
  const asked: string[] = [];
  const listener = Bun.serve({ port: 0, fetch: ({ url }) => Response.json(asked.push(url) && []) });
  const url = listener.url.origin;
  const env = { PATH: process.env.PATH ?? "", SANDBOX_SLACK_URL: url, BOT_URL: url };
  const script = [process.execPath, join(ROOT, "scripts/slack-demo.ts"), ...words];
  const { exit, printed } = await runProgram(script, { cwd: ROOT, env });
  await listener.stop(true);
  expect([exit, asked]).toEqual([expected, []]);
  expect(printed).toMatch(says);
});

test("without a demo the script says what to start", async () => {
  const env = { PATH: process.env.PATH ?? "", SANDBOX_SLACK_URL: "http://127.0.0.1:1", BOT_URL: "http://127.0.0.1:1" };
  const { exit, printed } = await runProgram([process.execPath, join(ROOT, "scripts/slack-demo.ts")], {
    cwd: ROOT,
    env,
  });
  expect(exit).toBe(1);
  expect(printed).toContain("bun run demo --bot");
});
