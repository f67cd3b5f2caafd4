import type { InstanceName } from "../lib/domain/instance.ts";
import type { Actor, ButtonClick, Reply } from "./conversation.ts";

export { ACTION } from "../lib/remotes/slack/actions.ts";

/** An action by a person and its outcome; `/zdsync last` shows the newest. */
export interface AuditEntry {
  at: Date;
  by: Actor;
  /** `run global --dry-run`, `confirm 12 creates, 3 updates`, `retry contacts of organization 123`. No names, no addresses. */
  what: string;
  /** `started pipeline 4711`, `refused: not on the allow-list`, … */
  result: string;
}

/** The audit log; entries are never changed. */
export interface Audit {
  record(entry: AuditEntry): void;
  /** Newest first. */
  latest(count: number): AuditEntry[];
}

/** Asks for runs, confirms them, follows them. Whoever calls has been let in already (access). No method throws. */
export interface RunFlow {
  /**
   * Says what a run would change. `offer`: and offers to start it, with these counts as maxima. `look`: only that. `preview`: for all
   * in the channel to see, with its page.
   */
  ask(
    order: { instance: InstanceName | null; purpose: "offer" | "look" | "preview" },
    by: Actor,
    reply: Reply,
  ): Promise<void>;
  /** Starts what was offered: once, within five minutes, for the user who asked. */
  confirm(offer: string, by: Actor, reply: Reply): Promise<void>;
  /** Takes an offer back. */
  dismiss(offer: string, by: Actor, reply: Reply): Promise<void>;
  /** Asks the run that goes on to stop safely. */
  cancel(by: Actor, reply: Reply): Promise<void>;
  /** After a start of the bot: goes on following what it had started. */
  resume(): Promise<void>;
  /** Ends following; waits for what is in flight. */
  stop(): Promise<void>;
}

/** Explains single customers. Whoever calls has been let in already. No method throws. */
export interface Explainer {
  /** Answers why a customer is as it is, from the last run: by an id of Salesforce or Zendesk, a name, or an address. */
  explain(asked: string, by: Actor, reply: Reply): Promise<void>;
  /** Tells everything about the customer of an answer's button. */
  whole(click: ButtonClick, reply: Reply): Promise<void>;
}

/** Takes care of single organizations. Whoever calls has been let in already. No method throws. */
export interface ContactActions {
  /** Does what sync does for the contacts of one organization, now, and updates the message. */
  retry(click: ButtonClick, reply: Reply): Promise<void>;
  /** Notes that somebody took care, and updates the message. */
  handled(click: ButtonClick, reply: Reply): Promise<void>;
}
