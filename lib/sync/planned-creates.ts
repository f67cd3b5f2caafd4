import type { OrganizationCreate, ZendeskWriter } from "../remotes/zendesk/ports.ts";
import type { ArtifactStore } from "../storage/artifacts/store.ts";
import { inJobs } from "./apply-in-jobs.ts";

/** Organizations of us-government that are about to be created, as they are sent to Zendesk. */
export async function plannedCreates(store: ArtifactStore): Promise<OrganizationCreate[]> {
  const { records } = await store.readRecords("usgov_creates.json");
  return records.map(({ name, salesforce_id, organization_fields }) => ({
    name,
    external_id: salesforce_id,
    organization_fields,
  }));
}

/** Puts creates into a plan (planned.ts), so that users are compared with them. Only ever for a writer that sends nothing. */
export async function addToPlan(planned: ZendeskWriter, creates: readonly OrganizationCreate[]): Promise<void> {
  for (const job of inJobs(creates)) await planned.createOrganizations(job);
}
