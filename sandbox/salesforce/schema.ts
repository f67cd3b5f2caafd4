import { SALESFORCE_CHILDREN, SALESFORCE_LOOKUPS } from "../seed/salesforce-columns.ts";
import type { SalesforceColumn } from "../types.ts";

export type ObjectName = SalesforceColumn["object"];

/** A column, with `id` as a type of its own: ids are compared by case, in both their lengths. */
export interface Column {
  name: string;
  type: SalesforceColumn["type"] | "id";
}

/** A way from a record to its parent. */
export interface Lookup {
  /** The relationship's name, `X__r` or, for a standard one, `Account`. */
  name: string;
  to: ObjectName;
  /** The column with the parent's id, `X__c` or `AccountId`; not every record of the sandbox has it. */
  idColumn: string;
}

/** The child lists of an account. */
export interface ChildList {
  name: string;
  to: ObjectName;
  /** The child's column with the account's id. */
  by: string;
}

interface ObjectSchema {
  name: ObjectName;
  columns: Map<string, Column>;
  lookups: Map<string, Lookup>;
  children: Map<string, ChildList>;
}

/** What objects there are, what they hold, and how they hang together. Names are found whatever their case. */
export class Schema {
  readonly #objects = new Map<string, ObjectSchema>();

  constructor(columns: readonly SalesforceColumn[]) {
    for (const { object } of columns) {
      this.#objects.set(key(object), { name: object, columns: new Map(), lookups: new Map(), children: new Map() });
    }
    // A child list is a lookup seen from the other end.
    const toAccount = SALESFORCE_CHILDREN.map(({ to, by }) => ({
      object: to,
      name: by.replace(/__c$/, "__r"),
      to: "Account" as const,
    }));
    for (const { object, name, to } of [...SALESFORCE_LOOKUPS, ...furtherLookups(columns), ...toAccount]) {
      this.#objects.get(key(object))?.lookups.set(key(name), { name, to, idColumn: idColumnOf(name) });
    }
    for (const child of SALESFORCE_CHILDREN) this.#objects.get("account")?.children.set(key(child.name), child);
    for (const column of columns) this.#addColumn(throughLookup(column));
  }

  #addColumn({ object, name, type }: SalesforceColumn): void {
    const schema = this.#objects.get(key(object));
    if (!schema) return;
    const isId =
      name === "Id" ||
      name === "MasterRecordId" ||
      [...schema.lookups.values()].some(({ idColumn }) => idColumn === name);
    schema.columns.set(key(name), { name, type: isId ? "id" : type });
  }

  object(name: string): ObjectName | undefined {
    return this.#objects.get(key(name))?.name;
  }

  column(object: ObjectName, name: string): Column | undefined {
    return this.#objects.get(key(object))?.columns.get(key(name));
  }

  lookup(object: ObjectName, name: string): Lookup | undefined {
    return this.#objects.get(key(object))?.lookups.get(key(name));
  }

  childList(object: ObjectName, name: string): ChildList | undefined {
    return this.#objects.get(key(object))?.children.get(key(name));
  }

  /** The body of `/sobjects/<Object>/describe`, as far as the sandbox has something to say; undefined for no object. */
  describe(name: string): Record<string, unknown> | undefined {
    const schema = this.#objects.get(key(name));
    if (!schema) return undefined;
    const lookups = [...schema.lookups.values()];
    const columns = [...schema.columns.values()].map((column) =>
      described(
        column,
        lookups.find(({ idColumn }) => idColumn === column.name),
      ),
    );
    // The records have no ids for these, so they are described, like any lookup, but cannot be selected.
    const references = lookups
      .filter(({ idColumn }) => !schema.columns.has(key(idColumn)))
      .map((lookup) => described({ name: lookup.idColumn, type: "id" }, lookup));
    const childRelationships = [...schema.children.values()].map(({ name: relationshipName, to, by }) => ({
      childSObject: to,
      field: by,
      relationshipName,
    }));
    return {
      name: schema.name,
      custom: schema.name.endsWith("__c"),
      queryable: true,
      fields: [...columns, ...references],
      childRelationships,
    };
  }
}

/** A column named `Lookup__r.Column` brings its lookup, to a user as most do. */
function furtherLookups(columns: readonly SalesforceColumn[]) {
  return columns.flatMap(({ object, name }) => {
    const [lookup = "", column] = name.split(".");
    return column === undefined ? [] : [{ object, name: lookup, to: "User" as const }];
  });
}

function throughLookup(column: SalesforceColumn): SalesforceColumn {
  const [, name] = column.name.split(".");
  return name === undefined ? column : { ...column, object: "User", name };
}

function key(name: string): string {
  return name.toLowerCase();
}

function idColumnOf(lookup: string): string {
  return lookup.endsWith("__r") ? lookup.replace(/__r$/, "__c") : `${lookup}Id`;
}

const describedTypes = {
  id: "id",
  text: "string",
  number: "double",
  boolean: "boolean",
  date: "date",
  datetime: "datetime",
  multipicklist: "multipicklist",
};

function described({ name, type }: Column, lookup: Lookup | undefined): Record<string, unknown> {
  return {
    name,
    type: lookup ? "reference" : describedTypes[type],
    custom: name.endsWith("__c"),
    relationshipName: lookup?.name ?? null,
    referenceTo: lookup ? [lookup.to] : [],
  };
}
