import type { Database } from "bun:sqlite";
import type { Outgoing } from "../../lib/slack/ports.ts";
import type { Audit } from "../parts.ts";
import type { Runner } from "../runs/runner.ts";
import type { FollowedRuns } from "./followed-runs.ts";
import type { Offers } from "./offers.ts";
import type { Pauses, Sleep } from "./pauses.ts";

/** What the run flow works with. */
export interface RunFlowSetting {
  runner: Runner;
  database: Database;
  outgoing: Outgoing;
  audit: Audit;
  clock: () => Date;
  /** Told what went wrong; never names a customer. */
  warn: (message: string) => void;
  /** For tests. */
  sleep?: Sleep;
}

/** The same, with what is kept. */
export interface RunFlowParts extends RunFlowSetting {
  offers: Offers;
  runs: FollowedRuns;
  pauses: Pauses;
}
