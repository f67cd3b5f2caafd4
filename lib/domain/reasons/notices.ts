import * as v from "valibot";
import { count, message, nothing } from "./params.ts";

/** Why an organization without contacts was not reported to Slack (Y4); the message is Slack's failure in words. */
export const NOTICE_REASONS = {
  "notice.unseen": v.object({ message }),
  "notice.unclear": v.object({ message }),
  "notice.refused": v.object({ message }),
  "notice.rate_limited": nothing,
  "notice.too_many": v.object({ most: count }),
} as const;
