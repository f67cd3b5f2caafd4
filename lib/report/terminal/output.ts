import { edges, type OutputStream } from "../../edges/edges.ts";
import { runtimeSecrets } from "../../settings/runtime-secrets.ts";
import { stripControl, stripControlExceptColours } from "../../text/outside-text.ts";
import { asTyped } from "../../text/program-name.ts";

/** Output streams of a program; nothing written to them ever holds one of its secrets. */
export interface Output {
  /** For machines and results. `styled`: the few colours of ours in it are let through (see `stripControlExceptColours`). */
  out(text: string, kind?: "plain" | "styled"): void;
  /** True if `out` is a terminal that shows colours, and nobody has turned them off (NO_COLOR). */
  readonly colour?: boolean;
  /** True if `out` is a terminal, where somebody reads screen by screen. */
  readonly terminal?: boolean;
  /** For people: messages (warnings, errors, what runs where), and progress, which `--quiet` leaves out. */
  err(text: string, kind?: "message" | "progress"): void;
  /** Lines that are redrawn below everything that was said, where `err` is a terminal that can do that; else false. */
  readonly live: LiveLines | false;
}

/** The last lines of a terminal, redrawn in place. Whatever the output's owner says, on either stream, makes room for them. */
export interface LiveLines {
  /** Shows these lines in place of the ones before; none: what was said last is the last line again. */
  show(lines: readonly string[]): void;
}

/**
 * The process's own output; commands are told as they were typed, but for programs (`json`). Every secret is blotted out, and so is what terminals obey, whatever
 * message it got into.
 */
export function processOutput(secrets: readonly string[], quiet: boolean, json = false): Output {
  const { stdout, stderr } = edges().process;
  const redacted = (text: string) => redactor([...secrets, ...runtimeSecrets()])(text);
  const clean = (text: string) => stripControl(redacted(text));
  const cleanStyled = (text: string) => stripControlExceptColours(redacted(text));
  const canRedraw = !quiet && stderr.isTerminal && !process.env.CI && process.env.TERM !== "dumb";
  const live = canRedraw ? liveLines(clean) : false;
  const writeTo = (stream: OutputStream, said: (text: string) => string) => (text: string, kind?: string) => {
    const write = () => stream.write(`${said(kind === "styled" ? cleanStyled(text) : clean(text))}\n`);
    if (live) live.above(write);
    else write();
  };
  const err = writeTo(stderr, asTyped);
  return {
    out: writeTo(stdout, json ? (text) => text : asTyped),
    terminal: stdout.isTerminal,
    colour: stdout.isTerminal && !process.env.NO_COLOR && process.env.TERM !== "dumb",
    err: (text, kind = "message") => {
      if (kind === "message" || !quiet) err(text);
    },
    live,
  };
}

/** The one place that knows how many lines are to be erased: nothing else may write to the terminal while some are shown. */
function liveLines(clean: (text: string) => string): LiveLines & { above(write: () => void): void } {
  // Only a terminal needs it, and loading it takes longer than many a command does.
  const { logUpdateStderr } = require("log-update") as typeof import("log-update");
  let shown: readonly string[] = [];
  const draw = () => logUpdateStderr(shown.map(clean).join("\n"));
  return {
    show(lines) {
      if (lines.length === 0 && shown.length > 0) {
        logUpdateStderr.clear();
        logUpdateStderr.done();
      }
      shown = lines;
      if (shown.length > 0) draw();
    },
    above(write) {
      if (shown.length === 0) return write();
      logUpdateStderr.clear();
      write();
      draw();
    },
  };
}

/** Replaces every occurrence of a secret, also where it stands in JSON. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]));
  // The longest first: of one that begins like another, the rest would be left over.
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text);
}
