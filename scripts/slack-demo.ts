import { parseArgs } from "node:util";
import type { ConversationEntry } from "../sandbox/slack/conversation.ts";

const USAGE = `Plays a person in the Slack of \`zdsync demo --bot\`, and shows the conversation as it grows.

  bun run demo:slack                             types /zdsync run, confirms what it offers, follows the run to its end
  bun run demo:slack --only "/zdsync status"     types this one command, and confirms nothing
  bun run demo:slack --help                      this text; starts nothing

Of another bot or sandbox: BOT_URL, SANDBOX_SLACK_URL.
`;

const bot = `${process.env.BOT_URL ?? "http://127.0.0.1:3000"}/slack/events`;
const slack = process.env.SANDBOX_SLACK_URL ?? "http://127.0.0.1:4014";
/** Looks at the conversation, half a second apart: a run of the demo takes some ten seconds. */
const MAX_LOOKS = 600;
/** Looks after the last thing said, where nothing says that it was the last. */
const QUIET_LOOKS = 5;

/** The parts of a message's blocks that matter here. */
interface ShownBlock {
  text?: { text: string };
  elements?: { type: string; text?: { text: string } | string }[];
}

const asked = askedIn(process.argv.slice(2));
if (asked === "help") process.stdout.write(USAGE);
else if ("wrong" in asked) {
  process.stderr.write(`${asked.wrong}\n\n${USAGE}`);
  process.exitCode = 2;
} else
  try {
    await play(asked);
  } catch {
    process.stderr.write(
      `Nobody answers at ${slack} or ${bot}. Start \`bun run demo --bot\` in another terminal first.\n`,
    );
    process.exitCode = 1;
  }

/** Returns the line to type, and whether an offer is confirmed. Nothing is typed if a word is not understood. */
function askedIn(words: string[]): { line: string; confirms: boolean } | "help" | { wrong: string } {
  try {
    const options = { only: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    if (values.help || (positionals.length === 1 && positionals[0] === "help")) return "help";
    if (positionals.length > 0) return { wrong: `Not understood: ${positionals.join(" ")}. Nothing was started.` };
    if (values.only === undefined) return { line: "/zdsync run", confirms: true };
    if (!/^\/zdsync(\s|$)/.test(values.only))
      return { wrong: "--only takes a command that begins with /zdsync, in quotes. Nothing was started." };
    return { line: values.only, confirms: false };
  } catch (error) {
    return { wrong: `${(error as Error).message.split(". ")[0]}. Nothing was started.` };
  }
}

async function play({ line, confirms }: { line: string; confirms: boolean }): Promise<void> {
  // What was said before is not shown again, and an offer of before is not confirmed.
  const before = (await conversation()).length;
  const screen = new Screen();
  // Not awaited: what is said meanwhile is shown meanwhile.
  const typed = ask("/sandbox/types", { line, app: bot });
  let confirmed = false;
  let quiet = 0;
  for (let look = 0; look < MAX_LOOKS && quiet < QUIET_LOOKS; look++) {
    const entries = (await conversation()).slice(before);
    const shown = screen.show(entries);
    const offer = entries.find((entry) => entry.standing === "stands" && hasButton(entry, "run_confirm"));
    if (offer && confirms && !confirmed) {
      confirmed = true;
      await ask("/sandbox/clicks", { ts: offer.ts, action: "run_confirm", app: bot });
    }
    const goesOn = screen.isPromised || (confirms && !screen.hasEnded);
    quiet = shown > 0 || goesOn ? 0 : quiet + 1;
    await Bun.sleep(500);
  }
  await typed;
}

/** Tracks the entries already printed, and prints new ones. */
class Screen {
  #printed = 0;
  hasEnded = false;
  /** The last thing said promises another. */
  isPromised = false;

  show(entries: readonly ConversationEntry[]): number {
    const fresh = entries.slice(this.#printed);
    this.#printed = entries.length;
    for (const entry of fresh) {
      this.isPromised = entry.kind === "message" && /one moment\.$|^I am working out/.test(entry.text);
      const who =
        entry.kind === "typed" || entry.kind === "clicked" ? entry.from : entry.kind === "error" ? "Slack" : "zdsync";
      const seenBy = entry.visibleTo ? ` (only ${entry.visibleTo} sees this)` : "";
      const place = entry.thread_ts ? "    " : "";
      const files = (entry.files ?? []).map(({ title, size }) => `[file: ${title}, ${size} bytes]`);
      const body = [wordsOf(entry), ...files].join("\n").replaceAll("\n", `\n${place}    `);
      process.stdout.write(`${place}${who}${seenBy}:\n${place}    ${body}\n\n`);
      if (entry.kind === "message" && entry.thread_ts && /\bended\b|\bdone\b|failed|refused|stopped/i.test(entry.text))
        this.hasEnded = true;
    }
    return fresh.length;
  }
}

/** A message as plain text; buttons in brackets. */
function wordsOf({ kind, text, blocks }: ConversationEntry): string {
  if (kind === "clicked") return `[${text}]`;
  if (!blocks?.length) return text;
  return (blocks as ShownBlock[])
    .map(({ text: said, elements = [] }) => {
      const parts = elements.map((element) => {
        const words = typeof element.text === "string" ? element.text : (element.text?.text ?? "");
        return element.type === "button" ? `[${words}]` : words;
      });
      return [...(said ? [said.text] : []), parts.join(" ")].filter((part) => part !== "").join("\n");
    })
    .join("\n")
    .replaceAll("\u200b", "")
    .replace(/<!date\^[^|]*\|([^>]*)>/g, "$1")
    .replace(/<(https?:[^|>]*)\|([^>]*)>/g, "$2")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function hasButton({ blocks = [] }: ConversationEntry, action: string): boolean {
  return JSON.stringify(blocks).includes(`"action_id":"${action}"`);
}

async function conversation(): Promise<ConversationEntry[]> {
  return (await (await fetch(`${slack}/sandbox/conversation`)).json()) as ConversationEntry[];
}

async function ask(path: string, body: Record<string, string>): Promise<void> {
  const response = await fetch(`${slack}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) process.stderr.write(`${path}: ${await response.text()}\n`);
}
