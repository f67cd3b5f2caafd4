import { every, now } from "../../edges/clock.ts";
import type { Progress, ProgressLine } from "../../pipeline/progress.ts";
import type { LiveLines, Output } from "./output.ts";

/** Milliseconds between redraws of a live terminal, and between the lines of a plain log. */
const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 15_000;

interface Line {
  what: string;
  total: number | null;
  done: number;
  failed: number;
  begun: number;
  saidAt: number;
}

/** Progress on a terminal or in a log. */
export interface TerminalProgress extends Progress {
  /** Says something in between; what is redrawn makes room for it. */
  say(text: string): void;
  close(): void;
}

/** Progress for people: redrawn lines on a terminal, plain lines in a log. `clock` in milliseconds. */
export function terminalProgress(output: Output, clock: () => number = now): TerminalProgress {
  return output.live ? liveProgress(output, output.live, clock) : plainProgress(output, clock);
}

function liveProgress(output: Output, live: LiveLines, clock: () => number): TerminalProgress {
  const lines = new Set<Line>();
  const draw = () => live.show([...lines].map((line) => `  … ${describe(line, clock())}`));
  const endDrawing = every(REDRAW_MS, draw);
  return {
    begin(what, total) {
      const line = newLine(what, total, clock());
      lines.add(line);
      return lineOf(line, (ending) => {
        lines.delete(line);
        draw();
        if (isWorthSaying(line, ending))
          output.err(`  ${MARK[ending.is]} ${finished(line, clock(), ending)}`, "progress");
      });
    },
    say: (text) => output.err(text),
    close() {
      endDrawing();
      lines.clear();
      draw();
    },
  };
}

function plainProgress(output: Output, clock: () => number): TerminalProgress {
  return {
    begin(what, total) {
      const line = newLine(what, total, clock());
      const says = lineOf(line, (ending) => {
        if (isWorthSaying(line, ending)) output.err(finished(line, clock(), ending), "progress");
      });
      return {
        ...says,
        add(records, failed) {
          says.add(records, failed);
          if (clock() - line.saidAt < PLAIN_EVERY_MS) return;
          line.saidAt = clock();
          output.err(describe(line, clock()), "progress");
        },
      };
    },
    say: (text) => output.err(text),
    close() {},
  };
}

function newLine(what: string, total: number | undefined, now: number): Line {
  return { what, total: total ?? null, done: 0, failed: 0, begun: now, saidAt: now };
}

/** State in which a line ended; `outcome`: the result of work that was done. */
type Ending = { is: "done"; outcome?: string } | { is: "stopped" } | { is: "failed" };

const MARK: Record<Ending["is"], string> = { done: "✓", stopped: "–", failed: "✗" };

/** Work that turned out to be none is not worth a line. */
function isWorthSaying(line: Line, ending: Ending): boolean {
  return line.total !== 0 || ending.is !== "done" || ending.outcome !== undefined;
}

function lineOf(line: Line, end: (ending: Ending) => void): ProgressLine {
  return {
    add: (records, failed = 0) => {
      line.done += records;
      line.failed += failed;
    },
    total: (records) => {
      line.total = records;
    },
    end: (outcome) => end(endingOf(line, outcome)),
    breakOff: (why) => end({ is: why }),
  };
}

function endingOf({ total, done, failed }: Line, outcome: string | undefined): Ending {
  if (outcome !== undefined) return { is: "done", outcome };
  if (failed > 0) return { is: "failed" };
  return { is: total !== null && done < total ? "stopped" : "done" };
}

/** `global: updates  300 of 1,200  150/s  6 s left` */
export function describe(line: Pick<Line, "what" | "total" | "done" | "begun">, now: number): string {
  const seconds = Math.max((now - line.begun) / 1000, 0.001);
  const rate = line.done / seconds;
  const count = line.total === null ? `${amount(line.done)}` : `${amount(line.done)} of ${amount(line.total)}`;
  const left =
    line.total !== null && rate > 0 && line.done < line.total
      ? `  ${duration((line.total - line.done) / rate)} left`
      : "";
  const speed = line.done > 0 && seconds >= 1 ? `  ${amount(Math.round(rate))}/s` : "";
  return `${line.what}  ${count}${speed}${left}`;
}

function finished(line: Line, now: number, ending: Ending): string {
  return `${line.what}: ${wordsOf(line, ending)} (${duration((now - line.begun) / 1000)})`;
}

function wordsOf({ total, done, failed }: Line, ending: Ending): string {
  if (ending.is === "done") return ending.outcome ?? amount(done);
  const count = total === null ? amount(done) : `${amount(done)} of ${amount(total)}`;
  if (ending.is === "stopped") {
    if (done > 0) return `stopped after ${count}`;
    return total === null ? "stopped" : `not started, ${amount(total)} left`;
  }
  if (failed === 0) return done > 0 ? `failed after ${count}` : "failed";
  return `${done === total ? amount(done) : count}, ${amount(failed)} failed`;
}

function amount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Seconds as a person says them: `0.4 s`, `12 s`, `3 min 20 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
