import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "../../../bin/start-sandbox.ts";
import { AnsweredRequests } from "../../../bot/answered-requests.ts";
import { type BotCore, createBot } from "../../../bot/bot.ts";
import type { Answer, ButtonClick, Conversation, SlashCommand } from "../../../bot/conversation.ts";
import { openDatabase } from "../../../bot/database.ts";
import { type ServedBot, serveBot } from "../../../bot/serve.ts";
import type { SlackPerson } from "../../../sandbox/slack/person.ts";
import type { RunningSandbox } from "../../../sandbox/start.ts";
import type { SandboxOptions } from "../../../sandbox/types.ts";
import { RecordedOutput } from "../stage/recorded-output.ts";

/** A sandbox and what a bot in it is started with. */
export class BotWorld implements AsyncDisposable {
  readonly output = new RecordedOutput();
  readonly #served: ServedBot[] = [];

  private constructor(
    readonly sandbox: RunningSandbox,
    readonly folder: string,
    readonly env: Record<string, string>,
  ) {}

  static async start(
    env: (sandbox: RunningSandbox) => Record<string, string> = () => ({}),
    options: SandboxOptions = {},
  ): Promise<BotWorld> {
    const sandbox = await startSandbox({ accounts: 3, timeFactor: 1000, ...options });
    const folder = await mkdtemp(join(tmpdir(), "zdsync-bot-"));
    const config = join(folder, "zdsync.config.yml");
    await writeFile(config, sandbox.world.config);
    const all = { ...sandbox.env, ZDSYNC_CONFIG: config, ZDSYNC_DATA_DIR: join(folder, "data"), ...env(sandbox) };
    return new BotWorld(sandbox, folder, all);
  }

  /** Serves a bot on a free port; `parts` instead of the real ones. */
  async serve(parts?: () => Promise<BotCore>): Promise<{ url: string; person: SlackPerson; stop(): Promise<void> }> {
    const bot = await createBot(this.env, { output: this.output, clock: () => new Date() }, parts);
    const served = await serveBot(bot, 0);
    this.#served.push(served);
    const url = `http://127.0.0.1:${served.port}`;
    const person = this.sandbox.slackPerson({ app: `${url}/slack/events` });
    return { url, person, stop: () => this.#stop(served) };
  }

  async #stop(served: ServedBot): Promise<void> {
    const place = this.#served.indexOf(served);
    if (place >= 0) this.#served.splice(place, 1);
    await served.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const served of [...this.#served]) await this.#stop(served);
    await this.sandbox.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Parts that answer every command the same, and note what happens to them. */
export function scriptedCore(answer: (asked: SlashCommand | ButtonClick) => Answer): {
  make: () => Promise<BotCore>;
  happened: string[];
} {
  const happened: string[] = [];
  const conversation: Conversation = { command: answer, button: answer };
  const note = (what: string) => async () => void happened.push(what);
  const parts = {
    conversation,
    requests: new AnsweredRequests(openDatabase(":memory:"), { clock: () => new Date(), warn: () => {} }),
    webhook: (payload: unknown) => void happened.push(`webhook ${JSON.stringify(payload)}`),
    start: note("start"),
    stop: note("stop"),
    close: () => void happened.push("close"),
  };
  return { happened, make: async () => parts };
}

/** Asks until something holds; the test's own time limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(5);
}
