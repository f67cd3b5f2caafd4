import type { StopRequest } from "./stop.ts";

/** A longer timer would go off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Asks for a stop on SIGTERM, SIGINT or when the deadline is over (S7); a second signal says so and ends the program at once. */
export function keepStopping(stop: StopRequest, deadlineMs: number | null, say: (text: string) => void): () => void {
  let signalled = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (signalled) {
      say(`${signal} again: ended at once. What was in flight may or may not have been done; the next run finds out.`);
      process.exit(130);
    }
    signalled = true;
    stop.request(signal);
    say(
      `${signal}: finishing what is in flight, then stopping. Send it again to end at once (the next run repairs what that leaves).`,
    );
  };
  const onDeadline = () => {
    stop.request("deadline");
    say("deadline: finishing what is in flight, then stopping.");
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  const timer = deadlineMs === null ? null : setTimeout(onDeadline, Math.min(deadlineMs, LONGEST_TIMER_MS));
  timer?.unref();
  return () => {
    process.off("SIGTERM", onSignal);
    process.off("SIGINT", onSignal);
    if (timer) clearTimeout(timer);
  };
}
