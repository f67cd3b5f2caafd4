import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PAGE = join(import.meta.dir, "..", "page");
const STYLES = ["base", "summary", "table", "narrow", "print"].map((name) => join(PAGE, "styles", `${name}.css`));

/**
 * `report.html` without its data: the page's program and style in one file, and a policy that allows exactly these two and no request
 * to anywhere. `%TITLE%` and `%DATA%` are left for `lib/report/page/write-page.ts`. The same text wherever it is made.
 * @throws AggregateError where something cannot be bundled
 */
export async function pageTemplate(): Promise<string> {
  const script = (await built(join(PAGE, "main.tsx"))).replaceAll("</script", "<\\/script").trim();
  const style = (await Promise.all(STYLES.map(built))).join("").trim();
  const parts: Record<string, string> = {
    "%SCRIPT%": script,
    "%STYLE%": style,
    "%SCRIPT_HASH%": hashOf(script),
    "%STYLE_HASH%": hashOf(style),
  };
  const html = await readFile(join(PAGE, "page.html"), "utf8");
  return html.replace(/%(?:SCRIPT|STYLE)(?:_HASH)?%/g, (placeholder) => parts[placeholder] ?? placeholder);
}

async function built(entry: string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "iife",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const [output] = outputs;
  if (!output || outputs.length > 1) throw new Error(`expected one file of ${entry}, bun build made ${outputs.length}`);
  return output.text();
}

/** As a Content-Security-Policy names an inline script or style. */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
