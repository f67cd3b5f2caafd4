import { openDatabase } from "../../../bot/database.ts";
import { PageUploads } from "../../../bot/pages/page-uploads.ts";
import type { PageRead } from "../../../bot/pages/read-page.ts";
import { createPageSender, type PageSender } from "../../../bot/pages/send-pages.ts";
import { RunnerError } from "../../../bot/runs/runner.ts";
import { createThreadFiles } from "../../../lib/remotes/slack/thread-files.ts";
import { BOT_TOKEN, CHANNEL, startSlack } from "../../../sandbox/test/slack.ts";
import { PutPosts } from "./flow-world.ts";
import { ManualClock } from "./manual-clock.ts";

/** What happens to one request instead: `lost`: it is done, and its answer cut off. */
export type Fault = "lost" | Response | undefined;

/** The sandbox's Slack over HTTP, a thread in it, and a sender of pages whose clock only the test moves. */
export class PageWorld implements AsyncDisposable {
  readonly time = new ManualClock();
  readonly outgoing = new PutPosts();
  readonly warnings: string[] = [];
  /** Paths that were asked, in order. */
  readonly calls: string[] = [];
  readonly database = openDatabase(":memory:");
  fault: (path: string) => Fault = () => undefined;
  page: () => Promise<PageRead> = async () => ({ is: "page", bytes: Buffer.from("<!doctype html>") });
  readonly slack: ReturnType<typeof startSlack>["slack"];
  thread = "";
  readonly #server: ReturnType<typeof Bun.serve>;
  sender: PageSender;

  constructor() {
    const { slack, served } = startSlack();
    this.slack = slack;
    this.#server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => this.#answer(request) });
    served.url = this.#server.url.origin;
    this.sender = this.another();
    this.outgoing.tsOf = (key) => (this.outgoing.posts.some((one) => one.key === key) ? this.thread : null);
  }

  /** A sender more over the same database, as after a restart. */
  another(): PageSender {
    const settings = { token: BOT_TOKEN, channel: CHANNEL, apiUrl: `${this.#server.url.origin}/api/` };
    return createPageSender({
      uploads: new PageUploads(this.database),
      outgoing: this.outgoing,
      kind: "process",
      pageOf: () => this.page(),
      filesOf: () => createThreadFiles(settings, { minTimeoutMs: 1 }),
      clock: this.time.clock,
      warn: (message) => void this.warnings.push(message),
      sleep: this.time.sleep,
    });
  }

  /** A run's thread stands in the channel, and its page is wanted. */
  async wanted(): Promise<void> {
    await this.#begin();
    this.sender.want({ runId: "R1", instance: null, thread: "started", after: "ended" });
    this.sender.start();
  }

  async #begin(): Promise<void> {
    const request = new Request(`${this.#server.url.origin}/api/chat.postMessage`, {
      method: "POST",
      headers: { authorization: `Bearer ${BOT_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ channel: CHANNEL, text: "A run" }),
    });
    this.thread = ((await (await this.slack.fetch(request)).json()) as { ts: string }).ts;
    this.outgoing.enqueue({ key: "started", thread: null, text: "", blocks: [] });
  }

  ended(): void {
    this.outgoing.enqueue({ key: "ended", thread: "started", text: "", blocks: [] });
  }

  /** Lets time pass, and whatever is asked over HTTP be answered. */
  async pass(seconds: number): Promise<void> {
    const step = Math.max(2, seconds / 10);
    for (let passed = 0; passed < seconds; passed += step) {
      await this.time.pass(step * 1000);
      await Bun.sleep(10);
    }
  }

  /** Lets time pass until something holds; the test's own time limit ends it. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.pass(10);
  }

  /** Files in the thread, by their titles. */
  get shown(): string[] {
    return this.slack
      .messages()
      .flatMap(({ files = [], thread_ts }) =>
        files.map(({ title }) => `${title}${thread_ts === this.thread ? "" : " (elsewhere)"}`),
      );
  }

  /** What the thread was told instead. */
  get told(): string {
    return this.outgoing.shown("run R1 page failed");
  }

  static readonly unreachable = () => Promise.reject(new RunnerError("GitLab does not answer."));

  async #answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.replace(/^\/api\//, "").replace(/^\/upload\/.*/, "bytes");
    this.calls.push(path);
    const fault = this.fault(path);
    if (fault instanceof Response) return fault;
    const answer = await this.slack.fetch(request);
    return fault === "lost" ? new Response("", { status: 502 }) : answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sender.stop();
    await this.#server.stop(true);
  }
}
