import * as v from "valibot";
import { count, instance } from "./params.ts";

/** How many records of one instance; which ones stands beside the reason, as examples. */
const inInstance = v.object({ instance, count });
const counted = v.object({ count });

/** What `audit` finds about the identities of both sides (G5, C1, C4, C7, E8, U4, U5): nothing of it is wrong in one run alone. */
export const AUDIT_REASONS = {
  "audit.account_gathered_twice": counted,
  "audit.account_id_shared": inInstance,
  "audit.external_id_shared": inInstance,
  "audit.account_id_short": inInstance,
  "audit.external_id_short": inInstance,
  "audit.account_id_invalid": inInstance,
  "audit.external_id_missing": inInstance,
  "audit.account_id_missing": inInstance,
  "audit.ids_differ": inInstance,
  "audit.name_contested": inInstance,
  "audit.organization_unmanaged": inInstance,
  "audit.organization_of_partner": inInstance,
  "audit.protected_but_marked": inInstance,
  "audit.account_in_both_instances": counted,
  "audit.account_without_address": inInstance,
  "audit.contact_without_address": inInstance,
  "audit.agent_in_customers_organization": inInstance,
  "audit.user_in_other_organization": inInstance,
  "audit.user_without_organization": inInstance,
  "audit.override_not_applied": counted,
  "audit.override_without_change": counted,
  "audit.protected_id_unknown": counted,
  "audit.excluded_id_unknown": counted,
} as const;
