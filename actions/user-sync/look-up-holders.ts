import pLimit from "p-limit";
import type { UserChangeset } from "../../lib/domain/compare-users.ts";
import type { AddressHolders } from "../../lib/domain/settle-user-contacts.ts";
import { messageOf } from "../../lib/errors.ts";
import type { ZendeskReader } from "../../lib/remotes/zendesk/ports.ts";
import { type Stop, throwIfStopped } from "../../lib/stop.ts";
import { LOOK_UPS_PER_RUN } from "../../lib/sync/verify-addresses.ts";

/** Look-ups at once. */
const LOOK_UPS_AT_ONCE = 8;
/** Look-ups that may fail one after the other before the rest is planned without having asked. */
const FAILURES_IN_A_ROW = 5;

/**
 * Who has the addresses of users to be created: the list of users shows no second addresses. At most two hundred are asked for, in order
 * of address, and none on a first fill; what could not be asked for stays planned, and is looked up again right before it is written.
 */
export async function lookUpHolders(
  { creates, existing }: Pick<UserChangeset, "creates" | "existing">,
  reader: Pick<ZendeskReader, "usersByAddress">,
  { minimumExisting, stop, warn }: { minimumExisting: number; stop: Stop; warn(message: string): void },
): Promise<AddressHolders> {
  const holders = new Map<string, number[]>();
  if (existing < minimumExisting) return holders;
  const limit = pLimit(LOOK_UPS_AT_ONCE);
  let failures = 0;
  const lookUp = async (email: string) => {
    throwIfStopped(stop);
    if (failures >= FAILURES_IN_A_ROW) return;
    try {
      const found = await reader.usersByAddress(email);
      if (found.length > 0)
        holders.set(
          email,
          found.map(({ id }) => id),
        );
      failures = 0;
    } catch (error) {
      throwIfStopped(stop);
      if (failures++ === 0) warn(`the addresses of new users could not be looked up: ${messageOf(error)}`);
    }
  };
  await Promise.all(creates.slice(0, LOOK_UPS_PER_RUN).map(({ email }) => limit(() => lookUp(email))));
  return holders;
}
