import { atMostHundredUsers, namedRows, rowsToCreate, rowsToUpdate, submitted } from "../bulk.ts";
import { forbidden, parameterMissing } from "../errors.ts";
import { type App, expectedBody } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import type { User } from "../records.ts";
import { primaryAddress } from "../store.ts";
import { writableUserAttributes } from "../users.ts";
import type { Wire } from "../wire.ts";

const controller = "users";
const root = "users";

/** Bulk jobs on users. create_many and create_or_update_many are 403 until Zendesk enables bulk import (facts 4). */
export function userJobs(app: App, instance: Instance): void {
  userImports(app, instance);
  userChanges(app, instance);
}

function userImports(app: App, instance: Instance): void {
  const { users, behaviour } = instance;
  const allowed = writableUserAttributes;

  app.post("/api/v2/users/create_many", async (c) => {
    if (!behaviour.bulkUserImport) throw forbidden();
    const rows = rowsToCreate(await expectedBody(c, { controller, action: "create_many", root, allowed }), root);
    atMostHundredUsers(rows);
    return submitted(c, instance, {
      type: "Bulk Create User",
      doing: "Creating user",
      worker: "UserBulkCreateJob",
      failure: "UserCreateFailed",
      rows,
      run: (row, at) => importedItem(users.create(row.attributes, at), "Created"),
    });
  });

  app.post("/api/v2/users/create_or_update_many", async (c) => {
    if (!behaviour.bulkUserImport) throw forbidden();
    const body = await expectedBody(c, { controller, action: "create_or_update_many", root, allowed });
    const rows = rowsToCreate(body, root);
    atMostHundredUsers(rows);
    return submitted(c, instance, {
      type: "Bulk Create or Update User",
      doing: "Creating user",
      worker: "UserBulkCreateOrUpdateJob",
      failure: "UserCreateOrUpdateFailed",
      rows,
      run: (row, at) => {
        const { user, created } = users.createOrUpdate(row.attributes, at);
        return importedItem(user, created ? "Created" : "Updated");
      },
    });
  });
}

function userChanges(app: App, instance: Instance): void {
  const { users } = instance;

  app.put("/api/v2/users/update_many", async (c) => {
    const under = (c.req.query("ids") ?? c.req.query("external_ids")) ? "user" : root;
    const allowed = ["id", ...writableUserAttributes];
    const body = await expectedBody(c, { controller, action: "update_many", root: under, allowed });
    const rows = rowsToUpdate(c, body, root, "user");
    atMostHundredUsers(rows);
    return submitted(c, instance, {
      type: "Bulk Update User",
      doing: "Updating user",
      // The one worker whose name is documented (facts 3).
      worker: "UserBulkUpdateJobV2",
      failure: "UserUpdateFailed",
      rows,
      run: (row, at) => {
        const { id } = users.update(users.find(row).id, row.attributes, at);
        return { id, action: "update", status: "Updated", success: true };
      },
    });
  });

  app.delete("/api/v2/users/destroy_many", (c) => {
    const rows = namedRows(c, {});
    if (!rows) throw parameterMissing("ids");
    atMostHundredUsers(rows);
    return submitted(c, instance, {
      // A deletion of users calls itself an update (facts 3).
      type: "Bulk Update User",
      doing: "Deleting user",
      worker: "UserBulkDeleteJob",
      failure: "UserDeleteFailed",
      rows,
      run: (row, at) => {
        const { id } = users.delete(users.find(row).id, at);
        return { id, action: "delete", status: "Deleted", success: true };
      },
    });
  });
}

/** `email` and `external_id` only when the user has them (facts 3). */
function importedItem(user: User, status: "Created" | "Updated"): Wire {
  const email = primaryAddress(user);
  return {
    id: user.id,
    status,
    ...(email === null ? {} : { email }),
    ...(user.external_id === null ? {} : { external_id: user.external_id }),
  };
}
