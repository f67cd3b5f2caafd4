import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../bin/start-sandbox.ts";
import { createBot } from "../../bot/bot.ts";
import { openDatabase } from "../../bot/database.ts";
import { Outbox } from "../../bot/outbox/outbox.ts";
import { ProcessMemory } from "../../bot/runs/process-memory.ts";
import { serveBot } from "../../bot/serve.ts";
import { lockHolder } from "../../lib/storage/runs/run-lock.ts";
import type { ConversationEntry } from "../../sandbox/slack/conversation.ts";
import type { SlackPerson } from "../../sandbox/slack/person.ts";
import type { RunningSandbox } from "../../sandbox/start.ts";
import type { RequestHook, SandboxOptions } from "../../sandbox/types.ts";
import { TODAY } from "../pipeline/world.ts";
import { asPosted, type Posted } from "./posted.ts";
import { searchForLeaks } from "./search-for-leaks.ts";

const ROOT = join(import.meta.dir, "../..");
const ZDSYNC = join(ROOT, "bin/zdsync.ts");
export const ANN = "U0ANN00001";
/** Looks, ten milliseconds apart, before a test gives up; far more than anything takes. */
const MAX_LOOKS = 4_500;

/** A bot that answers at `url`. */
export interface RunningBot {
  url: string;
  stop(): Promise<unknown>;
}

/** A bot as a process of its own. */
export interface BotProcess extends RunningBot {
  kill(): Promise<unknown>;
}

/**
 * The sandbox, and the whole bot in it: nothing here is played but the remotes. Ends itself with `await using`, and looks then for
 * secrets in everything that was printed or written, and for customers in what was printed.
 */
export class WholeWorld implements AsyncDisposable {
  /** Sees every request to the sandbox. */
  hook: RequestHook = () => undefined;
  /** The bot that people's commands and clicks go to. */
  url = "";
  readonly #printed: string[] = [];
  readonly #bots: RunningBot[] = [];

  private constructor(
    readonly sandbox: RunningSandbox,
    readonly folder: string,
    readonly env: Record<string, string>,
  ) {}

  static async start(
    options: Omit<SandboxOptions, "onRequest"> & {
      env?: (sandbox: RunningSandbox) => Record<string, string>;
      config?: (text: string) => string;
    } = {},
  ): Promise<WholeWorld> {
    const { env = () => ({}), config = (text: string) => text, ...sandboxOptions } = options;
    let world: WholeWorld | null = null;
    const onRequest: RequestHook = (...asked) => world?.hook(...asked);
    const sandbox = await startSandbox({ today: TODAY, timeFactor: 1000, onRequest, ...sandboxOptions });
    const folder = await mkdtemp(join(tmpdir(), "zdsync-whole-bot-"));
    const file = join(folder, "zdsync.config.yml");
    await writeFile(file, config(sandbox.world.config));
    world = new WholeWorld(sandbox, folder, {
      PATH: process.env.PATH ?? "",
      ...sandbox.env,
      ZDSYNC_TODAY: TODAY,
      ZDSYNC_CONFIG: file,
      ZDSYNC_DATA_DIR: join(folder, "data"),
      PLANS_FILE: join(ROOT, "plans.yml"),
      ...env(sandbox),
    });
    return world;
  }

  get dataDir(): string {
    return this.env.ZDSYNC_DATA_DIR ?? "";
  }

  /** Everything that bots printed so far. */
  get printed(): string {
    return this.#printed.join("\n");
  }

  /** Serves a bot of this process on a port. */
  async serve(clock: () => Date = () => new Date(), env: Record<string, string> = {}): Promise<RunningBot> {
    const say = (text: string) => void this.#printed.push(text);
    const bot = await createBot({ ...this.env, ...env }, { output: { out: say, err: say, live: false }, clock });
    const served = await serveBot(bot, 0);
    return this.#started({ url: `http://127.0.0.1:${served.port}`, stop: () => served.stop() });
  }

  /** Starts `zdsync bot` as a process; answers once it listens. */
  async spawn(): Promise<BotProcess> {
    const child = Bun.spawn([process.execPath, ZDSYNC, "bot", "--port", "0"], {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const listening = Promise.withResolvers<string>();
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      let said = "";
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        this.#printed.push(text);
        said += text;
        const port = /listens on port (\d+)/.exec(said)?.[1];
        if (port) listening.resolve(port);
      }
    };
    const ended = Promise.all([child.exited, read(child.stdout), read(child.stderr)]);
    const port = await Promise.race([listening.promise, ended.then(() => null)]);
    if (port === null) throw new Error(`the bot ended: ${this.printed}`);
    const end = (signal: NodeJS.Signals) => {
      child.kill(signal);
      return ended;
    };
    return this.#started({
      url: `http://127.0.0.1:${port}`,
      stop: () => end("SIGTERM"),
      kill: () => end("SIGKILL"),
    });
  }

  #started<Kind extends RunningBot>(bot: Kind): Kind {
    this.url = bot.url;
    const stop = bot.stop.bind(bot);
    let stopping: Promise<unknown> | null = null;
    bot.stop = () => (stopping ??= stop());
    this.#bots.push(bot);
    return bot;
  }

  /** Runs `zdsync run` by itself, as cron does; answers the exit code. */
  async zdsyncRun(env: Record<string, string> = {}, ...flags: string[]): Promise<number> {
    const child = Bun.spawn([process.execPath, ZDSYNC, "run", "--data-dir", this.dataDir, ...flags], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const printed = await child.stderr.text();
    this.#printed.push(printed);
    return child.exited;
  }

  /** Somebody in Slack; what they do goes to whichever bot was started last, over its port. */
  person(user = ANN, clock: () => Date = () => new Date()): SlackPerson {
    const app = (request: Request) => this.send(request);
    return this.sandbox.slackPerson({ app, user, timestamp: () => Math.floor(clock().getTime() / 1000) });
  }

  /** Sends a request of Slack's to that bot. */
  async send(request: Request): Promise<Response> {
    return fetch(`${this.url}/slack/events`, {
      method: "POST",
      headers: request.headers,
      body: await request.text(),
    });
  }

  /** What only they see and still stands, oldest first. */
  shownTo(user = ANN): (Posted & { entry: ConversationEntry })[] {
    return this.sandbox
      .slackConversation()
      .filter((one) => one.kind === "message" && one.visibleTo === user && one.standing === "stands")
      .map((entry) => ({ ...asPosted(entry), entry }));
  }

  /** Waits until they are shown something that matches, beyond the first `after` messages shown to them. */
  async shown(pattern: RegExp, user = ANN, after = 0): Promise<Posted & { entry: ConversationEntry }> {
    return await this.until(() =>
      this.shownTo(user)
        .slice(after)
        .find(({ shows }) => pattern.test(shows)),
    );
  }

  /** The channel as everybody sees it. */
  channel(): Posted[] {
    return this.sandbox.slackMessages().map(asPosted);
  }

  /** Waits until a message in the channel matches. */
  async posted(pattern: RegExp): Promise<Posted> {
    return await this.until(() => this.channel().find(({ shows }) => pattern.test(shows)));
  }

  /** Asks for a run and answers the offer, once it is there. */
  async offered(command = "/zdsync run", ann = this.person()): Promise<ConversationEntry> {
    const before = this.shownTo().length;
    await ann.types(command);
    return (await this.shown(/Start the run/, ANN, before)).entry;
  }

  /** Waits until something is there; where it does not come, says what is there instead. */
  async until<Found>(look: () => Found | null | undefined | false): Promise<Found> {
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const found = look();
      if (found) return found;
      await Bun.sleep(10);
    }
    const said = this.sandbox.slackConversation().map((one) => `${one.visibleTo ?? "all"}: ${asPosted(one).shows}`);
    throw new Error(`It did not come. What was said:\n${said.join("\n")}\nThe bot's log:\n${this.printed}`);
  }

  /** Writes to Zendesk so far. */
  writes() {
    return this.sandbox.writes().filter(({ service }) => service !== "slack");
  }

  /** Messages in the bot's outbox that are not known to be posted. */
  undelivered(): number {
    const database = openDatabase(join(this.dataDir, "bot", "bot.sqlite"));
    try {
      return new Outbox(database).undelivered().length;
    } finally {
      database.close();
    }
  }

  /** Stops every bot, as SIGTERM does. */
  async stopBots(): Promise<void> {
    for (const bot of this.#bots) await bot.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopBots();
    await this.#endRuns();
    await this.sandbox.stop();
    try {
      await searchForLeaks(this.sandbox, this.folder, this.printed);
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** Runs go on where their bot ended; of a test that failed they must not. */
  async #endRuns(): Promise<void> {
    const database = openDatabase(join(this.dataDir, "bot", "bot.sqlite"));
    const memory = new ProcessMemory(database);
    for (const folder of [this.dataDir, join(this.dataDir, "bot", "dry-run")]) {
      const holder = await lockHolder(folder);
      const pid = holder && memory.started(holder.run_id)?.pid;
      if (pid) process.kill(pid, "SIGKILL");
    }
    database.close();
  }
}
