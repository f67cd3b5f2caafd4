import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { writePage } from "../../lib/report/page/write-page.ts";
import { demoModel } from "../support/page/demo-model.ts";

/**
 * Makes the pictures of report.html that the README shows: `bun test/pictures/page-pictures.ts`. With a folder as argument it makes one for each
 * size and theme there, for whoever works on the page to look at.
 */
const KEPT = join(import.meta.dir, "../../docs/pictures");
const SIZES = { phone: [390, 844], laptop: [1280, 800], wide: [1920, 1080] } as const;
type Size = keyof typeof SIZES;
type Theme = "light" | "dark";

/** Who loses support, and why the second of them. */
const OPEN = "#harm=loses+support&open=global:0014M0000000017QAQ";

/** What a picture shows besides the top of the page: the address's part after `#`, and where it is scrolled to. */
interface Shot {
  name: string;
  size: Size;
  theme: Theme;
  hash?: string;
  scrollTo?: string;
  /** What is in the picture; left out: the window. */
  only?: string;
}

const README: Shot[] = [
  { name: "report", size: "laptop", theme: "light" },
  {
    name: "report-explanation",
    size: "laptop",
    theme: "dark",
    hash: OPEN,
    only: ".list",
  },
];

const everything = (): Shot[] =>
  (Object.keys(SIZES) as Size[]).flatMap((size) =>
    (["light", "dark"] as const).flatMap((theme) => [
      { name: `${size}-${theme}`, size, theme },
      { name: `${size}-${theme}-open`, size, theme, hash: OPEN, scrollTo: ".toolbar" },
    ]),
  );

async function take(
  browser: Browser,
  page: string,
  folder: string,
  { name, size, theme, hash = "", scrollTo, only }: Shot,
) {
  const [width, height] = SIZES[size];
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
  const tab = await context.newPage();
  await tab.goto(page + hash);
  await tab.locator("output").waitFor();
  if (hash !== "") await tab.locator(".explanation").waitFor();
  if (scrollTo !== undefined) await tab.locator(scrollTo).evaluate("(element) => element.scrollIntoView()");
  const path = join(folder, `${name}.png`);
  await (only === undefined ? tab.screenshot({ path }) : tab.locator(only).screenshot({ path }));
  await context.close();
}

const [folder = KEPT] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const temporary = await mkdtemp(join(tmpdir(), "zdsync-pictures-"));
const file = join(temporary, "report.html");
await Bun.write(file, writePage(demoModel()));
const browser = await chromium.launch({
  executablePath: Bun.which("chromium") ?? "chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
try {
  const shots = folder === KEPT ? README : everything();
  for (const shot of shots) await take(browser, pathToFileURL(file).href, folder, shot);
  console.error(`${shots.length} pictures in ${folder}`);
} finally {
  await browser.close();
  await rm(temporary, { recursive: true });
}
