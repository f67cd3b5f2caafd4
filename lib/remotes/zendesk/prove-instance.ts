import { ENVIRONMENT_PREFIX, type InstanceName, OWN_FIELD } from "../../domain/instance.ts";
import { reason } from "../../domain/reason.ts";
import { IncompleteError, StoppedError } from "../../errors.ts";
import { refused } from "../../reasons/refused.ts";
import type { ZendeskConnection, ZendeskReader } from "./ports.ts";

const OTHER: Record<InstanceName, InstanceName> = { global: "us-government", "us-government": "global" };

/**
 * Proves that this is the instance it should be, before anything read from it is trusted and again before the first write
 * (O2, S10): the configured host, where there is one, and the instance's own fields.
 */
export async function proveInstance(reader: ZendeskReader, expectedHost: string | null): Promise<void> {
  const { instance, host } = reader;
  const setting = `${ENVIRONMENT_PREFIX[instance]}_URL`;
  if (expectedHost !== null && expectedHost !== host)
    throw refused(reason("instance.host_unexpected", { setting, host, expected: expectedHost }));
  const keys = new Set((await reader.organizationFields()).filter((field) => field.active).map((field) => field.key));
  if (keys.has(OWN_FIELD[instance]) && !keys.has(OWN_FIELD[OTHER[instance]])) return;
  throw new IncompleteError(
    `${host} (${setting}) is not the ${instance} instance: ${whatIsWrong(keys, instance)} Nothing was taken from it.`,
  );
}

/**
 * The proof right before writing. Where the run is asked to stop meanwhile there is none, and none is needed: nothing is sent any
 * more, and whoever writes still accounts for every row (S6, S7).
 */
export async function proveUnlessStopped(
  { reader, stoppable = reader }: Pick<ZendeskConnection, "reader" | "stoppable">,
  expectedHost: string | null,
): Promise<void> {
  try {
    await proveInstance(stoppable, expectedHost);
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}

function whatIsWrong(keys: ReadonlySet<string>, instance: InstanceName): string {
  const own = OWN_FIELD[instance];
  const others = OWN_FIELD[OTHER[instance]];
  if (keys.has(own))
    return `it has the organization field ${own}, but ${others} as well, which only the other instance should have.`;
  const missing = `it has no organization field ${own}.`;
  if (!keys.has(others)) return missing;
  const [one, other] = [ENVIRONMENT_PREFIX.global, ENVIRONMENT_PREFIX["us-government"]];
  return `${missing} It looks like the ${OTHER[instance]} instance: are ${one}_URL and ${other}_URL swapped?`;
}
