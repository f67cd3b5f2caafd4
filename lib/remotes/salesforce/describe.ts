import * as v from "valibot";
import { InternalError, RemoteError } from "../../errors.ts";
import type { ChildObject } from "./accounts-memory.ts";
import type { ObjectDescription, SalesforceReader } from "./ports.ts";
import { queriedFields } from "./queries.ts";
import type { Session } from "./session.ts";

const text = v.nullish(v.string(), null);
const DescriptionSchema = v.object({
  fields: v.array(
    v.object({ name: v.string(), relationshipName: text, referenceTo: v.nullish(v.array(v.string()), []) }),
  ),
  childRelationships: v.array(v.object({ relationshipName: text, childSObject: v.string(), field: text })),
});

type Description = v.InferOutput<typeof DescriptionSchema>;

/** Reads what the logged-in user can see of an object; null if there is no such object for this user. */
export async function readDescription(session: Session, object: string): Promise<ObjectDescription | null> {
  const description = await describe(session, object);
  if (description === null) return null;
  const { fields, childRelationships } = description;
  return {
    fields: fields.map((field) => field.name),
    lookups: Object.fromEntries(
      fields.flatMap((field) => (field.relationshipName ? [[field.relationshipName, field.referenceTo]] : [])),
    ),
    children: Object.fromEntries(
      childRelationships.flatMap((child) =>
        child.relationshipName ? [[child.relationshipName, child.childSObject]] : [],
      ),
    ),
  };
}

/** The objects behind the child lists of an object, by the name of the list; none where there is no such object for this user. */
export async function readChildObjects(session: Session, object: string): Promise<Record<string, ChildObject>> {
  const { childRelationships = [] } = (await describe(session, object)) ?? {};
  return Object.fromEntries(
    childRelationships.flatMap(({ relationshipName, childSObject, field }) =>
      relationshipName && field ? [[relationshipName, { object: childSObject, lookup: field }]] : [],
    ),
  );
}

async function describe(session: Session, object: string): Promise<Description | null> {
  if (!/^\w+$/.test(object)) throw new InternalError("an object name with other characters than letters, digits and _");
  const answer = await session.get(`${session.basePath}/sobjects/${object}/describe`).catch((error: unknown) => {
    if (error instanceof RemoteError && /^(?:NOT_FOUND|INVALID_TYPE|ERROR_HTTP_404)$/.test(error.detail.code ?? ""))
      return null;
    throw error;
  });
  if (answer === null) return null;
  const read = v.safeParse(DescriptionSchema, answer);
  if (!read.success)
    throw new RemoteError(`Salesforce (${session.host}) returned no description of ${object}.`, {
      service: "Salesforce",
    });
  return read.output;
}

/** Everything the queries need and the user cannot see, as `Object.Field` or the object alone, in the queries' order. */
export async function missingFields(reader: Pick<SalesforceReader, "describe">): Promise<string[]> {
  const { account, contact, children } = queriedFields();
  const access = new FieldAccess(reader);
  const missing: string[] = [];
  for (const path of account) missing.push(...(await access.missing("Account", path)));
  for (const path of contact) missing.push(...(await access.missing("Contact", path)));
  const objects = (await access.describe("Account"))?.children ?? {};
  for (const { list, fields } of children) {
    const object = objects[list];
    if (object === undefined) missing.push(`Account.${list}`);
    else for (const path of fields) missing.push(...(await access.missing(object, path)));
  }
  return [...new Set(missing)];
}

/** Looks fields up, each object asked for once. */
class FieldAccess {
  readonly #known = new Map<string, Promise<ObjectDescription | null>>();

  constructor(readonly reader: Pick<SalesforceReader, "describe">) {}

  describe(object: string): Promise<ObjectDescription | null> {
    const description = this.#known.get(object) ?? this.reader.describe(object);
    this.#known.set(object, description);
    return description;
  }

  /** Nothing where the path can be read, else what cannot be seen. */
  async missing(object: string, path: string): Promise<string[]> {
    const description = await this.describe(object);
    if (!description) return [object];
    const [step = "", ...rest] = path.split(".");
    if (rest.length === 0) return description.fields.includes(step) ? [] : [`${object}.${step}`];
    const target = description.lookups[step]?.[0];
    return target === undefined ? [`${object}.${step}`] : this.missing(target, rest.join("."));
  }
}
