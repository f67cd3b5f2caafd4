import { type App, originOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import type { User } from "../records.ts";
import { userWire } from "../wire.ts";

/**
 * `GET /users/me`, the trap of the credential checks: somebody without credentials is not refused but gets 200 and an
 * anonymous user without id (facts 1).
 */
export function me(app: App, instance: Instance, email: string): void {
  app.get("/api/v2/users/me", (c) => {
    const [known] = instance.store.addresses.find(email);
    if (c.get("caller") === "nobody") {
      const anonymous = userWire(
        person("Anonymous user", "end-user"),
        "invalid@example.com",
        null,
        instance.users.fields,
        originOf(c),
      );
      return c.json({ user: { ...anonymous, id: null, url: null } });
    }
    if (known !== undefined) return c.json({ user: instance.userWire(instance.users.get(known), originOf(c)) });
    return c.json({
      user: userWire(person("Sandbox admin", "admin"), email, null, instance.users.fields, originOf(c)),
    });
  });
}

/** Somebody who is not among the records. */
function person(name: string, role: User["role"]): User {
  return {
    id: 1,
    name,
    external_id: null,
    created_at: "2023-09-09T23:52:02Z",
    updated_at: "2023-09-09T23:52:02Z",
    role,
    verified: true,
    suspended: false,
    active: true,
    phone: null,
    alias: null,
    details: null,
    notes: null,
    tags: [],
    fields: {},
    identities: [],
  };
}
