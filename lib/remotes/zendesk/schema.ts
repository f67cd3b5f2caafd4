import * as v from "valibot";
import type { ListedUser } from "../../domain/listed-user.ts";
import { FieldValueSchema, type Organization } from "../../domain/organization.ts";
import { toId18 } from "../../domain/salesforce-id.ts";
import { DEFAULT_USER_MARK_FIELD } from "../../domain/user.ts";
import type { FieldDefinition, Membership, Unreadable } from "./ports.ts";

/** Wire forms: only the fields in use; whatever else Zendesk sends is dropped. */
const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Lists (multi-selects) are kept as their JSON text: none of ours is one, and a team's own must not make the record unreadable. */
const FieldValue = v.union([
  FieldValueSchema,
  v.pipe(
    v.array(v.string()),
    v.transform((values) => JSON.stringify(values)),
  ),
]);

const OrganizationWire = v.object({
  id: Id,
  name: v.string(),
  external_id: v.nullable(v.string()),
  created_at: v.string(),
  updated_at: v.string(),
  organization_fields: v.record(v.string(), FieldValue),
});

/** A user; `markField` is the user field that marks (config `user_mark_field`). */
const userWire = (markField: string) =>
  v.pipe(
    v.object({
      id: Id,
      name: v.string(),
      email: v.nullable(v.string()),
      role: v.string(),
      suspended: v.boolean(),
      organization_id: v.nullable(Id),
      created_at: v.optional(v.string()),
      user_fields: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
    v.transform(
      ({ user_fields: fields, ...user }): ListedUser => ({
        ...user,
        email: user.email?.trim().toLowerCase() || null,
        marked: fields[markField] === true,
      }),
    ),
  );

const MembershipWire = v.object({ user_id: Id, organization_id: Id });

/** An address or another name of a user. */
const IdentityWire = v.object({ type: v.string(), value: v.fallback(v.string(), "") });

const FieldWire = v.pipe(
  v.object({
    id: v.optional(v.number()),
    key: v.string(),
    type: v.string(),
    active: v.boolean(),
    custom_field_options: v.optional(v.array(v.object({ value: v.string() })), []),
  }),
  v.transform(
    ({ custom_field_options: options, ...field }): FieldDefinition => ({
      ...field,
      options: options.map(({ value }) => value),
    }),
  ),
);

/** Wire schemas of Zendesk's records, by kind. */
export const WIRE = {
  organizations: OrganizationWire as v.GenericSchema<unknown, Organization>,
  users: userWire(DEFAULT_USER_MARK_FIELD) as v.GenericSchema<unknown, ListedUser>,
  identities: IdentityWire as v.GenericSchema<unknown, { type: string; value: string }>,
  organization_memberships: MembershipWire as v.GenericSchema<unknown, Membership>,
  organization_fields: FieldWire as v.GenericSchema<unknown, FieldDefinition>,
  user_fields: FieldWire as v.GenericSchema<unknown, FieldDefinition>,
};

/** Returns the schema for records of a kind if users are marked in the field `userMarkField`. */
export function wireOf<K extends keyof typeof WIRE>(kind: K, userMarkField: string): (typeof WIRE)[K] {
  if (kind !== "users" || userMarkField === DEFAULT_USER_MARK_FIELD) return WIRE[kind];
  return userWire(userMarkField) as unknown as (typeof WIRE)[K];
}

/** One record in its wire form, or what could not be read of it; never a value. */
export function readRecord<T>(
  schema: v.GenericSchema<unknown, T>,
  record: unknown,
): { record: T } | { unreadable: Unreadable } {
  const parsed = v.safeParse(schema, record);
  if (parsed.success) return { record: parsed.output };
  const [issue] = parsed.issues;
  const reason = `field ${v.getDotPath(issue) ?? "(the whole record)"}: expected ${issue.expected ?? issue.type}`;
  return { unreadable: { ...identify(record), reason } };
}

function identify(record: unknown): Pick<Unreadable, "id" | "salesforce_id"> {
  const { id, organization_fields: fields } = (typeof record === "object" && record !== null ? record : {}) as Record<
    string,
    unknown
  >;
  const salesforceId =
    typeof fields === "object" && fields !== null ? (fields as Record<string, unknown>).salesforce_id : null;
  return {
    id: typeof id === "number" && Number.isSafeInteger(id) ? id : null,
    salesforce_id: typeof salesforceId === "string" ? toId18(salesforceId) : null,
  };
}
