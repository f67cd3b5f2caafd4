import type { Note } from "../../lib/domain/changeset.ts";
import { byRule, bySalesforceId } from "../../lib/domain/changeset.ts";
import type { Organization } from "../../lib/domain/organization.ts";
import { reason } from "../../lib/domain/reason.ts";
import { toId18 } from "../../lib/domain/salesforce-id.ts";
import type { ProgressLine } from "../../lib/pipeline/progress.ts";
import type { ZendeskReader } from "../../lib/remotes/zendesk/ports.ts";
import { type Stop, throwIfStopped } from "../../lib/stop.ts";
import type { Quarantined } from "../../lib/storage/artifacts/manifest.ts";

/** All organizations of an instance, and what could not be read. */
export interface GatheredOrganizations {
  organizations: Organization[];
  quarantined: Quarantined;
  notes: Note[];
}

/** Lists every organization of an instance (O1). The reader proves completeness (S1). */
export async function gatherOrganizations(
  reader: ZendeskReader,
  line: ProgressLine,
  stop: Stop,
): Promise<GatheredOrganizations> {
  const organizations: Organization[] = [];
  const notes: Note[] = [];
  let unidentified = 0;
  for await (const page of reader.organizations()) {
    throwIfStopped(stop);
    organizations.push(...page.records);
    notes.push(
      ...page.unreadable.map((one) => ({
        rule: "O1",
        salesforce_id: one.salesforce_id,
        id: one.id,
        reason: reason("organization.unreadable", { problem: one.reason }),
      })),
      ...(page.told ?? []).map((one) => ({ rule: "O1", salesforce_id: null, id: null, reason: one })),
    );
    unidentified += page.unreadable.filter((one) => one.salesforce_id === null).length;
    line.add(page.records.length);
  }
  const accounts = notes.flatMap((note) => note.salesforce_id ?? []);
  return {
    organizations: organizations.sort((one, other) => bySalesforceId(keyOf(one), keyOf(other))),
    quarantined: {
      accounts: [...new Set(accounts)].sort(),
      unidentified,
    },
    notes: notes.sort(byRule),
  };
}

function keyOf(organization: Organization): { salesforce_id: string | null; id: number } {
  const salesforceId = String(organization.organization_fields.salesforce_id ?? "");
  return { salesforce_id: toId18(salesforceId) ?? salesforceId, id: organization.id };
}
