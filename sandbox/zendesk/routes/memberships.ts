import { atMostHundred, namedRows, rowsToCreate, submitted } from "../bulk.ts";
import { parameterMissing } from "../errors.ts";
import { type App, type Exchange, expectedBody, faultOf, idOf, originOf, rootObject, urlOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { page } from "../paging.ts";
import type { Membership } from "../records.ts";
import type { Wire } from "../wire.ts";

const controller = "organization_memberships";
const allowed = ["user_id", "organization_id", "default", "view_tickets"];

/** Who belongs to which organization (facts 4). */
export function memberships(app: App, instance: Instance): void {
  membershipReads(app, instance);
  membershipWrites(app, instance);
  membershipJobs(app, instance);
}

function membershipReads(app: App, instance: Instance): void {
  const { store } = instance;
  const listed = (c: Exchange, ids: readonly number[], ascending: boolean): Response => {
    const wire = (id: number): Wire => instance.membershipWire(instance.memberships.get(id), originOf(c));
    return c.json(page(urlOf(c), { key: controller, ids, ascending, wire }, faultOf(c)));
  };

  app.get("/api/v2/organization_memberships", (c) => listed(c, store.membershipIds.all, true));

  app.get("/api/v2/users/:id{[0-9]+}/organization_memberships", (c) => {
    const user = instance.users.get(idOf(c));
    return listed(c, idsOf(instance.memberships.ofUser(user.id)), false);
  });

  app.get("/api/v2/organizations/:id{[0-9]+}/organization_memberships", (c) => {
    const organization = instance.organizations.get(idOf(c));
    return listed(c, idsOf(store.membershipsOfOrganization(organization.id)), true);
  });

  app.get("/api/v2/organization_memberships/:id{[0-9]+}", (c) => c.json(shown(c, instance, idOf(c))));
}

function membershipWrites(app: App, instance: Instance): void {
  app.post("/api/v2/organization_memberships", async (c) => {
    const body = await expectedBody(c, { controller, action: "create", root: "organization_membership", allowed });
    const given = rootObject(body, "organization_membership");
    const membership = instance.memberships.create(given, instance.clock.now());
    return c.json(shown(c, instance, membership.id), 201);
  });

  app.put("/api/v2/users/:user{[0-9]+}/organization_memberships/:id{[0-9]+}/make_default", (c) => {
    const chosen = instance.memberships.makeDefault(idOf(c), instance.clock.now());
    const all = instance.memberships.ofUser(chosen.user_id);
    return c.json({ organization_memberships: all.map((one) => instance.membershipWire(one, originOf(c))) });
  });

  app.delete("/api/v2/organization_memberships/:id{[0-9]+}", (c) => {
    instance.memberships.delete(idOf(c), instance.clock.now());
    return c.body(null, 204);
  });
}

function membershipJobs(app: App, instance: Instance): void {
  app.post("/api/v2/organization_memberships/create_many", async (c) => {
    const root = "organization_memberships";
    const body = await expectedBody(c, { controller, action: "create_many", root, allowed });
    const rows = rowsToCreate(body, root);
    atMostHundred(rows);
    return submitted(c, instance, {
      type: "Bulk Create Organization Membership",
      doing: "Creating organization membership",
      worker: "OrganizationMembershipBulkCreateJob",
      failure: "OrganizationMembershipCreateFailed",
      rows,
      run: (row, at) => {
        const { id } = instance.memberships.create(row.attributes, at);
        return { action: "create", id, status: "Created", success: true };
      },
    });
  });

  app.delete("/api/v2/organization_memberships/destroy_many", (c) => {
    const rows = namedRows(c, {});
    if (!rows) throw parameterMissing("ids");
    atMostHundred(rows);
    return submitted(c, instance, {
      type: "Bulk Delete Organization Membership",
      doing: "Deleting organization membership",
      worker: "OrganizationMembershipBulkDeleteJob",
      failure: "OrganizationMembershipDeleteFailed",
      rows,
      run: (row, at) => {
        const { id } = instance.memberships.delete(Number(row.id), at);
        return { action: "delete", id, status: "Deleted", success: true };
      },
    });
  });
}

function shown(c: Exchange, instance: Instance, id: number): Wire {
  return { organization_membership: instance.membershipWire(instance.memberships.get(id), originOf(c)) };
}

function idsOf(memberships: Membership[]): number[] {
  return memberships.map(({ id }) => id);
}
