/** Addresses that zdsync never touches (config `protected_email_domains`, `protected_emails`), in lower case. */
export interface ProtectedAddresses {
  domains: ReadonlySet<string>;
  addresses: ReadonlySet<string>;
}

/** Something, one @, a domain with a dot; no blanks, and nothing that a list or a display name would bring along. */
const USABLE = /^[^\s@<>",;]+@[^\s@<>",;.]+(?:\.[^\s@<>",;.]+)+$/;

/** Returns the form in which addresses are compared: trimmed, in lower case. */
export function addressKey(email: string): string {
  return email.trim().toLowerCase();
}

/** True if an address can belong to a user at all. Simple and strict: doubtful ones are left alone. */
export function isUsableAddress(email: string): boolean {
  return USABLE.test(email);
}

/** True if an address is protected; a protected domain covers its subdomains too. */
export function isProtected(email: string, { addresses, domains }: ProtectedAddresses): boolean {
  const address = addressKey(email);
  if (addresses.has(address)) return true;
  const labels = address.slice(address.lastIndexOf("@") + 1).split(".");
  return labels.some((_, index) => domains.has(labels.slice(index).join(".")));
}
