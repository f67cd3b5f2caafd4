import type { ZendeskBehaviour } from "../types.ts";

/**
 * How an instance behaves unless told otherwise. Enterprise's 700 requests a minute is what the recordings show; jobs
 * of 100 rows were seen to take 3 to 7 seconds, jobs of one row 2 to 6 (facts 3, 5).
 */
export const defaultBehaviour: ZendeskBehaviour = {
  requestsPerMinute: 700,
  inflightJobs: 30,
  jobsTakenByOthers: 0,
  jobSeconds: { fixed: 2, perRow: 0.04 },
  bulkUserImport: false,
  unknownDropdown: "refused",
  removedOptions: [],
  searchLagSeconds: 0,
  incrementalExports: "allowed",
};

/** Limits that are the same on every plan (facts 5). */
export const fixedLimits = {
  organizationUpdatesPerMinute: 5,
  userUpdatesPerMinute: 5,
  userUpdatesPerSecond: 1,
  incrementalExportsPerMinute: 10,
  bulkRows: 100,
  pageSize: 100,
  offsetRecords: 10_000,
  offsetPages: 100,
} as const;
