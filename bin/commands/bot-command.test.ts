import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RUN_TIMEOUT } from "../../test/pipeline/world.ts";
import { BotWorld } from "../../test/support/bot/bot-world.ts";

setDefaultTimeout(RUN_TIMEOUT);

const ZDSYNC = join(import.meta.dir, "../zdsync.ts");

function spawn(args: string[], env: Record<string, string> = {}) {
  const all = { PATH: process.env.PATH ?? "", _: "/usr/local/bin/zdsync", ...env };
  return Bun.spawn([process.execPath, ZDSYNC, ...args], { env: all, stdout: "pipe", stderr: "pipe" });
}

async function ended(args: string[], env: Record<string, string> = {}) {
  const child = spawn(args, env);
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exit: await child.exited, out, err };
}

/** What a child says, as it says it. */
function words(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let said = "";
  return {
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(said);
        if (found) return found;
        const { value, done } = await reader.read();
        if (done) throw new Error(`it ended without ${pattern}: ${said}`);
        said += decoder.decode(value, { stream: true });
      }
    },
    async rest(): Promise<string> {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return said;
        said += decoder.decode(value, { stream: true });
      }
    },
  };
}

describe("zdsync bot", () => {
  let world: BotWorld;
  beforeAll(async () => {
    world = await BotWorld.start();
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each<[NodeJS.Signals, Record<string, string>]>([
    ["SIGTERM", {}],
    ["SIGINT", {}],
  ])("listens, says where, answers, and ends with 0 on %s", async (signal) => {
    const child = spawn(["bot", "--port", "0"], world.env);
    const said = words(child.stderr);
    const [, port] = await said.until(/listens on port (\d+)\./);
    const person = world.sandbox.slackPerson({ app: `http://127.0.0.1:${port}/slack/events` });
    const done = await person.types("/zdsync help");
    expect(done.shown?.text).toContain("*Commands*");
    child.kill(signal);
    expect(await said.rest()).toBe(
      `zdsync bot listens on port ${port}.\n${signal}: finishing requests in flight …\nzdsync bot has stopped.\n`,
    );
    expect([await child.exited, await child.stdout.text()]).toEqual([0, ""]);
    const database = statSync(join(world.env.ZDSYNC_DATA_DIR ?? "", "bot", "bot.sqlite"));
    expect(database.mode & 0o077).toBe(0);
  });

  test("B6: a damaged bot.sqlite: exit 1, it says that it may be deleted and what is lost by that", async () => {
    const folder = join(world.folder, "damaged", "bot");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "bot.sqlite"), "damaged ".repeat(1000));
    const child = spawn(["bot", "--port", "0"], { ...world.env, ZDSYNC_DATA_DIR: join(folder, "..") });
    const [exit, said] = await Promise.all([child.exited, child.stderr.text()]);
    expect([exit, said]).toEqual([
      1,
      expect.stringContaining("bot.sqlite is damaged and cannot be read. You can delete it"),
    ]);
    expect(said).toContain("the audit log");
    expect(said).not.toContain("this is a bug in zdsync");
  });

  test("SIGTERM after a command was acknowledged: what comes later is still said", async () => {
    const arrived = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    await using slow = await BotWorld.start(undefined, {
      async onRequest({ service, path }, moment) {
        if (service !== "slack" || path.startsWith("/api/") || moment !== "before") return;
        arrived.resolve();
        await gate.promise;
      },
    });
    const child = spawn(["bot", "--port", "0"], slow.env);
    const said = words(child.stderr);
    const [, port] = await said.until(/listens on port (\d+)\./);
    await slow.sandbox.slackPerson({ app: `http://127.0.0.1:${port}/slack/events` }).types("/zdsync status");
    await arrived.promise;
    child.kill("SIGTERM");
    await said.until(/SIGTERM: finishing/);
    expect(child.exitCode).toBeNull();
    gate.resolve();
    expect(await child.exited).toBe(0);
    const answers = slow.sandbox.slackConversation().map(({ text }) => text);
    expect(answers.filter((text) => text.includes("No run is in progress"))).toHaveLength(1);
  });

  test("in Socket Mode a Slack that refuses the token ends nothing", async () => {
    const child = spawn(["bot", "--port", "0"], { ...world.env, SLACK_APP_TOKEN: "xapp-wrong-0123456789" });
    const said = words(child.stderr);
    const [, port] = await said.until(/listens on port (\d+) \(Socket Mode\)/);
    await said.until(/invalid_auth: check SLACK_APP_TOKEN/);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
    child.kill("SIGTERM");
    expect(await said.rest()).not.toContain("xapp-");
    expect(await child.exited).toBe(0);
  });

  test("settings that are missing or wrong: all at once, exit 2, no value", async () => {
    const { exit, out, err } = await ended(["bot"], { SLACK_BOT_TOKEN: "wrong-0123456789-token", PORT: "0" });
    expect([exit, out]).toEqual([2, ""]);
    for (const name of ["SLACK_BOT_TOKEN", "SLACK_CHANNEL", "SLACK_SIGNING_SECRET", "PORT"])
      expect(err).toContain(`${name}: `);
    expect(err).not.toContain("wrong-0123456789");
    expect(err).not.toMatch(/^\s+at /m);
  });

  test("a port that is taken: exit 2, in words", async () => {
    const taken = Bun.serve({ port: 0, fetch: () => new Response("") });
    const port = Number(taken.port);
    const { exit, err } = await ended(["bot"], { ...world.env, PORT: String(port) });
    await taken.stop(true);
    expect(exit).toBe(2);
    expect(err).toContain(`port ${port} is in use by another program`);
  });

  test("--check: in doctor's style; as JSON; exit codes as doctor's", async () => {
    const fine = await ended(["bot", "--check"], world.env);
    expect([fine.exit, fine.err]).toEqual([0, ""]);
    expect(fine.out).toMatch(/Nothing was changed\. Next: \S.* bot\.\n$/);
    const wrong = await ended(["bot", "--check", "--json"], { ...world.env, SLACK_BOT_TOKEN: "xoxb-wrong-0123456789" });
    expect([wrong.exit, JSON.parse(wrong.out).exit]).toEqual([2, 2]);
    expect(wrong.out + wrong.err).not.toContain("xoxb-wrong");
    const down = await ended(["bot", "--check"], { ...world.env, SLACK_API_URL: "http://127.0.0.1:1/api/" });
    expect(down.exit).toBe(1);
  });
});

describe("zdsync slack-manifest", () => {
  test("JSON on stdout, what to do with it on stderr", async () => {
    const { exit, out, err } = await ended(["slack-manifest", "--url", "https://bot.example.com", "--name", "Sync"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      display_information: { name: "Sync" },
      settings: { interactivity: { request_url: "https://bot.example.com/slack/events" }, socket_mode_enabled: false },
    });
    expect(err).toContain("zdsync bot --check");
    const socket = JSON.parse((await ended(["slack-manifest", "--socket"])).out);
    expect(socket.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
  });

  test.each<[string[], string]>([
    [[], "--url: missing"],
    [["--url", "http://bot.example.com"], "--url: must start with https://"],
    [["--url", "https://bot.example.com", "--socket"], "--url: cannot be combined with --socket"],
    [["--socket", "--name", "x".repeat(36)], "--name: expected 1 to 35 characters"],
  ])("%p: exit 2, in words, nothing on stdout", async (args, said) => {
    const { exit, out, err } = await ended(["slack-manifest", ...args]);
    expect([exit, out]).toEqual([2, ""]);
    expect(err).toContain(said);
  });
});
