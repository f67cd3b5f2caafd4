import type { LeftAlone } from "../artifacts/manifest.ts";
import type { Config } from "../domain/config.ts";
import type { Protections } from "../domain/join-organizations.ts";

/** What must not be created or marked: from the configuration, and from what earlier stages could not read. */
export function protectionsOf(config: Config, leftAlone: LeftAlone): Protections {
  return {
    leaveAlone: new Set(leftAlone.accounts),
    withholdMarks: leftAlone.unidentified > 0,
    protectedIds: new Set(config.protected_ids),
    excludedAccountIds: new Set(config.excluded_account_ids),
    unmanagedOrganizations: config.unmanaged_organizations,
  };
}
