import type { Environment } from "../../lib/settings/environment.ts";
import type { RemoteTiming } from "../../lib/stage/remotes.ts";
import { openSession } from "../../lib/stage/session.ts";
import { RETRY_NEEDS, type RetrySession } from "../../lib/sync/retry-contacts.ts";
import type { Output } from "../../lib/terminal/output.ts";

/** Opens a session of its own for each retry, with the bot's environment: it holds the lock of the data directory (S11). */
export function retryOpener(setting: {
  dataDir: string;
  env: Environment;
  output: Output;
  clock: () => Date;
  timing?: RemoteTiming;
}): () => Promise<RetrySession> {
  const { dataDir, env, output, clock, timing } = setting;
  return () =>
    openSession({
      command: "retry contacts",
      dataDir,
      runId: "",
      today: env.ZDSYNC_TODAY ?? "",
      needs: RETRY_NEEDS,
      dryRun: false,
      deadlineMs: null,
      env,
      output,
      clock,
      timing,
    });
}
