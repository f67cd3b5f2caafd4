/** Something that does not hold, for whoever has to mend it. */
export interface Failure {
  /** The check, or file and test. */
  name: string;
  /** The failure's text: an error's message, a tool's output. */
  message: string;
  /** Places in the code, `file:line:column`, innermost first. */
  where?: readonly string[];
  /** Command or hint for seeing all of it if the message is shortened. */
  more?: string;
}

/** Lines of one failure; a diff of thousands of lines says in its first dozens what is wrong. */
const MAX_LINES = 40;
const MAX_WIDTH = 240;
/** Lines kept around each changed line of a diff. */
const CONTEXT = 2;

/** A failure as text: its name, then the message, shortened and indented, then where. */
export function renderFailure({ name, message, where = [], more }: Failure): string {
  const lines = shorten(plain(message).split("\n"), MAX_LINES);
  const rest = [...where.slice(0, 3).map((place) => `at ${place}`), ...(more ? [more] : [])];
  return [`✗ ${name}`, ...[...lines, ...rest].map((line) => `  ${line}`.trimEnd())].join("\n");
}

/** The lines that matter, at most as many as asked for: of a diff what changed with a little context, else the first ones. */
export function shorten(lines: readonly string[], most: number): string[] {
  const trimmed = collapse(withoutBlankEnds(lines)).map((line) =>
    line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)} …` : line,
  );
  if (trimmed.length <= most) return trimmed;
  return [...trimmed.slice(0, most - 1), `… ${trimmed.length - most + 1} more lines`];
}

/** Leaves out what a diff has far from any change. What is no diff (`- …` and `+ …`) stays as it is. */
function collapse(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => /^[-+] /.test(line));
  if (first < 0) return [...lines];
  const changed = lines.flatMap((line, index) => (/^[-+] /.test(line) ? [index] : []));
  const kept = (index: number) =>
    changed.some((change) => Math.abs(change - index) <= CONTEXT) || !/^ {2}/.test(lines[index] ?? "");
  const result: string[] = [];
  let left = 0;
  for (const [index, line] of lines.entries()) {
    if (kept(index)) {
      if (left > 0) result.push(`  … ${left} equal lines`);
      left = 0;
      result.push(line);
    } else left++;
  }
  if (left > 0) result.push(`  … ${left} equal lines`);
  return result;
}

/** Text without colours. */
export function plain(text: string): string {
  return Bun.stripANSI(text).replaceAll("\r\n", "\n");
}

function withoutBlankEnds(lines: readonly string[]): readonly string[] {
  const filled = (line: string) => line.trim() !== "";
  return lines.slice(Math.max(0, lines.findIndex(filled)), lines.findLastIndex(filled) + 1);
}
