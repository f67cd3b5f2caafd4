import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { Access } from "../access/access.ts";
import type { Decided } from "../access/decide-access.ts";
import type { Actor, Answer, ButtonClick, Conversation, Reply, Said, SlashCommand } from "../conversation.ts";
import { failureWords } from "../failure-words.ts";
import { failedText, guarded, reasonOf } from "../guarded.ts";
import { ACTION, type Audit, type Explainer, type OrganizationCare, type RunFlow } from "../parts.ts";
import { saidLines } from "../render/blocks.ts";
import { orderText } from "../render/run-words.ts";
import { Throttle } from "../throttle.ts";
import { HELP_LINES } from "./help-text.ts";
import { auditLines, lastRunLines } from "./last.ts";
import { parseCommand, type ZdsyncCommand } from "./parse-command.ts";
import { type RunViews, statusLines } from "./status.ts";

/** What the conversation works with. */
export interface ConversationSetting extends RunViews {
  access: Access;
  runs: RunFlow;
  organizations: OrganizationCare;
  explainer: Explainer;
  audit: Audit;
  /** Told what went wrong, by code; never names a customer. */
  warn: (message: string) => void;
}

type Later = (reply: Reply) => Promise<void>;
/** What somebody asks for who has to be allowed to: how it is called in the audit log, and what is done. */
interface Asked {
  by: Actor;
  /** No names: `explain`, `run global`. */
  what: string;
  /** Said at once where it is known already that they may. */
  now: Said | null;
  answer: Later;
}

/** What the bot does about what people type and click; everybody may have help and status, the rest is for those allowed. */
export function createConversation(setting: ConversationSetting): Conversation {
  const guard = createGuard(setting);
  return {
    command: (command) => caught(setting, "a command", () => answerCommand(setting, guard, command)),
    button: (click) => caught(setting, "a click", () => answerClick(setting, guard, click)),
  };
}

function answerCommand(setting: ConversationSetting, guard: Guard, { by, text }: SlashCommand): Answer {
  const parsed = parseCommand(text);
  if (parsed.is === "refused")
    return { now: saidLines([...parsed.problems, "`/zdsync help` lists the commands."]), later: null };
  const { command } = parsed;
  if (command.verb === "help") return { now: saidLines(HELP_LINES), later: null };
  const now = saidLines([`${commandText(command)}: one moment …`, ...hintLines(command)]);
  if (command.verb === "status") return { now, later: later(setting, "status", (reply) => tellStatus(setting, reply)) };
  return guard({ by, what: auditText(command), now, answer: (reply) => doCommand(setting, command, by, reply) });
}

type Privileged = Exclude<ZdsyncCommand, { verb: "help" | "status" }>;

function doCommand(setting: ConversationSetting, command: Privileged, by: Actor, reply: Reply): Promise<void> {
  switch (command.verb) {
    case "run":
      return setting.runs.ask({ instance: command.instance, purpose: command.purpose }, by, reply);
    case "preview":
      return setting.runs.ask({ instance: command.instance, purpose: "preview" }, by, reply);
    case "cancel":
      return setting.runs.cancel(by, reply);
    case "explain":
      return setting.explainer.explain(command.asked, by, reply);
    case "last":
      return tellLast(setting, reply);
  }
}

async function tellStatus(setting: ConversationSetting, reply: Reply): Promise<void> {
  await reply.privately(saidLines(await orReason(setting, "status", () => statusLines(setting))));
}

/** Two messages: the log is shown also where the runner cannot be asked, or a run has much to say. */
async function tellLast(setting: ConversationSetting, reply: Reply): Promise<void> {
  const run = await orReason(setting, "last", () => lastRunLines(setting));
  const entries = await orReason(setting, "audit log", async () => auditLines(setting.audit));
  await reply.privately(saidLines(run));
  await reply.privately(saidLines(entries));
}

/** The buttons that are known, and how they are called in the audit log. */
const CLICKS: Readonly<
  Record<
    string,
    { what: string; answer: (setting: ConversationSetting, click: ButtonClick, reply: Reply) => Promise<void> }
  >
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
    answer: ({ organizations }, click, reply) => organizations.retry(click, reply),
  },
  [ACTION.explainWhole]: {
    what: "explain everything",
    answer: ({ explainer }, click, reply) => explainer.whole(click, reply),
  },
  [ACTION.markHandled]: {
    what: "mark handled",
    answer: ({ organizations }, click, reply) => organizations.handled(click, reply),
  },
};

function answerClick(setting: ConversationSetting, guard: Guard, click: ButtonClick): Answer {
  const known = Object.hasOwn(CLICKS, click.action) ? CLICKS[click.action] : undefined;
  if (known)
    return guard({ by: click.by, what: known.what, now: null, answer: (reply) => known.answer(setting, click, reply) });
  const old = saidLines([
    "This button no longer works because it is from an older message. `/zdsync help` lists the commands.",
  ]);
  return { now: null, later: later(setting, "an unknown button", (reply) => reply.privately(old)) };
}

type Guard = (asked: Asked) => Answer;

/** Lets only those do something who may: checked here, every time anew. */
function createGuard(setting: ConversationSetting): Guard {
  const { access, audit, clock } = setting;
  // A person's refusals are audited once a minute, so that nobody floods the log.
  const refusals = new Throttle();
  const refuse = (decided: Decided & { is: "refused" }, { by, what }: Asked): Said => {
    try {
      if (refusals.pass(`${by.team} ${by.user}`, clock()) !== null)
        audit.record({ at: clock(), by, what, result: `refused: ${decided.reason}` });
    } catch (error) {
      setting.warn(`a refusal could not be audited: ${failureWords(error)}`);
    }
    return saidLines(decided.lines);
  };
  return (asked) => {
    const known = access.known(asked.by);
    if (known?.is === "refused") return { now: refuse(known, asked), later: null };
    const decideFirst: Later = async (reply) => {
      const decided = known ?? (await access.decide(asked.by));
      if (decided.is === "refused") return reply.privately(refuse(decided, asked));
      await asked.answer(reply);
    };
    return { now: asked.now, later: later(setting, asked.what, decideFirst) };
  };
}

/** What is said later, kept from throwing. */
function later(setting: ConversationSetting, what: string, then: Later): Later {
  return (reply) => guarded(setting, { what }, reply, () => then(reply));
}

function caught(setting: ConversationSetting, what: string, answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    setting.warn(`${what} failed: ${failureWords(error)}`);
    return { now: failedText(error), later: null };
  }
}

/** Lines, or one sentence where they could not be made. */
async function orReason(setting: ConversationSetting, what: string, lines: () => Promise<string[]>): Promise<string[]> {
  try {
    return await lines();
  } catch (error) {
    setting.warn(`${what} failed: ${failureWords(error)}`);
    return [mrkdwnText(reasonOf(error), 1_000)];
  }
}

/** What somebody who typed a word of before is told. */
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
