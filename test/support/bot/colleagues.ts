import { createAccess } from "../../../bot/access/access.ts";
import { type ConversationDeps, createConversation } from "../../../bot/commands/create-conversation.ts";
import type { Answer, ButtonClick, MessageContent, Reply } from "../../../bot/conversation.ts";
import type { AuditEntry, ContactActions, Explainer, RunFlow } from "../../../bot/ports.ts";
import type { Runner, RunState } from "../../../bot/runs/runner.ts";
import type { SlackAccess } from "../../../lib/domain/config.ts";
import type { UserGroups } from "../../../lib/remotes/slack/user-groups.ts";

export const ANN = { team: "T1", channel: "C1", user: "U1" };

const SLACK: SlackAccess = { team: "T1", channels: ["C1"], users: ["U1"], user_groups: [] };

/** What a test changes of the world around the conversation. */
export interface World {
  slack: SlackAccess;
  userGroups: UserGroups;
  current: () => Promise<RunState | null>;
  ended: (since: Date) => Promise<RunState[]>;
  starterOf: (id: string) => string | null;
  change: Partial<ConversationDeps>;
}

/** A conversation among in-memory colleagues that note down what they are called with. */
export function start(world: Partial<World> = {}) {
  const calls: unknown[][] = [];
  const audited: AuditEntry[] = [];
  const warnings: string[] = [];
  const clock = { now: new Date("2026-11-24T12:00:00Z") };
  const note =
    (name: string) =>
    async (...given: unknown[]): Promise<void> => {
      calls.push([name, ...given.filter((one) => !(typeof one === "object" && one !== null && "privately" in one))]);
    };
  const runs: RunFlow = {
    ...{ ask: note("ask"), confirm: note("confirm"), dismiss: note("dismiss"), cancel: note("cancel") },
    ...{ resume: note("resume"), stop: note("stop") },
  };
  const contactActions: ContactActions = { retry: note("retry"), handled: note("handled") };
  const explainer: Explainer = { explain: note("explain"), whole: note("whole") };
  const unread: UserGroups = { members: async () => ({ is: "unread", reason: "not asked for" }) };
  const conversation = createConversation({
    access: createAccess(world.slack ?? SLACK, world.userGroups ?? unread),
    runs,
    contactActions,
    explainer,
    runner: runnerOf(world),
    audit: {
      record: (entry) => void audited.push(entry),
      latest: (count) => audited.slice(-count).reverse(),
    },
    starterOf: world.starterOf ?? (() => null),
    clock: () => clock.now,
    warn: (message) => void warnings.push(message),
    ...world.change,
  });
  return {
    ...{ conversation, calls, audited, warnings, clock },
    command: (text: string, by = ANN) => played(conversation.command({ by, text })),
    click: (action: string, value = "1", by = ANN) => played(conversation.button(clickOf(action, value, by))),
  };
}

export function clickOf(action: string, value: string, by = ANN): ButtonClick {
  return { by, action, value, message: null };
}

/** What was said at once, and afterwards; `all` as JSON, without the zero-width spaces that keep texts from being formatted. */
export async function played(
  answer: Answer,
): Promise<{ now: MessageContent | null; later: MessageContent[]; all: string }> {
  const later: MessageContent[] = [];
  const say = async (said: MessageContent) => void later.push(said);
  const reply: Reply = { privately: say, instead: say };
  await answer.later?.(reply);
  return { now: answer.now, later, all: [answer.now, ...later].map(textOf).join("\n").replaceAll("\u200b", "") };
}

function textOf(said: MessageContent | null): string {
  return JSON.stringify(said ?? "");
}

function runnerOf({ current, ended }: Partial<World>): Runner {
  const never = async () => {
    throw new Error("not for this test");
  };
  return {
    kind: "gitlab",
    current: current ?? (async () => null),
    ended: ended ?? (async () => []),
    ...{ start: never, look: never, cancel: never, artifacts: never },
    onChange: () => () => {},
  };
}
