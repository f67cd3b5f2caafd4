import type { CustomFields } from "./custom-fields.ts";
import { invalidAttribute, RecordInvalid, recordNotFound, type Violation } from "./errors.ts";
import { isObject, type Organization, timestamp } from "./records.ts";
import type { Store } from "./store.ts";

/** Attributes a client may write; any other is dropped, with a warning header (facts 1). */
export const writableOrganizationAttributes = [
  "name",
  "shared_tickets",
  "shared_comments",
  "external_id",
  "domain_names",
  "details",
  "notes",
  "group_id",
  "tags",
  "organization_fields",
] as const;

/** The rules of organizations over a store. Every method that writes throws a ZendeskError or commits completely. */
export class Organizations {
  readonly #store: Store;
  readonly fields: CustomFields;

  constructor(store: Store, fields: CustomFields) {
    this.#store = store;
    this.fields = fields;
  }

  /** @throws recordNotFound */
  get(id: number): Organization {
    const organization = this.#store.organizations.get(id);
    if (!organization) throw recordNotFound();
    return organization;
  }

  /** A row of a bulk call is named by `id` or, without one, by `external_id` (facts 2). */
  find(key: { id?: unknown; external_id?: unknown }): Organization {
    if (key.id !== undefined && key.id !== null) return this.get(Number(key.id));
    return this.get(this.#store.organizationExternalIds.find(String(key.external_id ?? ""))[0] ?? Number.NaN);
  }

  create(attributes: unknown, at: Date): Organization {
    const now = timestamp(at);
    const blank: Organization = {
      id: this.#store.nextId(),
      name: "",
      external_id: null,
      created_at: now,
      updated_at: now,
      shared_tickets: false,
      shared_comments: false,
      domain_names: [],
      details: null,
      notes: null,
      group_id: null,
      tags: [],
      fields: {},
    };
    const organization = this.#changed(blank, attributes);
    this.#store.putOrganization(organization);
    return organization;
  }

  update(id: number, attributes: unknown, at: Date): Organization {
    const before = this.get(id);
    const after = this.#changed(before, attributes);
    if (Bun.deepEquals(before, after)) return before;
    const organization = { ...after, updated_at: timestamp(at) };
    this.#store.putOrganization(organization);
    return organization;
  }

  /** Memberships go with it (facts 8.20); its name and external id are free again. */
  delete(id: number, at: Date): Organization {
    const organization = this.get(id);
    for (const membership of this.#store.membershipsOfOrganization(id)) this.#store.removeMembership(membership);
    this.#store.removeOrganization(organization, timestamp(at));
    return organization;
  }

  #changed(before: Organization, given: unknown): Organization {
    if (!isObject(given)) throw invalidAttribute("organization");
    const name = given.name === undefined ? before.name : text(given.name, "organization.name");
    const after: Organization = {
      ...before,
      // Outer blanks are trimmed before validation, so "A" and "A " collide (facts 2).
      name: (name ?? "").trim(),
      external_id: optionalText(given, "external_id", before.external_id),
      details: optionalText(given, "details", before.details),
      notes: optionalText(given, "notes", before.notes),
      group_id: given.group_id === undefined ? before.group_id : (given.group_id as number | null),
      shared_tickets: given.shared_tickets === undefined ? before.shared_tickets : given.shared_tickets === true,
      shared_comments: given.shared_comments === undefined ? before.shared_comments : given.shared_comments === true,
      // Both replaced, not merged (facts 2).
      domain_names: list(given, "domain_names", before.domain_names),
      tags: list(given, "tags", before.tags),
    };
    this.#validate(after);
    if (given.organization_fields === undefined) return after;
    const fields = this.fields.merged(before.fields, given.organization_fields, "organization.organization_fields");
    return { ...after, fields, tags: this.fields.tags(after.tags, before.fields, fields) };
  }

  #validate({ id, name, external_id }: Organization): void {
    const violations: Violation[] = [];
    if (name === "") {
      violations.push({ attribute: "name", label: "Name", message: "cannot be blank", error: "BlankValue" });
    } else if (this.#store.organizationNames.isTaken(name, id)) {
      violations.push(duplicate("name", "Name", name));
    }
    // The details key of a duplicate external id was never seen; the label is zendesk2's (facts 2).
    if (external_id !== null && this.#store.organizationExternalIds.isTaken(external_id, id)) {
      violations.push(duplicate("external_id", "External", external_id));
    }
    if (violations.length > 0) throw new RecordInvalid(...violations);
  }
}

function duplicate(attribute: string, label: string, value: string): Violation {
  return { attribute, label, message: `${value} has already been taken`, error: "DuplicateValue" };
}

function optionalText(given: Record<string, unknown>, key: string, before: string | null): string | null {
  return given[key] === undefined ? before : text(given[key], `organization.${key}`);
}

function text(value: unknown, attribute: string): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw invalidAttribute(attribute);
}

function list(given: Record<string, unknown>, key: string, before: string[]): string[] {
  const value = given[key];
  if (value === undefined) return before;
  if (!Array.isArray(value)) throw invalidAttribute(`organization.${key}`);
  return value.map(String);
}
