import type { ZendeskConnection } from "./ports.ts";

/** A connection whose writer sends nothing. */
export interface PlannedConnection extends ZendeskConnection {
  /** How many rows would have been written. */
  readonly counts: { organizations: number; users: number; memberships: number };
}

/** Whether a connection only plans. */
export function isPlanned(connection: ZendeskConnection): connection is PlannedConnection {
  return "counts" in connection;
}
