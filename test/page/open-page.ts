import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { ReportModel } from "../../lib/report/model.ts";
import { writePage } from "../../lib/report/page/write-page.ts";
import { requireTool } from "../../scripts/check/machine-tools.ts";

/** What Chromium does besides showing a page, and what it needs to run as root in a container. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

/** How long a condition may take on a machine that has much else to do; nothing waits for as long when it holds. */
const PATIENCE_MS = 45_000;

/** A report as it is opened from a disk, in Debian's Chromium. */
export class Opener {
  #browser: Browser | undefined;
  #folder: string | undefined;
  #files = new Map<string, string>();

  async start(): Promise<void> {
    requireTool("chromium");
    const executablePath = Bun.which("chromium") ?? "chromium";
    this.#folder = await mkdtemp(join(tmpdir(), "zdsync-page-"));
    this.#browser = await chromium.launch({ executablePath, args: QUIET, timeout: PATIENCE_MS });
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    if (this.#folder) await rm(this.#folder, { recursive: true });
  }

  /** The address of a model's page; a model is written once. */
  async write(name: string, model: () => ReportModel): Promise<string> {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const path = join(this.#folder ?? tmpdir(), `${name}.html`);
    await Bun.write(path, writePage(model()));
    const address = pathToFileURL(path).href;
    this.#files.set(name, address);
    return address;
  }

  /** Opens an address in a browser of its own; ready when the table is. */
  async open(address: string, options: BrowserContextOptions = {}): Promise<Opened> {
    if (!this.#browser) throw new Error("start() comes first");
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const requests: string[] = [];
    const problems: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("requestfailed", (request) => {
      // What the page's policy forbade was asked of nobody.
      if (request.failure()?.errorText === "csp") requests.splice(requests.indexOf(request.url()), 1);
    });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(message.text()));
    await page.goto(address);
    await page.locator("output, .runs table").first().waitFor();
    return { page, requests, problems, [Symbol.asyncDispose]: () => context.close() };
  }
}

/** An open page; disposing closes it. */
export interface Opened extends AsyncDisposable {
  page: Page;
  /** Addresses that it asked for, those apart that its policy forbade: they are among the problems. */
  requests: readonly string[];
  /** What it threw, or wrote as an error or a warning. */
  problems: readonly string[];
}
