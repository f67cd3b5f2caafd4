import { type App, type Exchange, expectedBody, faultOf, idOf, originOf, rootObject, urlOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { page } from "../paging.ts";
import type { Identity, User } from "../records.ts";
import { identityWire, type Wire } from "../wire.ts";

const controller = "user_identities";
const allowed = ["type", "value", "verified", "primary", "skip_verify_email"];
const collection = "/api/v2/users/:user{[0-9]+}/identities";
const one = `${collection}/:id{[0-9]+}`;

/** The addresses of a user (facts 4). */
export function identityRoutes(app: App, instance: Instance): void {
  const { identities, clock } = instance;
  const userOf = (c: Exchange): User => instance.users.get(idOf(c, "user"));
  const expected = { controller, root: "identity", allowed };

  app.get(collection, (c) => {
    const user = userOf(c);
    const wire = (id: number): Wire => identityWire(identities.get(user, id), user.id, originOf(c));
    const ids = user.identities.map(({ id }) => id);
    return c.json(page(urlOf(c), { key: "identities", ids, ascending: false, wire }, faultOf(c)));
  });

  app.get(one, (c) => c.json(shown(c, userOf(c), identities.get(userOf(c), idOf(c)))));

  app.post(collection, async (c) => {
    const user = userOf(c);
    const given = rootObject(await expectedBody(c, { ...expected, action: "create" }), "identity");
    return c.json(shown(c, user, identities.create(user, given, clock.now())), 201);
  });

  app.put(one, async (c) => {
    const user = userOf(c);
    const given = rootObject(await expectedBody(c, { ...expected, action: "update" }), "identity");
    return c.json(shown(c, user, identities.update(user, idOf(c), given, clock.now())));
  });

  app.put(`${one}/make_primary`, (c) => {
    const user = userOf(c);
    const all = identities.makePrimary(user, idOf(c), clock.now());
    return c.json({ identities: all.map((identity) => identityWire(identity, user.id, originOf(c))) });
  });

  app.delete(one, (c) => {
    identities.delete(userOf(c), idOf(c), clock.now());
    return c.body(null, 204);
  });
}

function shown(c: Exchange, user: User, identity: Identity): Wire {
  return { identity: identityWire(identity, user.id, originOf(c)) };
}
