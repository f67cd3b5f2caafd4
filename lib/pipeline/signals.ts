import { after } from "../edges/clock.ts";
import { edges } from "../edges/edges.ts";
import type { StopRequest } from "../stop.ts";

/** A longer timer would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Asks for a stop on SIGTERM, SIGINT or when the deadline is over (S7); a second signal says so and ends the program at once. */
export function keepStopping(stop: StopRequest, deadlineMs: number | null, say: (text: string) => void): () => void {
  const own = edges().process;
  let signalled = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (signalled) {
      say(
        `${signal} again: stopped immediately. Requests in flight may or may not have been applied; the next run checks.`,
      );
      own.exit(130);
    }
    signalled = true;
    stop.request(signal);
    say(
      `${signal}: finishing requests in flight, then stopping. Send it again to stop immediately (the next run repairs anything left incomplete).`,
    );
  };
  const onDeadline = () => {
    stop.request("deadline");
    say("deadline: finishing requests in flight, then stopping.");
  };
  const endings = [own.onSignal("SIGTERM", onSignal), own.onSignal("SIGINT", onSignal)];
  if (deadlineMs !== null)
    endings.push(after(Math.min(deadlineMs, LONGEST_TIMER_MS), onDeadline, { keepsAlive: false }));
  return () => {
    for (const end of endings) end();
  };
}

/** Answers the first signal that asks this program to end. Another one ends it at once, as where nobody listens. */
export function nextSignal(): Promise<NodeJS.Signals> {
  const own = edges().process;
  return new Promise((resolve) => {
    const endings = (["SIGTERM", "SIGINT"] as const).map((signal) =>
      own.onSignal(signal, () => {
        for (const end of endings) end();
        resolve(signal);
      }),
    );
  });
}
