import { atMostHundred } from "../bulk.ts";
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
import { respectEndpointLimit } from "../limits.ts";
import { page } from "../paging.ts";
import type { User } from "../records.ts";
import { writableUserAttributes as allowed } from "../users.ts";
import type { Wire } from "../wire.ts";

const controller = "users";

/** Reading users: list with filters, look-ups, search (facts 4). */
export function userReads(app: App, instance: Instance): void {
  const { store } = instance;

  app.get("/api/v2/users", (c) => {
    const { searchParams } = urlOf(c);
    const externalId = searchParams.get("external_id");
    const ids = externalId === null ? store.userIds.all : store.userExternalIds.find(externalId);
    const roles = [...searchParams.getAll("role"), ...searchParams.getAll("role[]")];
    return c.json(listed(c, instance, ids, roles));
  });

  app.get("/api/v2/users/show_many", (c) => {
    const ids = listParameter(c, "ids");
    const keys = ids ?? listParameter(c, "external_ids") ?? [];
    atMostHundred(keys);
    const found = ids ? ids.map(Number) : keys.flatMap((key) => store.userExternalIds.find(key));
    const known = [...new Set(found)].filter((id) => store.users.has(id));
    // Sorted by id, not as asked for.
    return c.json(
      listed(
        c,
        instance,
        known.sort((a, b) => a - b),
      ),
    );
  });

  app.get("/api/v2/users/search", (c) => {
    const { searchParams } = urlOf(c);
    const externalId = searchParams.get("external_id");
    const found =
      externalId === null
        ? instance.search.find(searchParams.get("query") ?? "", instance.clock.now())
        : store.userExternalIds.find(externalId);
    return c.json(listed(c, instance, found));
  });

  app.get("/api/v2/organizations/:id{[0-9]+}/users", (c) => {
    const { id } = instance.organizations.get(idOf(c));
    const members = store.membershipsOfOrganization(id).map(({ user_id }) => user_id);
    return c.json(
      listed(
        c,
        instance,
        members.sort((a, b) => a - b),
      ),
    );
  });

  app.get("/api/v2/users/:id{[0-9]+}", (c) => {
    c.header("cache-control", "max-age=5, private");
    return c.json(shown(c, instance, instance.users.get(idOf(c))));
  });
}

/** Writing single users (facts 4). */
export function userWrites(app: App, instance: Instance): void {
  const { users, clock } = instance;

  app.post("/api/v2/users", async (c) => {
    const body = await expectedBody(c, { controller, action: "create", root: "user", allowed });
    return created(c, instance, users.create(rootObject(body, "user"), clock.now()));
  });

  app.post("/api/v2/users/create_or_update", async (c) => {
    const body = await expectedBody(c, { controller, action: "create_or_update", root: "user", allowed });
    const standing = instance.userWriteLimit.take();
    const { limit, remaining, resetSeconds } = standing;
    c.header("zendesk-ratelimit-create-update-user", `total=${limit}; remaining=${remaining}; resets=${resetSeconds}`);
    respectEndpointLimit(standing);
    const { user, created: isNew } = users.createOrUpdate(rootObject(body, "user"), clock.now());
    return isNew ? created(c, instance, user) : c.json(shown(c, instance, user));
  });

  app.put("/api/v2/users/:id{[0-9]+}", async (c) => {
    const body = await expectedBody(c, { controller, action: "update", root: "user", allowed });
    const { id } = users.get(idOf(c));
    // Both hold: one a second for the account, five a minute for the user.
    respectEndpointLimit(instance.userWriteLimit.take());
    respectEndpointLimit(instance.userUpdateLimit.take(String(id)));
    return c.json(shown(c, instance, users.update(id, rootObject(body, "user"), clock.now())));
  });

  app.delete("/api/v2/users/:id{[0-9]+}", (c) => c.json(shown(c, instance, users.delete(idOf(c), clock.now()))));
}

function shown(c: Exchange, instance: Instance, user: User): Wire {
  return { user: instance.userWire(user, originOf(c)) };
}

function created(c: Exchange, instance: Instance, user: User): Response {
  const body = instance.userWire(user, originOf(c));
  c.header("location", String(body.url));
  return c.json({ user: body }, 201);
}

function listed(c: Exchange, instance: Instance, ids: readonly number[], roles: string[] = []): Wire {
  const accepts = (id: number): boolean => roles.length === 0 || roles.includes(instance.users.get(id).role);
  const wire = (id: number): Wire => instance.userWire(instance.users.get(id), originOf(c));
  return page(urlOf(c), { key: "users", ids, accepts, wire }, faultOf(c));
}
