import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IBufferCell, Terminal } from "@xterm/headless";
import { atTerminal } from "../terminal/screen.ts";

/**
 * Makes the pictures of a terminal that the README shows: `bun test/pictures/terminal-pictures.ts [FOLDER]`. The commands are really run, against
 * the sandbox of `demo`, at a terminal of 100 columns.
 */
const KEPT = join(import.meta.dir, "../../docs/pictures");
const COLUMNS = 100;
const CELL = { width: 8.4, height: 18, font: 14 };
const PADDING = 16;
const BACKGROUND = "#16161d";
const FOREGROUND = "#dcdcdc";
/** The sixteen colours by number; every other one is shown as the foreground. */
const PALETTE = [
  "#3b3b45",
  "#e06c75",
  "#98c379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#dcdcdc",
  "#7f848e",
  "#ff8b92",
  "#b5e890",
  "#ffd68a",
  "#8cc8ff",
  "#dda0f0",
  "#7fd6e0",
  "#ffffff",
];

/** Stays as wide as it is in an SVG. */
const NO_BREAK_SPACE = "\u00a0";

/** A piece of a row whose cells look the same. */
interface Piece {
  column: number;
  text: string;
  look: string;
}

function lookOf(cell: IBufferCell): string {
  const colour = cell.isFgPalette() ? (PALETTE[cell.getFgColor()] ?? FOREGROUND) : FOREGROUND;
  return `fill="${colour}"${cell.isBold() ? ' font-weight="bold"' : ""}${cell.isDim() ? ' opacity="0.6"' : ""}`;
}

function piecesOf(terminal: Terminal, row: number): Piece[] {
  const line = terminal.buffer.active.getLine(row);
  const pieces: Piece[] = [];
  for (let column = 0; line && column < terminal.cols; column++) {
    const cell = line.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const look = lookOf(cell);
    const last = pieces.at(-1);
    if (last?.look === look) last.text += cell.getChars() || " ";
    else pieces.push({ column, text: cell.getChars() || " ", look });
  }
  return pieces.filter(({ text }) => text.trim() !== "");
}

/** An SVG of the first rows of what a terminal was sent, with the command that was typed above. */
async function pictureOf(typed: string, sent: string, maxRows: number): Promise<string> {
  const terminal = new Terminal({ cols: COLUMNS, rows: 50, scrollback: 10_000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(`$ ${typed}\r\n${sent}`, resolve));
  const { active } = terminal.buffer;
  const isBlank = (row: number) => (active.getLine(row)?.translateToString(true) ?? "") === "";
  let rows = Math.min(active.length, maxRows);
  while (rows > 0 && isBlank(rows - 1)) rows--;
  const [width, height] = [COLUMNS * CELL.width + 2 * PADDING, rows * CELL.height + 2 * PADDING];
  const texts = Array.from({ length: rows }, (_, row) =>
    piecesOf(terminal, row).map(({ column, text, look }) => {
      const [x, y] = [PADDING + column * CELL.width, PADDING + row * CELL.height + CELL.font];
      const shown = text.trimEnd();
      return `<text x="${x.toFixed(1)}" y="${y}" ${look} textLength="${([...shown].length * CELL.width).toFixed(1)}">${Bun.escapeHTML(shown.replaceAll(" ", NO_BREAK_SPACE))}</text>`;
    }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${Bun.escapeHTML(typed)} at a terminal">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${CELL.font}">`,
    ...texts.flat(),
    "</g></svg>",
    "",
  ].join("\n");
}

/** The first customer of the change file that loses support altogether. */
function lostSupport(
  updates: { salesforce_id: string; change: { organization_fields?: { support_level?: string } } }[],
) {
  const lost = updates.find(({ change }) => change.organization_fields?.support_level === "expired");
  if (!lost) throw new Error("nobody loses support in the demo's first run");
  return lost.salesforce_id;
}

const [folder = KEPT] = process.argv.slice(2);
const data = await mkdtemp(join(tmpdir(), "zdsync-pictures-"));
const run = async (...args: string[]) =>
  (await atTerminal([process.execPath, "bin/zdsync.ts", ...args], { columns: COLUMNS }).ended).sent;
try {
  const demo = await run("demo", "--data-dir", data);
  await Bun.write(
    join(folder, "terminal-demo.svg"),
    await pictureOf("bun run demo", demo.replaceAll(data, "demo-data"), 60),
  );
  const lost = lostSupport(await Bun.file(join(data, "history/demo-first/global_updates.json")).json());
  const why = await run("explain", lost, "--data-dir", data, "--run", "demo-first");
  await Bun.write(join(folder, "terminal-explain.svg"), await pictureOf(`zdsync explain ${lost}`, why, 30));
} finally {
  await rm(data, { recursive: true, force: true });
}
