import type { Subject } from "../../lib/domain/find-organization.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { ExplanationDocument, Line, Span } from "../../lib/explain/document.ts";
import type { ExplainedSubject } from "../../lib/explain/explain-subjects.ts";
import type { Block } from "../../lib/remotes/slack/ports.ts";
import { mrkdwnLink, mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { MessageContent } from "../conversation.ts";
import { ACTION } from "../ports.ts";
import { mention, messageLines, messagePages, momentText } from "../render/blocks.ts";
import type { LastRun } from "./last-run.ts";
import type { KnownState } from "./organization-states.ts";

/** Hosts that links lead to; no link where one is not known. */
export type LinkHosts = Record<"salesforce" | InstanceName, string | null>;

/** Everything an answer shows in addition to the explanation itself. */
export interface AnswerOptions {
  hosts: LinkHosts;
  run: Pick<LastRun, "endedAt" | "url">;
  /** The action people have taken on it in Slack since; null if nobody took any. */
  state: KnownState | null;
}

/** Characters of a piece of text and of a line: Slack takes 3,000 of a section. */
const MAX_SPAN_LENGTH = 600;
const MAX_LINE_LENGTH = 2_200;
/** Messages of a whole explanation: Slack takes five answers to one click. */
const MAX_MESSAGES = 4;

/** The first lines, which answer the question, with a button for the whole; or who may have been meant. Pure. */
export function answerTo(
  asked: string,
  explained: ExplainedSubject,
  options: AnswerOptions,
): MessageContent & { blocks: Block[] } {
  const when = runLine(options.run, explained);
  if (explained.is !== "explained") return messageLines([...notOneLines(asked, explained, options.hosts), when]);
  const { document, subject } = explained;
  const state = options.state ? [`Since then: ${stateText(options.state)}`] : [];
  return messageLines([...document.answer.map(lineText), ...state, when], wholeButton(subject));
}

/** Everything, in as many messages as Slack takes; where that is not enough, the command that shows the rest. Pure. */
export function wholeOf(
  explained: ExplainedSubject & { is: "explained" },
  { run }: Pick<AnswerOptions, "run">,
): MessageContent[] {
  const { document, subject } = explained;
  const id = idOf(subject);
  const rest = `The rest does not fit into a Slack message; run \`zdsync explain ${id}\` in a terminal to see all of it.`;
  return messagePages([...documentLines(document), runLine(run, explained)], MAX_MESSAGES, rest);
}

function documentLines({ answer, sections }: ExplanationDocument): string[] {
  return [
    ...answer.map(lineText),
    ...sections.flatMap(({ title, lines }) => [
      `*${mrkdwnText(title, 150)}*`,
      ...lines.map((line) => `${BULLETS[line.depth]}${lineText(line)}`),
    ]),
  ];
}

const BULLETS = ["• ", "    ◦ ", "        ▪ "] as const;

/** One line as mrkdwn in which everything from outside shows as text. */
function lineText({ label, spans }: Line): string {
  let text = label === undefined ? "" : `${mrkdwnText(label, 120)}: `;
  for (const span of spans) {
    const piece = spanText(span);
    if (text.length + piece.length > MAX_LINE_LENGTH) return `${text}…`;
    text += piece;
  }
  return text;
}

/** Blanks around a piece keep it apart from its neighbours: they stay outside of what makes it bold. */
function spanText({ text, tone, href }: Span): string {
  const [, before = "", core = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  if (core === "") return text === "" ? "" : " ";
  const shown = href === undefined ? mrkdwnText(core, MAX_SPAN_LENGTH) : mrkdwnLink(href, core);
  const isLoud = tone === "strong" || tone === "bad";
  return `${before === "" ? "" : " "}${isLoud ? `*${shown}*` : shown}${after === "" ? "" : " "}`;
}

function wholeButton(subject: (ExplainedSubject & { is: "explained" })["subject"]): Block {
  return {
    type: "actions",
    elements: [
      {
        type: "button",
        action_id: ACTION.explainWhole,
        text: { type: "plain_text", text: "Show everything", emoji: false },
        value: idOf(subject),
      },
    ],
  };
}

/** Returns the id with which an explanation can be requested again: never a name. */
function idOf({ salesforce_id, organizations: [first] }: (ExplainedSubject & { is: "explained" })["subject"]): string {
  return salesforce_id ?? String(first?.id ?? 0);
}

const REPLACED = "Another run is in progress, or a preview has replaced its files.";

function notOneLines(asked: string, found: Exclude<ExplainedSubject, { is: "explained" }>, hosts: LinkHosts): string[] {
  const quoted = `“${mrkdwnText(asked, 80)}”`;
  if (found.is === "not kept")
    return [
      `${REPLACED} Of the last run, only customers that it changed, skipped, refused or failed are still known; ${quoted} is not one of them. Try again when the next run has ended.`,
    ];
  if (found.is === "no rules")
    return [
      `The last run left no rules to explain ${quoted}: it ended before it processed accounts, or used an older zdsync. \`/zdsync last\` shows how it ended; try again when the next run has ended.`,
    ];
  if (found.is === "several")
    return [
      `${found.subjects.length + found.more} match ${quoted}. Use one of their ids:`,
      ...found.subjects.map((one) => hitLine(one, hosts)),
      ...(found.more > 0 ? [`and ${found.more} more`] : []),
    ];
  const near = found.nearest.map((one) => hitLine(one, hosts));
  return [
    `The last run has no record with that id, name or address: ${quoted}.`,
    ...(near.length > 0 ? ["Did you mean:", ...near] : []),
    "It knows the customers and partners in Salesforce, and the organizations of both Zendesk instances.",
  ];
}

function hitLine({ names, salesforceId, organizations }: Subject, hosts: LinkHosts): string {
  const ids = organizations.slice(0, 3).map(({ instance, id }) => organizationLink(instance, id, hosts));
  const all = [...(salesforceId === null ? [] : [accountLink(salesforceId, hosts)]), ...ids];
  return `• ${mrkdwnText(names[0] ?? "", 80) || "(no name)"}  ${all.join(" · ")}`;
}

function stateText(state: KnownState): string {
  const who = `${mention(state.by)}, ${momentText(state.at)}`;
  if (state.is === "handled") return `marked handled by ${who}`;
  if (state.is === "still nobody") return `contacts retried by ${who}: still without contacts`;
  return `contacts retried by ${who}: ${state.count === 0 ? "contacts already existed" : `${state.count} added`}`;
}

function runLine({ endedAt, url }: AnswerOptions["run"], explained: ExplainedSubject): string {
  const asOf = `As of ${url === null ? "the last run" : mrkdwnLink(url, "the last run")}, ${momentText(endedAt)}.`;
  const isKept = explained.is === "explained" && explained.source === "history";
  return isKept ? `${asOf} ${REPLACED} This is from the history.` : asOf;
}

function accountLink(id: string, { salesforce }: LinkHosts): string {
  return mrkdwnLink(salesforce === null ? "" : `https://${salesforce}/${encodeURIComponent(id)}`, `Salesforce ${id}`);
}

function organizationLink(instance: InstanceName, id: number, hosts: LinkHosts): string {
  const host = hosts[instance];
  return mrkdwnLink(host === null ? "" : `https://${host}/agent/organizations/${id}`, `Zendesk ${id}`);
}
