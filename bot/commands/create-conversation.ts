import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { Access } from "../access/access.ts";
import type { Decided } from "../access/decide-access.ts";
import type { Actor, Answer, ButtonClick, Conversation, MessageContent, Reply, SlashCommand } from "../conversation.ts";
import { errorSummary } from "../error-summary.ts";
import { failedText, guarded, reasonOf } from "../guarded.ts";
import { ACTION, type Audit, type ContactActions, type Explainer, type RunFlow } from "../ports.ts";
import { messageLines } from "../render/blocks.ts";
import { orderText } from "../render/format-run.ts";
import { Throttle } from "../throttle.ts";
import { HELP_LINES } from "./help-text.ts";
import { auditLines, lastRunLines } from "./last.ts";
import { parseCommand, type ZdsyncCommand } from "./parse-command.ts";
import { type RunViews, statusLines } from "./status.ts";

/** Parts of `createConversation`: who is allowed, what the commands and buttons do, and the logs. */
export interface ConversationDeps extends RunViews {
  access: Access;
  runs: RunFlow;
  contactActions: ContactActions;
  explainer: Explainer;
  audit: Audit;
  /** Told what went wrong, by code; never names a customer. */
  warn: (message: string) => void;
}

type Later = (reply: Reply) => Promise<void>;
/** A request that requires permission: its name in the audit log, and the work to do. */
interface Asked {
  by: Actor;
  /** No names: `explain`, `run global`. */
  what: string;
  /** Said at once where it is known already that they may. */
  now: MessageContent | null;
  answer: Later;
}

/** Creates the handler for everything people type and click; anybody may use help and status, the rest is for those allowed. */
export function createConversation(deps: ConversationDeps): Conversation {
  const guard = createGuard(deps);
  return {
    command: (command) => caught(deps, "a command", () => answerCommand(deps, guard, command)),
    button: (click) => caught(deps, "a click", () => answerClick(deps, guard, click)),
  };
}

function answerCommand(deps: ConversationDeps, guard: Guard, { by, text }: SlashCommand): Answer {
  const parsed = parseCommand(text);
  if (parsed.is === "refused")
    return { now: messageLines([...parsed.problems, "`/zdsync help` lists the commands."]), later: null };
  const { command } = parsed;
  if (command.verb === "help") return { now: messageLines(HELP_LINES), later: null };
  const now = messageLines([`${commandText(command)}: one moment …`, ...hintLines(command)]);
  if (command.verb === "status") return { now, later: later(deps, "status", (reply) => tellStatus(deps, reply)) };
  return guard({ by, what: auditText(command), now, answer: (reply) => doCommand(deps, command, by, reply) });
}

type Privileged = Exclude<ZdsyncCommand, { verb: "help" | "status" }>;

function doCommand(deps: ConversationDeps, command: Privileged, by: Actor, reply: Reply): Promise<void> {
  switch (command.verb) {
    case "run":
      return deps.runs.ask({ instance: command.instance, purpose: command.purpose }, by, reply);
    case "preview":
      return deps.runs.ask({ instance: command.instance, purpose: "preview" }, by, reply);
    case "cancel":
      return deps.runs.cancel(by, reply);
    case "explain":
      return deps.explainer.explain(command.asked, by, reply);
    case "last":
      return tellLast(deps, reply);
  }
}

async function tellStatus(deps: ConversationDeps, reply: Reply): Promise<void> {
  await reply.privately(messageLines(await orReason(deps, "status", () => statusLines(deps))));
}

/** Two messages: the log is shown also where the runner cannot be asked, or a run has much to say. */
async function tellLast(deps: ConversationDeps, reply: Reply): Promise<void> {
  const run = await orReason(deps, "last", () => lastRunLines(deps));
  const entries = await orReason(deps, "audit log", async () => auditLines(deps.audit));
  await reply.privately(messageLines(run));
  await reply.privately(messageLines(entries));
}

/** The buttons that are known, and how they are called in the audit log. */
const CLICKS: Readonly<
  Record<string, { what: string; answer: (deps: ConversationDeps, click: ButtonClick, reply: Reply) => Promise<void> }>
> = {
  [ACTION.confirmRun]: {
    what: "confirm a run",
    answer: ({ runs }, { value, by }, reply) => runs.confirm(value, by, reply),
  },
  [ACTION.dismissRun]: {
    what: "dismiss a run",
    answer: ({ runs }, { value, by }, reply) => runs.dismiss(value, by, reply),
  },
  [ACTION.retryContacts]: {
    what: "retry contacts",
    answer: ({ contactActions: organizations }, click, reply) => organizations.retry(click, reply),
  },
  [ACTION.explainWhole]: {
    what: "explain everything",
    answer: ({ explainer }, click, reply) => explainer.whole(click, reply),
  },
  [ACTION.markHandled]: {
    what: "mark handled",
    answer: ({ contactActions: organizations }, click, reply) => organizations.handled(click, reply),
  },
};

function answerClick(deps: ConversationDeps, guard: Guard, click: ButtonClick): Answer {
  const known = Object.hasOwn(CLICKS, click.action) ? CLICKS[click.action] : undefined;
  if (known)
    return guard({ by: click.by, what: known.what, now: null, answer: (reply) => known.answer(deps, click, reply) });
  const old = messageLines([
    "This button no longer works because it is from an older message. `/zdsync help` lists the commands.",
  ]);
  return { now: null, later: later(deps, "an unknown button", (reply) => reply.privately(old)) };
}

type Guard = (asked: Asked) => Answer;

/** Lets only those do something who may: checked here, every time anew. */
function createGuard(deps: ConversationDeps): Guard {
  const { access, audit, clock } = deps;
  // A person's refusals are audited once a minute, so that nobody floods the log.
  const refusals = new Throttle();
  const refuse = (decided: Decided & { is: "refused" }, { by, what }: Asked): MessageContent => {
    try {
      if (refusals.pass(`${by.team} ${by.user}`, clock()) !== null)
        audit.record({ at: clock(), by, what, result: `refused: ${decided.reason}` });
    } catch (error) {
      deps.warn(`a refusal could not be audited: ${errorSummary(error)}`);
    }
    return messageLines(decided.lines);
  };
  return (asked) => {
    const known = access.known(asked.by);
    if (known?.is === "refused") return { now: refuse(known, asked), later: null };
    const decideFirst: Later = async (reply) => {
      const decided = known ?? (await access.decide(asked.by));
      if (decided.is === "refused") return reply.privately(refuse(decided, asked));
      await asked.answer(reply);
    };
    return { now: asked.now, later: later(deps, asked.what, decideFirst) };
  };
}

/** Wraps a later answer so that it never throws. */
function later(deps: ConversationDeps, what: string, then: Later): Later {
  return (reply) => guarded(deps, { what }, reply, () => then(reply));
}

function caught(deps: ConversationDeps, what: string, answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    deps.warn(`${what} failed: ${errorSummary(error)}`);
    return { now: failedText(error), later: null };
  }
}

/** Lines, or one sentence where they could not be made. */
async function orReason(deps: ConversationDeps, what: string, lines: () => Promise<string[]>): Promise<string[]> {
  try {
    return await lines();
  } catch (error) {
    deps.warn(`${what} failed: ${errorSummary(error)}`);
    return [mrkdwnText(reasonOf(error), 1_000)];
  }
}

/** Hints for somebody who typed a word from an earlier version. */
function hintLines(command: ZdsyncCommand): string[] {
  return command.verb === "explain" && command.typed === "org"
    ? ["`/zdsync org` is now `/zdsync explain`; the old name will be removed."]
    : [];
}

/** A command as it was understood, as mrkdwn. */
function commandText(command: ZdsyncCommand): string {
  if (command.verb !== "explain") return `\`/zdsync ${auditText(command)}\``;
  return `\`/zdsync explain\` ${mrkdwnText(command.asked, 100)}`;
}

/** A command for the audit log: never what an organization is called. */
function auditText(command: ZdsyncCommand): string {
  if (command.verb === "run") return orderText(command.instance, command.purpose);
  return command.verb === "preview" ? orderText(command.instance, "preview") : command.verb;
}
