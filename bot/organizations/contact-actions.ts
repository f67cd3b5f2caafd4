import type { Database } from "bun:sqlite";
import { reason } from "../../lib/domain/reason.ts";
import type { SlackChannel } from "../../lib/remotes/slack/ports.ts";
import { type RetryEnd, type RetrySession, retryContacts } from "../../lib/sync/retry-contacts.ts";
import { mrkdwnText } from "../../lib/text/mrkdwn.ts";
import type { Actor, ButtonClick, Reply } from "../conversation.ts";
import { errorSummary } from "../error-summary.ts";
import type { Audit, ContactActions } from "../ports.ts";
import { mention, messageLines } from "../render/blocks.ts";
import type { Sleep } from "../run-flow/pauses.ts";
import { withStates } from "./message-states.ts";
import { MessageUpdates } from "./message-updates.ts";
import { type KnownState, OrganizationStates } from "./organization-states.ts";
import { retryLines, retryResult, settledText, stateAfter } from "./render-retry.ts";

/** Everything that the buttons for an organization work with: Zendesk, Slack's messages, the database and the logs. */
export interface ContactActionsDeps {
  /** Opens a session that may write to global (`RETRY_NEEDS`); it throws where settings are missing or a run holds the lock. */
  openRetry: () => Promise<RetrySession>;
  /** True if a run is writing elsewhere (GitLab), which this machine's lock cannot show. */
  isRunInProgress: () => Promise<boolean>;
  /** The channel with this id: the one in which the message stands whose button was clicked. */
  channelOf: (id: string) => Pick<SlackChannel, "update">;
  database: Database;
  audit: Audit;
  clock: () => Date;
  sleep: Sleep;
  /** Aborted when the bot ends: nothing is waited for any longer. */
  ended: AbortSignal;
  /** Told what went wrong, by code; never names a customer. */
  warn: (message: string) => void;
}

/** Retries the contacts of single organizations, and keeps who took care of them. */
export function createContactActions(deps: ContactActionsDeps): ContactActions {
  return new SerialContactActions(deps);
}

class SerialContactActions {
  readonly #states: OrganizationStates;
  readonly #updates: MessageUpdates;
  /** The person working on each organization. */
  readonly #atWork = new Map<number, string>();
  /** Retries go one after the other: whoever clicks through a list must not take Zendesk's quota from a run. */
  #lastRetry: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: ContactActionsDeps) {
    this.#states = new OrganizationStates(deps.database);
    this.#updates = new MessageUpdates(deps);
  }

  async retry(click: ButtonClick, reply: Reply): Promise<void> {
    const id = organizationIn(click);
    if (id === null) return this.#ignore(click, reply);
    const other = this.#atWork.get(id);
    if (other !== undefined)
      return reply.privately(messageLines([`Organization ${id} is already being retried by ${mention(other)}.`]));
    await (await this.#locked(click, id, reply))();
  }

  /** Retries, or sees that it is settled; answers what is to be said. By the time that is said, the next click counts again. */
  async #locked(click: ButtonClick, id: number, reply: Reply): Promise<() => Promise<void>> {
    this.#atWork.set(id, click.by.user);
    try {
      const settled = this.#settled(click, id);
      if (settled) return () => this.#sayAgain(click, id, settled, reply);
      return await this.#retryNow(click, id, reply);
    } finally {
      this.#atWork.delete(id);
    }
  }

  async handled(click: ButtonClick, reply: Reply): Promise<void> {
    const id = organizationIn(click);
    if (id === null) return this.#ignore(click, reply);
    const settled = this.#settled(click, id);
    if (settled) return this.#sayAgain(click, id, settled, reply);
    const state: KnownState = { is: "handled", by: click.by.user, at: this.deps.clock() };
    this.#keep(click, id, state);
    this.#record(click.by, `mark organization ${id} handled`, "done");
    await this.#show(click, id, state, `Organization ${id} is marked handled`, reply);
  }

  async #retryNow(click: ButtonClick, id: number, reply: Reply): Promise<() => Promise<void>> {
    const end = await this.#inTurn(() => this.#runRetry(id));
    const found = stateAfter(end, { by: click.by.user, at: this.deps.clock() });
    // Somebody may have taken care while this was looked into: that nobody was found is no news then.
    const state = found?.is === "still nobody" ? (this.#settled(click, id) ?? found) : found;
    if (state && state === found) this.#keep(click, id, state);
    this.#record(click.by, `retry contacts of organization ${id}`, retryResult(end));
    const lines = retryLines(id, end);
    return async () => {
      if (found === null || found.is === "still nobody" || click.message === null)
        await reply.privately(messageLines(lines));
      if (state) await this.#show(click, id, state, lines[0] ?? "", reply);
    };
  }

  async #runRetry(id: number): Promise<RetryEnd> {
    const elsewhere = await this.deps.isRunInProgress().catch((error: unknown) => {
      // A retry beside a run harms nobody: users are created once, whoever asks for it.
      this.deps.warn(`could not check whether a run is in progress: ${errorSummary(error)}`);
      return false;
    });
    if (elsewhere) return { is: "run goes on", reason: reason("retry.run_elsewhere") };
    try {
      return await retryContacts(id, this.deps.openRetry);
    } catch (error) {
      this.deps.warn(`retrying the contacts of organization ${id} failed: ${errorSummary(error)}`);
      return { is: "not retried", reason: reason("retry.bot_failed") };
    }
  }

  #inTurn<Done>(work: () => Promise<Done>): Promise<Done> {
    const mine = this.#lastRetry.then(work);
    this.#lastRetry = mine.catch(() => {});
    return mine;
  }

  /** Repeats a decision made before this click: the buttons were still visible, so the message is changed once more. */
  async #sayAgain(click: ButtonClick, id: number, state: KnownState, reply: Reply): Promise<void> {
    await reply.privately(messageLines([settledText(id, state)]));
    await this.#show(click, id, state, `Organization ${id} is settled`, reply);
  }

  #settled({ message }: ButtonClick, id: number): KnownState | null {
    const state = message ? this.#states.ofMessage(message.ts).get(id) : undefined;
    return state && state.is !== "still nobody" ? state : null;
  }

  /** Changes the message: its blocks as they came with the click, and all that is known of its organizations by then. */
  async #show({ message, by }: ButtonClick, id: number, state: KnownState, did: string, reply: Reply): Promise<void> {
    if (!message) return;
    const { ts, text, blocks } = message;
    await this.#updates.update({
      channel: by.channel,
      ts,
      text,
      blocks: () => withStates(blocks, this.#known(ts, id, state)),
      onTrouble: (reason, again) => {
        const then = again ? "the bot will try a few more times" : "the next click tries again";
        const trouble = `However, the message could not be updated (${mrkdwnText(reason, 200)}): ${then}.`;
        return reply.privately(messageLines([did, trouble]));
      },
    });
  }

  /** Also where the database fails: what was just done is shown. */
  #known(ts: string, id: number, state: KnownState): Map<number, KnownState> {
    const known = this.#orWarn("the stored state of a message could not be read", () => this.#states.ofMessage(ts));
    return known?.has(id) ? known : new Map([...(known ?? []), [id, state]]);
  }

  #keep({ message }: ButtonClick, id: number, state: KnownState): void {
    this.#orWarn("the state of an organization could not be saved", () =>
      this.#states.keep(message?.ts ?? "", id, state),
    );
  }

  #record(by: Actor, what: string, result: string): void {
    this.#orWarn("an action could not be audited", () =>
      this.deps.audit.record({ at: this.deps.clock(), by, what, result }),
    );
  }

  /** The result in Zendesk is reported even if the bot's own memory fails. */
  #orWarn<Done>(what: string, work: () => Done): Done | null {
    try {
      return work();
    } catch (error) {
      this.deps.warn(`${what}: ${errorSummary(error)}`);
      return null;
    }
  }

  async #ignore(click: ButtonClick, reply: Reply): Promise<void> {
    this.#record(click.by, "a button for an organization", "ignored: it names no organization");
    await reply.privately(
      messageLines(["This button has no organization. Nothing was done; use `/zdsync explain` to find one."]),
    );
  }
}

/** The only thing that a click is trusted for. */
function organizationIn({ value }: ButtonClick): number | null {
  const id = /^\d{1,20}$/.test(value) ? Number(value) : 0;
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}
