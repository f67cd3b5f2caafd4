import { atMostHundred } from "../bulk.ts";
import { parameterMissing } from "../errors.ts";
import {
  type App,
  type Exchange,
  expectedBody,
  faultOf,
  idOf,
  listParameter,
  originOf,
  rootObject,
  urlOf,
} from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { folded } from "../key-index.ts";
import { respectEndpointLimit } from "../limits.ts";
import { writableOrganizationAttributes as allowed } from "../organizations.ts";
import { page } from "../paging.ts";
import { type Organization, timestamp } from "../records.ts";
import type { Wire } from "../wire.ts";

const controller = "organizations";

/** Reading organizations: list, look-ups, count (facts 2). */
export function organizationReads(app: App, instance: Instance): void {
  const { store } = instance;

  app.get("/api/v2/organizations", (c) => {
    c.header("cache-control", "max-age=30, private");
    // Cursor mode lists by id, offset mode by name without case.
    const offsetIds = () => store.organizationNames.inOrder();
    return c.json(listed(c, instance, store.organizationIds.all, offsetIds));
  });

  app.get("/api/v2/organizations/count", (c) =>
    c.json({ count: { value: store.organizations.size, refreshed_at: timestamp(instance.clock.now()) } }),
  );

  app.get("/api/v2/organizations/show_many", (c) => {
    const ids = listParameter(c, "ids");
    const keys = ids ?? listParameter(c, "external_ids") ?? [];
    atMostHundred(keys);
    const found = ids ? ids.map(Number) : keys.flatMap((key) => store.organizationExternalIds.find(key));
    // Sorted by name, not as asked for; what is missing is simply not there.
    return c.json(listed(c, instance, byName(instance, found)));
  });

  app.get("/api/v2/organizations/search", (c) => {
    const { searchParams } = urlOf(c);
    const name = searchParams.get("name");
    const externalId = searchParams.get("external_id");
    if (name === null && externalId === null) throw parameterMissing("external_id");
    const found =
      externalId === null ? store.organizationNames.find(name ?? "") : store.organizationExternalIds.find(externalId);
    return c.json(listed(c, instance, found));
  });

  app.get("/api/v2/organizations/autocomplete", (c) =>
    c.json(listed(c, instance, store.organizationNames.withPrefix(urlOf(c).searchParams.get("name") ?? ""))),
  );

  app.get("/api/v2/organizations/:id{[0-9]+}", (c) => c.json(shown(c, instance, instance.organizations.get(idOf(c)))));
}

/** Writing single organizations (facts 2). */
export function organizationWrites(app: App, instance: Instance): void {
  const { organizations, clock } = instance;

  app.post("/api/v2/organizations", async (c) => {
    const body = await expectedBody(c, { controller, action: "create", root: "organization", allowed });
    return created(c, instance, organizations.create(rootObject(body, "organization"), clock.now()));
  });

  app.post("/api/v2/organizations/create_or_update", async (c) => {
    const keys = ["id", ...allowed];
    const body = await expectedBody(c, { controller, action: "create_or_update", root: "organization", allowed: keys });
    const given = rootObject(body, "organization");
    const match = matching(instance, given);
    // The name is no key: an existing name with another external id is a duplicate.
    if (match === undefined) return created(c, instance, organizations.create(given, clock.now()));
    return c.json(shown(c, instance, organizations.update(match, given, clock.now())));
  });

  app.put("/api/v2/organizations/:id{[0-9]+}", async (c) => {
    const body = await expectedBody(c, { controller, action: "update", root: "organization", allowed });
    const { id } = organizations.get(idOf(c));
    respectEndpointLimit(instance.organizationUpdateLimit.take(String(id)));
    return c.json(shown(c, instance, organizations.update(id, rootObject(body, "organization"), clock.now())));
  });

  app.delete("/api/v2/organizations/:id{[0-9]+}", async (c) => {
    await expectedBody(c, { controller, action: "destroy" });
    organizations.delete(idOf(c), clock.now());
    return c.body(null, 204);
  });
}

function shown(c: Exchange, instance: Instance, organization: Organization): Wire {
  return { organization: instance.organizationWire(organization, originOf(c)) };
}

function created(c: Exchange, instance: Instance, organization: Organization): Response {
  const body = instance.organizationWire(organization, originOf(c));
  c.header("location", String(body.url));
  return c.json({ organization: body }, 201);
}

function listed(c: Exchange, instance: Instance, ids: readonly number[], offsetIds?: () => readonly number[]): Wire {
  const wire = (id: number): Wire => instance.organizationWire(instance.organizations.get(id), originOf(c));
  const listing = { key: "organizations", ids, wire, ...(offsetIds ? { offsetIds } : { ascending: false }) };
  return page(urlOf(c), listing, faultOf(c));
}

function byName(instance: Instance, ids: readonly number[]): number[] {
  const name = (id: number): string => folded(instance.organizations.get(id).name);
  return [...new Set(ids)]
    .filter((id) => instance.store.organizations.has(id))
    .sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

function matching(instance: Instance, given: Wire): number | undefined {
  if (given.id !== undefined) return instance.organizations.get(Number(given.id)).id;
  if (typeof given.external_id !== "string") return undefined;
  return instance.store.organizationExternalIds.find(given.external_id)[0];
}
