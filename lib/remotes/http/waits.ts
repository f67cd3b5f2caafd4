import { after } from "../../edges/clock.ts";
import { type Failure, failureText } from "./failure.ts";

/** Milliseconds without an answer from a service before people are told what the run is waiting for. */
const QUIET_MS = 5_000;

/** The clock of waits; injected so that tests need not wait. */
export interface WaitClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Acts after so many milliseconds; answers how to keep that from happening. */
  after(milliseconds: number, act: () => void): () => void;
}

/** A clock with the timers of `lib/edges`, which keep no process alive. */
export function machineClock(now: () => number): WaitClock {
  return {
    now,
    after(milliseconds, act) {
      return after(milliseconds, act, { keepsAlive: false });
    },
  };
}

/** A request that an answer is waited for. */
export interface WaitedFor {
  /** Name of the service and its host in messages, e.g. `Zendesk global (example.zendesk.com)`. */
  service: string;
  /** The request, without anything that may hold a name or an address: `GET /api/v2/users`. */
  request: string;
  /** True if the end of the run ends the request: reads end, writes are finished (S7). */
  endsWithRun: boolean;
}

/** One attempt at it. */
export interface WaitedAttempt {
  attempt: number;
  /** Maximum number of attempts. */
  attempts: number;
  /** Failure of the previous attempt; null before the first. */
  last: Failure | null;
  /** Milliseconds that the request may still take, further attempts included. */
  leftMs: number;
}

/** A wait that has begun. */
export interface Wait {
  attempt(attempt: WaitedAttempt): void;
  /** Whatever came of it, `answered`: something came back that was of use. */
  end(answered: boolean): void;
}

/** Receives what clients are waiting for. */
export interface Waits {
  begin(what: WaitedFor): Wait;
}

interface Open extends WaitedFor {
  /** `since`: when it began, in milliseconds since 1970. */
  present: (WaitedAttempt & { since: number }) | null;
}

/** Open requests at one service. `cancel`: keeps the message from being shown; null once it has been. */
interface Silence {
  open: Set<Open>;
  cancel: (() => void) | null;
}

/**
 * Tells people once what is waited for where a service has sent nothing of use for five seconds: which host, at which attempt, until
 * when. Once for each silence, however many requests wait in it. `deadlineAt`: when the run itself ends, in milliseconds since 1970.
 */
export function reportWaits(
  say: (text: string) => void,
  { deadlineAt, clock }: { deadlineAt: number | null; clock: WaitClock },
): Waits {
  const silences = new Map<string, Silence>();
  const listen = (silence: Silence) => {
    silence.cancel = clock.after(QUIET_MS, () => {
      silence.cancel = null;
      // A request may wait for a token that another one asks for: the latest attempt is what is really waited for.
      const [latest] = [...silence.open].reverse().sort((one, other) => sinceOf(other) - sinceOf(one));
      if (latest) say(sentence(latest, deadlineAt, clock.now()));
    });
  };
  return {
    begin(what) {
      const silence = silences.get(what.service) ?? { open: new Set(), cancel: null };
      silences.set(what.service, silence);
      const mine: Open = { ...what, present: null };
      if (silence.open.size === 0) listen(silence);
      silence.open.add(mine);
      return {
        attempt(attempt) {
          mine.present = { ...attempt, since: clock.now() };
        },
        end(answered) {
          silence.open.delete(mine);
          if (!answered && silence.open.size > 0) return;
          silence.cancel?.();
          if (silence.open.size > 0) listen(silence);
        },
      };
    },
  };
}

function sinceOf({ present }: Open): number {
  return present?.since ?? 0;
}

/** Nobody is told: for whoever has nobody to tell. */
export const SILENT_WAITS: Waits = { begin: () => ({ attempt: () => {}, end: () => {} }) };

const NOT_BEGUN: WaitedAttempt = { attempt: 1, attempts: 1, last: null, leftMs: 0 };

function sentence({ service, request, endsWithRun, present }: Open, deadlineAt: number | null, now: number): string {
  const { attempt, attempts, last, leftMs } = present ?? NOT_BEGUN;
  const givenUp = (present?.since ?? now) + leftMs;
  const isCutShort = endsWithRun && deadlineAt !== null && deadlineAt < givenUp;
  const until = isCutShort ? `the deadline of the run at ${timeOf(deadlineAt)}` : `${timeOf(givenUp)} at the latest`;
  const before = last === null ? "" : `; previous attempt: ${failureText(last)}`;
  const way = endsWithRun ? "; press Ctrl-C to stop earlier" : "";
  return `waiting for ${service}: ${request}, attempt ${attempt} of ${attempts}${before}. Until ${until}${way}.`;
}

function timeOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 19)} UTC`;
}
