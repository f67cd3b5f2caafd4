import pLimit from "p-limit";
import { type ContactDecision, decideContact } from "../domain/decide-contact.ts";
import { type AddressState, addressIn, type KnownAddress } from "../domain/plan-contacts.ts";
import { addressKey, isProtected, isUsableAddress, type ProtectedAddresses } from "../domain/protected-address.ts";
import { messageOf, RemoteError } from "../errors.ts";
import type { ProgressLine } from "../pipeline/progress.ts";
import type { ZendeskReader } from "../remotes/zendesk/ports.ts";
import { type Stop, throwIfStopped } from "../stop.ts";
import type { SettledContacts } from "../storage/contact-memory.ts";

/** Addresses that are looked up one by one in a run: a run an hour leaves the account's quota to others. */
export const LOOK_UPS_PER_RUN = 200;
/** From so many unknown addresses on it is cheaper to ask for everybody who changed. */
const ASKED_IN_BULK = 20;
/** Pages of the export in a run: half of what all clients of the account may ask for in a minute. */
const PAGES_IN_BULK = 5;
/** Look-ups at once. */
const LOOK_UPS_AT_ONCE = 8;
/** Look-ups that may fail one after the other before the rest is left to the next run. */
const FAILURES_IN_A_ROW = 5;

/** An address that a recent organization wants. */
export interface AddressToVerify {
  /** The organization's id in Zendesk. */
  id: number;
  salesforce_id: string;
  email: string;
  /** When the organization was created. */
  created_at: string;
}

/** Sources for verifying addresses (Zendesk and the memory of earlier runs), and the stop and progress of the run. */
export interface Verifying {
  reader: Pick<ZendeskReader, "changedUsers" | "usersByAddress">;
  memory: SettledContacts;
  protectedAddresses: ProtectedAddresses;
  now: Date;
  stop: Stop;
  line: ProgressLine;
  warn(message: string): void;
}

/**
 * Finds out what stands in Zendesk of the addresses that recent organizations want (C10): from the memory, in bulk from the users who
 * changed since, and one by one for at most two hundred of those still unknown. What stays unknown is not in the answer; nothing but a
 * stop is thrown. Sorted by account and address.
 */
export async function verifyAddresses(
  addresses: readonly AddressToVerify[],
  verifying: Verifying,
): Promise<KnownAddress[]> {
  const askable = addresses.filter(
    ({ email }) => isUsableAddress(addressKey(email)) && !isProtected(email, verifying.protectedAddresses),
  );
  const known = new Map(verifying.memory.known(askable));
  const unknown = () => askable.filter(({ id, email }) => !known.has(addressIn(id, email)));
  if (unknown().length > ASKED_IN_BULK) await askInBulk(unknown(), known, verifying);
  await lookUp(dueThisHour(unknown(), verifying.now), known, verifying);
  const left = unknown().length;
  if (left > 0)
    verifying.warn(`${left} addresses of recent organizations are not verified yet; the next runs continue.`);
  return askable.flatMap(({ id, salesforce_id, email }): KnownAddress[] => {
    const state = known.get(addressIn(id, email));
    return state ? [{ salesforce_id, id, email: addressKey(email), state }] : [];
  });
}

/** Everybody who changed since the oldest of these organizations was made: who is in the organization that wants the address, is there. */
async function askInBulk(
  unknown: readonly AddressToVerify[],
  known: Map<string, AddressState>,
  { reader, stop, warn }: Verifying,
): Promise<void> {
  const wanted = new Set(unknown.map(({ id, email }) => addressIn(id, email)));
  const oldest = Math.min(...unknown.map(({ created_at }) => Date.parse(created_at)));
  let pages = 0;
  try {
    for await (const { records } of reader.changedUsers(new Date(oldest))) {
      throwIfStopped(stop);
      for (const { email, organization_id: id } of records) {
        if (email === null || id === null) continue;
        const key = addressIn(id, email);
        if (wanted.delete(key)) known.set(key, { is: "there" });
      }
      if (wanted.size === 0 || ++pages >= PAGES_IN_BULK) return;
    }
  } catch (error) {
    throwIfStopped(stop);
    if (isForbidden(error)) return;
    warn(`users could not be listed in bulk (${messageOf(error)}), so contacts are looked up one by one.`);
  }
}

/** Only administrators may export: without them it is not done, and there is nothing to say about it. */
function isForbidden(error: unknown): boolean {
  return error instanceof RemoteError && error.detail.status === 403;
}

/** Returns at most `LOOK_UPS_PER_RUN` addresses. The start moves every hour, so that even without a memory none is passed over forever. */
export function dueThisHour<Address>(unknown: readonly Address[], now: Date): Address[] {
  if (unknown.length <= LOOK_UPS_PER_RUN) return [...unknown];
  const hour = Math.floor(now.getTime() / 3_600_000);
  const start = (hour * LOOK_UPS_PER_RUN) % unknown.length;
  return [...unknown.slice(start), ...unknown.slice(0, start)].slice(0, LOOK_UPS_PER_RUN);
}

/** One by one. A look-up that fails leaves its address unknown; several in a row leave the rest to the next run. */
async function lookUp(
  addresses: readonly AddressToVerify[],
  known: Map<string, AddressState>,
  { reader, protectedAddresses, stop, line, warn }: Verifying,
): Promise<void> {
  const limit = pLimit(LOOK_UPS_AT_ONCE);
  let failures = 0;
  const one = async (wanted: readonly AddressToVerify[]) => {
    const [{ email } = { email: "" }] = wanted;
    throwIfStopped(stop);
    if (failures >= FAILURES_IN_A_ROW) return;
    try {
      const found = await reader.usersByAddress(email);
      for (const { id } of wanted)
        known.set(addressIn(id, email), stateOf(decideContact(email, id, found, protectedAddresses)));
      failures = 0;
    } catch (error) {
      throwIfStopped(stop);
      if (failures++ === 0) warn(`an address could not be looked up: ${messageOf(error)}`);
    }
    line.add(wanted.length);
  };
  // Several organizations may want one address.
  const groups = Map.groupBy(addresses, ({ email }) => addressKey(email));
  await Promise.all([...groups.values()].map((wanted) => limit(() => one(wanted))));
}

/** Returns the state of an address that follows from the decision about it. */
export function stateOf(decision: ContactDecision): AddressState {
  if (decision.do === "nothing") return { is: "there" };
  if (decision.do === "leave") return { is: "left", reason: decision.reason };
  return { is: "free" };
}
