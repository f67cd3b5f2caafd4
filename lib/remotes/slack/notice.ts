import type { Reason } from "../../domain/reason.ts";

/** An organization that nobody could be associated with (Y4). */
export interface NoticeOrganization {
  /** Zendesk id. */
  id: number;
  salesforce_id: string;
  name: string;
  zendeskUrl: string;
  salesforceUrl: string;
  /** ISO time. */
  created_at: string;
  /** The addresses that were tried, each with the reason. */
  addresses: readonly { email: string; reason: Reason }[];
  createdByThisRun: boolean;
}

/** The run that reports. */
export interface NoticeRun {
  runId: string;
  dryRun: boolean;
}

/** Results of posting the notices, by Zendesk id of the organization. */
export interface NoticeResult {
  posted: number[];
  /** Named in the channel already, by an earlier run. */
  alreadyPosted: number[];
  /** Still to be posted, by a later run. */
  due: { id: number; reason: Reason }[];
}
