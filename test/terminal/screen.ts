import { join } from "node:path";
import { Terminal } from "@xterm/headless";

const ROOT = join(import.meta.dir, "../..");

/** How a program that ran at a terminal ended, and what a person sees there. */
export interface Shown {
  exit: number | null;
  /** Everything the terminal shows by the end, what was scrolled away included: its rows, as wide as it is, without trailing blanks. */
  rows: string[];
  /** The same as lines: rows that the terminal itself wrapped are one. */
  lines: string[];
  /** All that was sent to it, what was erased included. */
  sent: string;
}

/** A program at a terminal. */
export interface AtTerminal {
  /** Waits until the terminal has been sent this, or the program has ended. */
  sent(text: string): Promise<unknown>;
  /** Types, e.g. "\u0003" for Ctrl-C. */
  type(text: string): void;
  ended: Promise<Shown>;
}

/** How to start a program at a terminal; the environment is nothing but this, PATH and TERM. */
export interface TerminalOptions {
  env?: Readonly<Record<string, string | undefined>>;
  columns?: number;
  screenRows?: number;
}

/** Starts a program with a pseudo-terminal for its input and both outputs; an emulator keeps what it shows. */
export function atTerminal(command: readonly string[], options: TerminalOptions = {}): AtTerminal {
  const { env = {}, columns: cols = 80, screenRows: rows = 24 } = options;
  const emulator = new Terminal({ cols, rows, scrollback: 100_000, allowProposedApi: true });
  const decoder = new TextDecoder();
  let all = "";
  const waiting: { text: string; resolve: () => void }[] = [];
  const closed = Promise.withResolvers<void>();
  const child = Bun.spawn([...command], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, TERM: "xterm-256color", ...env },
    terminal: {
      cols,
      rows,
      data(_, bytes) {
        emulator.write(bytes);
        all += decoder.decode(bytes, { stream: true });
        for (const one of waiting) if (all.includes(one.text)) one.resolve();
      },
      exit: () => closed.resolve(),
    },
  });
  const ended = (async () => {
    await child.exited;
    child.terminal?.close();
    await closed.promise;
    await new Promise<void>((resolve) => emulator.write("", resolve));
    const shown = shownBy(emulator);
    emulator.dispose();
    return { exit: child.exitCode, ...shown, sent: all };
  })();
  return {
    sent: (text) =>
      Promise.race([
        all.includes(text) ? undefined : new Promise<void>((resolve) => void waiting.push({ text, resolve })),
        ended,
      ]),
    type: (text) => void child.terminal?.write(text),
    ended,
  };
}

function shownBy({ buffer: { active } }: Terminal): Pick<Shown, "rows" | "lines"> {
  const rows: string[] = [];
  const lines: string[] = [];
  for (let index = 0; index < active.length; index++) {
    const row = active.getLine(index);
    if (!row) continue;
    rows.push(row.translateToString(true));
    if (row.isWrapped) lines.push(`${lines.pop() ?? ""}${row.translateToString(false)}`);
    else lines.push(row.translateToString(false));
  }
  return { rows: withoutBlankEnd(rows), lines: withoutBlankEnd(lines.map((line) => line.trimEnd())) };
}

function withoutBlankEnd(rows: readonly string[]): string[] {
  return rows.slice(0, rows.findLastIndex((row) => row !== "") + 1);
}
