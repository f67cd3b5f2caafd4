import type { FieldDefinition, ZendeskBehaviour } from "../types.ts";
import { invalidAttribute, RecordInvalid } from "./errors.ts";
import { type FieldValue, type FieldValues, isObject } from "./records.ts";

/** Marks a value that the field does not take. */
const refused = Symbol("refused");

/** The custom fields of the organizations, or of the users, of one instance. */
export class CustomFields {
  readonly #definitions: readonly FieldDefinition[];
  readonly #byKey: Map<string, FieldDefinition>;
  readonly #behaviour: Pick<ZendeskBehaviour, "unknownDropdown" | "removedOptions">;

  /** @param behaviour looked at with every write: it may change */
  constructor(
    definitions: readonly FieldDefinition[],
    behaviour: Pick<ZendeskBehaviour, "unknownDropdown" | "removedOptions">,
  ) {
    this.#definitions = definitions;
    this.#byKey = new Map(definitions.map((definition) => [definition.key, definition]));
    this.#behaviour = behaviour;
  }

  /** As they are now. */
  get definitions(): readonly FieldDefinition[] {
    const { removedOptions } = this.#behaviour;
    if (removedOptions.length === 0) return this.#definitions;
    return this.#definitions.map((definition) =>
      definition.options
        ? { ...definition, options: definition.options.filter((option) => !removedOptions.includes(option)) }
        : definition,
    );
  }

  /**
   * What is stored after a write of `given`: only the keys sent change, a key without definition is dropped without a
   * word (facts 2).
   * @throws RecordInvalid for a value its field does not take; 400 when `given` is no object
   */
  merged(stored: FieldValues, given: unknown, attribute: string): FieldValues {
    if (!isObject(given)) throw invalidAttribute(attribute);
    const values = { ...stored };
    for (const [key, value] of Object.entries(given)) {
      const definition = this.#byKey.get(key);
      if (!definition) continue;
      const isRemoved = typeof value === "string" && this.#behaviour.removedOptions.includes(value);
      const spelled = definition.options && isRemoved ? refused : spelling(definition, value);
      if (spelled !== refused) values[key] = spelled;
      else if (definition.type !== "dropdown" || this.#behaviour.unknownDropdown === "refused")
        throw invalidValue(definition);
    }
    return values;
  }

  /** Values that stood there before the sandbox started: also those that could not be written today. */
  seeded(given: Record<string, unknown>): FieldValues {
    const values: FieldValues = {};
    for (const [key, value] of Object.entries(given)) {
      const definition = this.#byKey.get(key);
      if (!definition) continue;
      const spelled = spelling(definition, value);
      values[key] = spelled === refused ? (value as FieldValue) : spelled;
    }
    return values;
  }

  /**
   * The record's tags after its fields went from `before` to `after`: a drop-down's value and a ticked checkbox's tag
   * stand among the tags (facts 2).
   */
  tags(tags: readonly string[], before: FieldValues, after: FieldValues): string[] {
    const lost = new Set(this.#tagsOf(before));
    const gained = this.#tagsOf(after).filter((tag) => !lost.has(tag));
    for (const tag of this.#tagsOf(after)) lost.delete(tag);
    return [...new Set([...tags.filter((tag) => !lost.has(tag)), ...gained])];
  }

  /** Every defined key, null where nothing was ever set. */
  wire(values: FieldValues): Record<string, FieldValue> {
    return Object.fromEntries(this.#definitions.map(({ key }) => [key, values[key] ?? null]));
  }

  #tagsOf(values: FieldValues): string[] {
    return this.#definitions.flatMap(({ key, type, tag }) => {
      const value = values[key];
      if (type === "dropdown" && typeof value === "string" && value !== "") return [value];
      return type === "checkbox" && value === true && tag !== undefined ? [tag] : [];
    });
  }
}

/** How Zendesk gives the value back: decimals as text, dates with a time, checkboxes as booleans (facts 2). */
function spelling(definition: FieldDefinition, value: unknown): FieldValue | typeof refused {
  if (value === null || value === undefined) return null;
  switch (definition.type) {
    case "text":
    case "textarea":
      return typeof value === "object" ? refused : String(value);
    case "checkbox":
      return checkbox(value);
    case "date":
      return value === "" ? null : date(value);
    case "integer":
      return value === "" ? null : integer(value);
    case "decimal":
      return value === "" ? null : decimal(value);
    case "dropdown":
      if (value === "") return null;
      return typeof value === "string" && definition.options?.includes(value) ? value : refused;
  }
}

function checkbox(value: unknown): FieldValue | typeof refused {
  if (value === true || value === "true" || value === 1 || value === "1") return true;
  return value === false || value === "false" || value === 0 || value === "0" || value === "" ? false : refused;
}

/** `2018-11-04`, alone or with a time, reads back as `2018-11-04T00:00:00+00:00`. */
function date(value: unknown): FieldValue | typeof refused {
  const day = typeof value === "string" ? /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0] : undefined;
  if (day === undefined || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) return refused;
  return `${day}T00:00:00+00:00`;
}

function integer(value: unknown): FieldValue | typeof refused {
  const number = numeric(value);
  return number !== undefined && Number.isInteger(number) ? number : refused;
}

/** `12000.5` reads back as `"12000.5"`, `0` as `"0.0"`. */
function decimal(value: unknown): FieldValue | typeof refused {
  const number = numeric(value);
  if (number === undefined) return refused;
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

function numeric(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function invalidValue({ key, title }: FieldDefinition): RecordInvalid {
  return new RecordInvalid({ attribute: key, label: title, message: "is invalid", error: "InvalidValue" });
}
