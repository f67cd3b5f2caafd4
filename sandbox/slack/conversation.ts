import type { SharedFile } from "./files.ts";

/** One thing that somebody in the workspace sees. */
export interface ConversationEntry {
  /** A message of the bot, what a person typed or clicked, or what Slack itself tells a person about the app. */
  kind: "message" | "typed" | "clicked" | "error";
  channel: string;
  /** Each version of a message has the `ts` of the first one. */
  ts: string;
  thread_ts?: string;
  /** A user's id: the bot's for its messages, USLACKBOT for what Slack itself says. */
  from: string;
  /** The one user who sees it; null: everybody in the channel. */
  visibleTo: string | null;
  text: string;
  blocks?: unknown[];
  /** Shared with it. */
  files?: SharedFile[];
  /** Whether it can still be seen, or a newer version stands in its place, or it was deleted. */
  standing: "stands" | "replaced" | "deleted";
}

/** Everything that was to be seen, in the order in which it appeared; nothing is ever taken out of it. */
export class SeenConversation {
  readonly #entries: ConversationEntry[] = [];

  add(entry: Omit<ConversationEntry, "standing">): ConversationEntry {
    const added: ConversationEntry = { ...entry, standing: "stands" };
    this.#entries.push(added);
    return { ...added };
  }

  /** The message as it stands now; undefined where there is none, or none any more. */
  standing(channel: string, ts: string): ConversationEntry | undefined {
    const found = this.#standing(channel, ts);
    return found && { ...found };
  }

  /** Puts a new version in the place of the message; what it does not say anew stays. @returns undefined where none stands */
  replace(
    channel: string,
    ts: string,
    content: Partial<Pick<ConversationEntry, "text" | "blocks">>,
  ): ConversationEntry | undefined {
    const before = this.#standing(channel, ts);
    if (!before) return undefined;
    before.standing = "replaced";
    return this.add({ ...before, ...content });
  }

  delete(channel: string, ts: string): void {
    const before = this.#standing(channel, ts);
    if (before) before.standing = "deleted";
  }

  /** A typed command that was answered for all to see is seen by all itself. */
  publish(ts: string): void {
    for (const entry of this.#entries) if (entry.kind === "typed" && entry.ts === ts) entry.visibleTo = null;
  }

  all(): ConversationEntry[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  #standing(channel: string, ts: string): ConversationEntry | undefined {
    return this.#entries.findLast(
      (entry) =>
        entry.kind === "message" && entry.channel === channel && entry.ts === ts && entry.standing === "stands",
    );
  }
}
