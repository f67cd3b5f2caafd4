import { atMostHundred, namedRows, rowsToCreate, rowsToUpdate, submitted } from "../bulk.ts";
import { parameterMissing } from "../errors.ts";
import { type App, expectedBody } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { writableOrganizationAttributes } from "../organizations.ts";

const controller = "organizations";

/** Bulk jobs on organizations. The item of a success looks different in each of them (facts 3). */
export function organizationJobs(app: App, instance: Instance): void {
  const { organizations } = instance;

  app.post("/api/v2/organizations/create_many", async (c) => {
    const allowed = writableOrganizationAttributes;
    const body = await expectedBody(c, { controller, action: "create_many", root: "organizations", allowed });
    const rows = rowsToCreate(body, "organizations");
    atMostHundred(rows);
    return submitted(c, instance, {
      type: "Bulk Create Organization",
      doing: "Creating organization",
      worker: "OrganizationBulkCreateJob",
      // Not recorded; named after the recorded OrganizationUpdateFailed.
      failure: "OrganizationCreateFailed",
      rows,
      run: (row, at) => ({ status: "Created", id: organizations.create(row.attributes, at).id }),
    });
  });

  app.put("/api/v2/organizations/update_many", async (c) => {
    const allowed = ["id", ...writableOrganizationAttributes];
    const root = (c.req.query("ids") ?? c.req.query("external_ids")) ? "organization" : "organizations";
    const body = await expectedBody(c, { controller, action: "update_many", root, allowed });
    const rows = rowsToUpdate(c, body, "organizations", "organization");
    atMostHundred(rows);
    return submitted(c, instance, {
      type: "Bulk Update Organization",
      doing: "Updating organization",
      worker: "OrganizationBulkUpdateJob",
      failure: "OrganizationUpdateFailed",
      rows,
      run: (row, at) => {
        const { id } = organizations.update(organizations.find(row).id, row.attributes, at);
        return { action: "update", id, status: "Updated", success: true };
      },
    });
  });

  app.delete("/api/v2/organizations/destroy_many", async (c) => {
    await expectedBody(c, { controller, action: "destroy_many" });
    const rows = namedRows(c, {});
    if (!rows) throw parameterMissing("ids");
    atMostHundred(rows);
    return submitted(c, instance, {
      type: "Bulk Delete Organization",
      // A capital O here and nowhere else (facts 3).
      doing: "Deleting Organization",
      worker: "OrganizationBulkDeleteJob",
      failure: "OrganizationDeleteFailed",
      rows,
      run: (row, at) => {
        const { id } = organizations.delete(organizations.find(row).id, at);
        return { action: "delete", id, status: "Deleted", success: true };
      },
    });
  });
}
