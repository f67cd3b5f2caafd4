import type { Output } from "../terminal/output.ts";
import type { StopRequest } from "./stop.ts";

/** Asks for a stop on SIGTERM, SIGINT or when the deadline is over (S7); a second signal ends the program at once. */
export function keepStopping(stop: StopRequest, deadlineMs: number | null, output: Output): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.reason !== null) process.exit(130);
    stop.request(signal);
    output.err(
      `${signal}: finishing what is in flight, then stopping. Send it again to end at once (the next run repairs what that leaves).`,
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  const timer = deadlineMs === null ? null : setTimeout(() => stop.request("deadline"), deadlineMs);
  timer?.unref();
  return () => {
    process.off("SIGTERM", onSignal);
    process.off("SIGINT", onSignal);
    if (timer) clearTimeout(timer);
  };
}
