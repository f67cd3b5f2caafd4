import type { Database } from "bun:sqlite";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { Outgoing } from "../../lib/remotes/slack/ports.ts";
import type { PageSender } from "../pages/send-pages.ts";
import type { Audit } from "../ports.ts";
import type { Customers } from "../render/customer.ts";
import type { Runner, RunState } from "../runs/runner.ts";
import type { FollowedRuns } from "./followed-runs.ts";
import type { Offers } from "./offers.ts";
import type { Pauses, Sleep } from "./pauses.ts";

/** Everything that offering, starting and following runs works with. */
export interface RunFlowDeps {
  runner: Runner;
  /** Of both of these: what is confirmed is noted in one transaction. */
  database: Database;
  offers: Offers;
  runs: FollowedRuns;
  outgoing: Outgoing;
  audit: Audit;
  /**
   * What customers that an ended run is about are called, as it may be told in the channel of what concerns this instance (null: both).
   * Never throws.
   */
  customersOf: (run: RunState, instance: InstanceName | null) => Promise<Customers>;
  /** Puts pages into threads; null where they are only linked to. */
  pages: Pick<PageSender, "want"> | null;
  clock: () => Date;
  /** Told what went wrong; never names a customer. */
  warn: (message: string) => void;
  /** For tests. */
  sleep?: Sleep;
}

/** The same, with how it waits. */
export interface RunFlowContext extends RunFlowDeps {
  pauses: Pauses;
}
