/** A custom field's value as Zendesk spells it on read (see custom-fields.ts). */
export type FieldValue = string | number | boolean | null;

/** Only the fields that were ever set; the wire form adds the others as null. */
export type FieldValues = Record<string, FieldValue>;

/** An organization as the sandbox stores it. Timestamps are ISO 8601 in UTC with whole seconds. */
export interface Organization {
  id: number;
  name: string;
  external_id: string | null;
  created_at: string;
  updated_at: string;
  shared_tickets: boolean;
  shared_comments: boolean;
  domain_names: string[];
  details: string | null;
  notes: string | null;
  group_id: number | null;
  tags: string[];
  fields: FieldValues;
}

/** What is left of a deleted organization: only exports tell of it. */
export interface DeletedOrganization extends Organization {
  deleted_at: string;
}

/** One address of a user. Of the e-mail identities exactly one is primary. */
export interface Identity {
  id: number;
  type: string;
  value: string;
  verified: boolean;
  primary: boolean;
  created_at: string;
  updated_at: string;
}

/** A user as the sandbox stores it. Address and organization are not here: identities and memberships decide them. */
export interface User {
  id: number;
  name: string;
  external_id: string | null;
  created_at: string;
  updated_at: string;
  role: "end-user" | "agent" | "admin";
  verified: boolean;
  suspended: boolean;
  /** False once deleted: gone from lists and indexes, still readable by id. */
  active: boolean;
  phone: string | null;
  alias: string | null;
  details: string | null;
  notes: string | null;
  tags: string[];
  fields: FieldValues;
  identities: Identity[];
}

export interface Membership {
  id: number;
  user_id: number;
  organization_id: number;
  default: boolean;
  created_at: string;
  updated_at: string;
}

/** A point in time as Zendesk writes it: whole seconds, `Z`. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
