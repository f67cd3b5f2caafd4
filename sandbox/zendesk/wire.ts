import type { FieldDefinition } from "../types.ts";
import type { CustomFields } from "./custom-fields.ts";
import { type Identity, isObject, type Membership, type Organization, type User } from "./records.ts";

/** A record as it goes over the wire. Key order is the recorded one, and part of the golden test. */
export type Wire = Record<string, unknown>;

/** Every recording has `.json` in `url`, whether or not the request had it (facts 2). */
const address = (origin: string, path: string): string => `${origin}/api/v2/${path}.json`;

export function organizationWire(organization: Organization, fields: CustomFields, origin: string): Wire {
  const { id } = organization;
  return {
    url: address(origin, `organizations/${id}`),
    id,
    name: organization.name,
    shared_tickets: organization.shared_tickets,
    shared_comments: organization.shared_comments,
    external_id: organization.external_id,
    created_at: organization.created_at,
    updated_at: organization.updated_at,
    domain_names: organization.domain_names,
    details: organization.details,
    notes: organization.notes,
    group_id: organization.group_id,
    tags: organization.tags,
    organization_fields: fields.wire(organization.fields),
  };
}

/** @param email the primary address; @param organizationId the default membership's */
export function userWire(
  user: User,
  email: string | null,
  organizationId: number | null,
  fields: CustomFields,
  origin: string,
): Wire {
  const { id } = user;
  return {
    id,
    url: address(origin, `users/${id}`),
    name: user.name,
    email,
    created_at: user.created_at,
    updated_at: user.updated_at,
    time_zone: "America/New_York",
    iana_time_zone: "America/New_York",
    phone: user.phone,
    shared_phone_number: null,
    photo: null,
    locale_id: 1,
    locale: "en-US",
    organization_id: organizationId,
    role: user.role,
    verified: user.verified,
    external_id: user.external_id,
    tags: user.tags,
    alias: user.alias,
    active: user.active,
    shared: false,
    shared_agent: false,
    last_login_at: null,
    two_factor_auth_enabled: false,
    signature: null,
    details: user.details,
    notes: user.notes,
    role_type: null,
    custom_role_id: null,
    moderator: user.role !== "end-user",
    ticket_restriction: user.role === "end-user" ? "requested" : null,
    only_private_comments: false,
    restricted_agent: user.role === "end-user",
    suspended: user.suspended,
    default_group_id: null,
    report_csv: false,
    user_fields: fields.wire(user.fields),
  };
}

export function identityWire(identity: Identity, userId: number, origin: string): Wire {
  return {
    url: address(origin, `users/${userId}/identities/${identity.id}`),
    id: identity.id,
    user_id: userId,
    type: identity.type,
    value: identity.value,
    verified: identity.verified,
    primary: identity.primary,
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    undeliverable_count: 0,
    deliverable_state: "deliverable",
  };
}

/** `default` is true or null, never false (facts 4). */
export function membershipWire(membership: Membership, organizationName: string, origin: string): Wire {
  return {
    id: membership.id,
    url: address(origin, `organization_memberships/${membership.id}`),
    user_id: membership.user_id,
    organization_id: membership.organization_id,
    default: membership.default ? true : null,
    organization_name: organizationName,
    view_tickets: null,
    created_at: membership.created_at,
    updated_at: membership.updated_at,
  };
}

/** @param kind "organization_fields" or "user_fields"; @param place its position in the list, from 0 */
export function fieldWire(definition: FieldDefinition, kind: string, place: number, origin: string): Wire {
  const id = fieldId(place);
  const at = "2023-09-18T23:30:12Z";
  const wire: Wire = {
    url: address(origin, `${kind}/${id}`),
    id,
    type: definition.type,
    key: definition.key,
    title: definition.title,
    description: "",
    raw_title: definition.title,
    raw_description: "",
    position: place,
    active: true,
    system: false,
    regexp_for_validation: null,
    created_at: at,
    updated_at: at,
  };
  if (definition.type === "checkbox") wire.tag = definition.tag ?? null;
  if (definition.type === "dropdown") {
    wire.custom_field_options = (definition.options ?? []).map((value, index) => ({
      id: id + index + 1,
      name: value,
      raw_name: value,
      value,
    }));
  }
  return wire;
}

/** Ids of definitions, ascending in the order they were given; with room between them for their options. */
export function fieldId(place: number): number {
  return 6_164_040_502_426 + place * 1000;
}

/**
 * The keys of a body that the endpoint does not know, in the spelling of X-Zendesk-API-Warn: keys inside an object as
 * `organization.id`, and before the object itself where that is unknown too (as recorded for DELETE with a body).
 */
export function unpermittedKeys(body: Wire, root: string | undefined, allowed: readonly string[]): string[] {
  const unknown = new Set<string>();
  for (const [key, value] of Object.entries(body)) {
    const permitted = key === root ? allowed : [];
    const items = key === root && Array.isArray(value) ? value : [value];
    for (const inner of items.filter(isObject).flatMap(Object.keys)) {
      if (!permitted.includes(inner)) unknown.add(`${key}.${inner}`);
    }
    if (key !== root) unknown.add(key);
  }
  return [...unknown];
}

/** The header's value is the text of a Ruby hash (facts 1). */
export function warning(controller: string, action: string, keys: readonly string[]): string {
  const list = keys.map((key) => JSON.stringify(key)).join(", ");
  return `{:allowed_parameters=>{:controller=>"${controller}", :action=>"${action}", :unpermitted_keys=>[${list}], :invalid_values=>[]}}`;
}
