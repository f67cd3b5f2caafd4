import type { RemoteTiming } from "../../lib/pipeline/remotes.ts";
import { openSession } from "../../lib/pipeline/session.ts";
import type { Environment } from "../../lib/settings/environment.ts";
import { RETRY_NEEDS, type RetrySession } from "../../lib/sync/retry-contacts.ts";

/**
 * Opens a session of its own for each retry, with the bot's environment. It is refused while a run goes on, which does the same, and
 * holds no lock itself: the hourly run must not be refused because somebody clicked, and contacts made by both are made once (S5).
 */
export function retryOpener(setting: {
  dataDir: string;
  env: Environment;
  /** Told what goes on and what to beware of, by ids. */
  say: (text: string) => void;
  clock: () => Date;
  timing?: RemoteTiming;
}): () => Promise<RetrySession> {
  const { dataDir, env, say, clock, timing } = setting;
  const output = { out: say, err: say, live: false } as const;
  return () =>
    openSession({
      command: "retry contacts",
      locks: false,
      dataDir,
      runId: "",
      today: env.ZDSYNC_TODAY ?? "",
      needs: RETRY_NEEDS,
      dryRun: false,
      writes: true,
      deadlineMs: null,
      rateShare: null,
      env,
      output,
      clock,
      timing,
    });
}
