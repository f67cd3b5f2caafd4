import type { FoundUser } from "./listed-user.ts";
import { isProtected, isUsableAddress, type ProtectedAddresses } from "./protected-address.ts";
import { type Reason, reason } from "./reason.ts";

/** Action to take for one address of a new organization (Y2). */
export type ContactDecision =
  | { do: "create" }
  | { do: "associate"; user: FoundUser }
  | { do: "nothing"; user: FoundUser; reason: Reason }
  | { do: "leave"; user?: FoundUser; reason: Reason };

/** Decides on one address of an organization, from the users who have it (Y2). Pure. */
export function decideContact(
  email: string,
  organizationId: number,
  found: readonly FoundUser[],
  protectedAddresses: ProtectedAddresses,
): ContactDecision {
  if (!isUsableAddress(email)) return { do: "leave", reason: reason("contact.address_unusable") };
  if (isProtected(email, protectedAddresses)) return { do: "leave", reason: reason("contact.protected_address") };
  const user = found.find((one) => one.by === "primary") ?? found[0];
  if (!user) return { do: "create" };
  if (user.by === "secondary")
    return { do: "leave", user, reason: reason("contact.address_secondary", { user_id: user.id }) };
  if (user.organization_ids.includes(organizationId))
    return { do: "nothing", user, reason: reason("contact.there_already") };
  if (user.role !== "end-user") return { do: "leave", user, reason: reason("contact.is_staff", { user_id: user.id }) };
  if (user.suspended) return { do: "leave", user, reason: reason("contact.suspended", { user_id: user.id }) };
  if (user.organization_ids.length > 0)
    return {
      do: "leave",
      user,
      reason: reason("contact.in_other_organization", { user_id: user.id, organization_ids: user.organization_ids }),
    };
  return { do: "associate", user };
}

/** The name of a contact to create: the sold-to contact's, or else the local part of the address (Y2). */
export function contactName(soldTo: { name: string | null; email: string }): string {
  return soldTo.name?.trim() || soldTo.email.slice(0, soldTo.email.indexOf("@"));
}
