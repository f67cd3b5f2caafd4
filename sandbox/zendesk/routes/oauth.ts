import { type App, bodyOf, originOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";

/** `POST /oauth/tokens`, at the root of the host, takes JSON or a form (facts 1). */
export function oauth(app: App, instance: Instance): void {
  app.post("/oauth/tokens", async (c) => {
    const form = c.req.header("content-type")?.includes("application/x-www-form-urlencoded");
    const body = form ? Object.fromEntries(new URLSearchParams(await c.req.text())) : await bodyOf(c);
    return c.json(instance.authentication.grant(body));
  });
}

/** A token looks at itself and ends by its id; ending `current` answers 204 and does nothing (found-by-checking). */
export function tokenRoutes(app: App, { authentication }: Instance): void {
  app.get("/api/v2/oauth/tokens/current", (c) =>
    c.json({ token: authentication.show({ authorization: c.req.header("authorization") }, originOf(c)) }),
  );
  app.delete("/api/v2/oauth/tokens/current", (c) => c.body(null, 204));
  app.get("/api/v2/oauth/tokens/:id", (c) =>
    c.json({ token: authentication.show({ id: Number(c.req.param("id")) }, originOf(c)) }),
  );
  app.delete("/api/v2/oauth/tokens/:id", (c) => {
    authentication.revoke(Number(c.req.param("id")));
    return c.body(null, 204);
  });
}
