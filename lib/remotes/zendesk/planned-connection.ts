import type { ZendeskConnection } from "./ports.ts";

/** A connection whose writer sends nothing. */
export interface PlannedConnection extends ZendeskConnection {
  /** Number of rows that would have been written. */
  readonly counts: { organizations: number; users: number; memberships: number };
}

/** True if the connection only plans (`PlannedConnection`): its writer sends nothing, and rows are counted. Narrows the type. */
export function isPlanned(connection: ZendeskConnection): connection is PlannedConnection {
  return "counts" in connection;
}
