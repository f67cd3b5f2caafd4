import type { Block } from "../../lib/remotes/slack/ports.ts";
import type { MessageContent } from "../conversation.ts";

export { mention } from "../../lib/text/mrkdwn.ts";

/** Characters of one section: Slack takes 3,000, escaped. */
const MAX_SECTION_LENGTH = 2_800;
/** Characters of all sections as JSON: Slack refuses some 13,000 of blocks, whatever its documentation says (facts 6). */
const MAX_MESSAGE_LENGTH = 9_500;
/** The same where a line is added at the end. */
const MAX_PAGE_LENGTH = 9_000;

/** A message of lines: mrkdwn of ours, in which everything from outside was made harmless already. The first line is its `text`. */
export function messageLines(lines: readonly string[], ...more: Block[]): MessageContent & { blocks: Block[] } {
  return { text: lines[0] ?? "", blocks: [...sections(fitting(lines)), ...more] };
}

/** Lines in as many messages as they take, at most so many; where that is not enough, `rest` stands at the end. */
export function messagePages(
  lines: readonly string[],
  most: number,
  rest: string,
): (MessageContent & { blocks: Block[] })[] {
  const pages: string[][] = [[]];
  let characters = 0;
  for (const line of lines) {
    const length = JSON.stringify(line).length + 1;
    if (characters + length > MAX_PAGE_LENGTH) {
      pages.push([]);
      characters = 0;
    }
    pages.at(-1)?.push(line);
    characters += length;
  }
  const shown = pages.slice(0, most);
  if (pages.length > most) shown.at(-1)?.push(rest);
  return shown.map((page) => messageLines(page));
}

/** As many lines as fit into a message, and how many did not. */
function fitting(lines: readonly string[]): string[] {
  let characters = 0;
  const kept = lines.filter((line) => {
    characters += JSON.stringify(line).length + 1;
    return characters <= MAX_MESSAGE_LENGTH;
  });
  return kept.length === lines.length ? kept : [...kept, `(${lines.length - kept.length} lines omitted)`];
}

/** Lines in as many sections as their length asks for. */
function sections(lines: readonly string[]): Block[] {
  const texts: string[] = [];
  for (const line of lines) {
    const open = texts.at(-1);
    if (open !== undefined && open.length + line.length + 1 <= MAX_SECTION_LENGTH)
      texts[texts.length - 1] = `${open}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } }));
}

/** A moment as Slack shows it in each reader's own time zone; programs that cannot, show UTC. */
export function momentText(moment: Date): string {
  const utc = moment.toISOString().slice(0, 16).replace("T", " ");
  return `<!date^${Math.floor(moment.getTime() / 1000)}^{date_short_pretty} {time}|${utc} UTC>`;
}

/** `4 min 12 s`, `1 h 3 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (seconds < 60) return `${seconds} s`;
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
