import { sleep as sleepFor } from "../../lib/edges/clock.ts";
import { messageOf } from "../../lib/errors.ts";
import type { SlackChannel } from "../../lib/remotes/slack/ports.ts";
import type { Delivery, Outbox } from "./outbox.ts";

/** Before the next delivery where something is left: doubled from the first to the last. */
const FIRST_PAUSE = 2000;
const LAST_PAUSE = 5 * 60 * 1000;
/** Longest wait accepted from Slack, in milliseconds: a longer one is a misread header, and must not silence the bot for days. */
const LONGEST_WAIT = 60 * 60 * 1000;

/** Clock, waits and warnings of the worker that delivers the outbox. */
export interface KeepDelivering {
  now: () => Date;
  /** Ends early, without an error, where the signal says so. */
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** Told once why messages wait, and once more when the reason is another one. */
  warn(message: string): void;
}

/** A worker that goes on by itself. */
export interface DeliveryWorker {
  /** Ends it: waits for the post in flight, and for nothing else. What is left waits in the database for the next start. */
  stop(): Promise<void>;
}

/**
 * Delivers what is put into the outbox for as long as the program runs: at once after each put, and again after a growing pause
 * where something is left. One worker to a database.
 */
export function keepDelivering(outbox: Outbox, channel: SlackChannel, setting: KeepDelivering): DeliveryWorker {
  const { now, sleep = endableSleep, warn } = setting;
  const ended = new AbortController();
  const stop = { reason: null as string | null };
  let put = new AbortController();
  const endListening = outbox.onPut(() => put.abort());
  const wait = async (milliseconds: number, signal = ended.signal) => {
    if (!signal.aborted) await sleep(milliseconds, signal);
  };

  async function work(): Promise<void> {
    let pause = FIRST_PAUSE;
    let warned: string | null = null;
    while (stop.reason === null) {
      put = new AbortController();
      const something = AbortSignal.any([put.signal, ended.signal]);
      const {
        posted,
        left,
        blocked,
        waitMs = 0,
      } = await deliverSafely(outbox, () =>
        outbox.deliver(channel, { now, sleep: (milliseconds) => wait(milliseconds), stop }),
      );
      if (stop.reason !== null) return;
      if (blocked !== null && blocked !== warned)
        warn(`${left === 1 ? "1 message to Slack is waiting" : `${left} messages to Slack wait`}: ${blocked}`);
      warned = blocked;
      pause = posted > 0 || left === 0 ? FIRST_PAUSE : pause;
      // While nothing passes, a new message does not make Slack be asked sooner.
      if (left === 0) await aborted(something);
      else await wait(Math.max(pause, Math.min(waitMs, LONGEST_WAIT)), blocked === null ? something : ended.signal);
      pause = blocked === null && put.signal.aborted ? FIRST_PAUSE : Math.min(LAST_PAUSE, pause * 2);
    }
  }

  const working = work();
  return {
    async stop() {
      stop.reason ??= "shutting down";
      endListening();
      ended.abort();
      await working;
    },
  };
}

/** A database that cannot be read or written for a while is no reason to end the worker. */
async function deliverSafely(outbox: Outbox, deliver: () => Promise<Delivery>): Promise<Delivery> {
  try {
    return await deliver();
  } catch (error) {
    return { posted: 0, left: countOf(outbox), blocked: `the outbox's database: ${messageOf(error)}` };
  }
}

function countOf(outbox: Outbox): number {
  try {
    return outbox.undelivered().length;
  } catch {
    return 1;
  }
}

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

/** Waits, and leaves no timer behind that would keep the program running. */
function endableSleep(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return sleepFor(milliseconds, signal).catch(() => {});
}
