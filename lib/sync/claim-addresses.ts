import type { SoldTo } from "../domain/contact-address.ts";

/** An organization whose contacts are due, and the addresses it wants. */
export interface WantsContacts {
  salesforce_id: string;
  sold_tos: readonly SoldTo[];
}

/**
 * Which organization gets which address: one wanted by two new organizations goes to the lower `salesforce_id` (Y2).
 * Answers address → `salesforce_id`, addresses in lower case.
 */
export function claimAddresses(organizations: readonly WantsContacts[]): Map<string, string> {
  const claims = new Map<string, string>();
  for (const { salesforce_id: id, sold_tos: soldTos } of organizations) {
    for (const { email } of soldTos) {
      const address = email.toLowerCase();
      const holder = claims.get(address);
      if (holder === undefined || id < holder) claims.set(address, id);
    }
  }
  return claims;
}
