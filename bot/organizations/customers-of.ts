import type { SlackConfig } from "../../lib/domain/config.ts";
import { namedIn } from "../../lib/remotes/slack/notice-channels.ts";
import type { Customers } from "../render/customer.ts";
import { harmedAccounts } from "../render/matters.ts";
import type { RunFlowDeps } from "../run-flow/run-flow-context.ts";
import type { Runner } from "../runs/runner.ts";
import { accountNames } from "./explain-thread.ts";

/**
 * Returns the names of the customers that a run's record points out, from the files it left; without a name, a customer is shown by id.
 * Never throws.
 */
export function customersOf(
  runner: Pick<Runner, "artifacts">,
  config: SlackConfig,
  salesforceHost: string | null,
): (...asked: Parameters<RunFlowDeps["customersOf"]>) => Promise<Customers> {
  return async ({ id, status, record }, instance) => {
    const accounts = status === "ended" ? harmedAccounts(record) : [];
    const store = accounts.length > 0 ? await runner.artifacts(id).catch(() => null) : null;
    const names = store ? await accountNames(store, accounts, namedIn(config, instance)) : new Map<string, string>();
    return { names, salesforceHost };
  };
}
