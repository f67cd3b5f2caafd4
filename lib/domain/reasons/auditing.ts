import * as v from "valibot";
import { count, instance } from "./params.ts";

/** A number of records in one instance; examples of them are given next to the reason. */
const inInstance = v.object({ instance, count });
const counted = v.object({ count });

/** Findings of `audit` about identities on both sides (G5, C1, C4, C7, E8, U4, U5): none of them is an error within a single run. */
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
