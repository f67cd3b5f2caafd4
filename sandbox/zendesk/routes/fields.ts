import type { CustomFields } from "../custom-fields.ts";
import { recordNotFound } from "../errors.ts";
import { type App, type Exchange, faultOf, idOf, originOf, urlOf } from "../exchange.ts";
import type { Instance } from "../instance.ts";
import { page } from "../paging.ts";
import { fieldId, fieldWire, type Wire } from "../wire.ts";

/** The definitions of custom fields, read only (facts 2). */
export function fieldReads(app: App, instance: Instance): void {
  definitions(app, "organization_fields", "organization_field", instance.organizations.fields);
  definitions(app, "user_fields", "user_field", instance.users.fields);
}

function definitions(app: App, kind: string, one: string, fields: CustomFields): void {
  const ids = fields.definitions.map((_, place) => fieldId(place));
  const wireOf =
    (c: Exchange) =>
    (id: number): Wire => {
      const place = ids.indexOf(id);
      const definition = fields.definitions[place];
      if (!definition) throw recordNotFound();
      return fieldWire(definition, kind, place, originOf(c));
    };
  app.get(`/api/v2/${kind}`, (c) => c.json(page(urlOf(c), { key: kind, ids, wire: wireOf(c) }, faultOf(c))));
  app.get(`/api/v2/${kind}/:id{[0-9]+}`, (c) => c.json({ [one]: wireOf(c)(idOf(c)) }));
}
