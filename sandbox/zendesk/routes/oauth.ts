import { type App, bodyOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";

/** `POST /oauth/tokens`, at the root of the host, takes JSON or a form (facts 1). */
export function oauth(app: App, instance: Instance): void {
  app.post("/oauth/tokens", async (c) => {
    const form = c.req.header("content-type")?.includes("application/x-www-form-urlencoded");
    const body = form ? Object.fromEntries(new URLSearchParams(await c.req.text())) : await bodyOf(c);
    return c.json(instance.authentication.grant(body));
  });
}
