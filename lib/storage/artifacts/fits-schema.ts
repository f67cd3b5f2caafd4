import type * as v from "valibot";

/** True if a value already is what a schema would make of it. */
export type Fits = (value: unknown) => boolean;

const never: Fits = () => false;
const always: Fits = () => true;
const known = new WeakMap<v.GenericSchema, Fits>();

/**
 * Whether a JSON value fits a schema as it is: parsing it would succeed and answer the same value, key for key in the same order, so
 * nothing needs to be parsed or copied. It may say no where parsing would succeed (a transformation, an additional key); then the schema
 * itself has the word. valibot makes an object for each value it looks at, of which 100,000 accounts have millions.
 */
export function fitsOf(schema: v.GenericSchema): Fits {
  const found = known.get(schema);
  if (found) return found;
  const made = isPiped(schema) ? fitsAll(schema.pipe) : fitsType(schema);
  known.set(schema, made);
  return made;
}

type Step = v.PipeItem<unknown, unknown, v.BaseIssue<unknown>>;

function isPiped(schema: v.GenericSchema): schema is v.GenericSchema & { pipe: readonly Step[] } {
  return "pipe" in schema;
}

function fitsAll(steps: readonly Step[]): Fits {
  const each = steps.map((step) =>
    step.kind === "schema" ? fitsOf(step as v.GenericSchema) : fitsAction(step as Action),
  );
  const [first = never, second = always, third = always] = each;
  if (each.length <= 3) return (value) => first(value) && second(value) && third(value);
  return (value) => each.every((fits) => fits(value));
}

type Action = v.PipeAction<unknown, unknown, v.BaseIssue<unknown>>;

function fitsAction(action: Action): Fits {
  if (action.type === "finite") return Number.isFinite;
  if (action.type === "safe_integer") return Number.isSafeInteger;
  if (action.type === "trim") return (value) => typeof value === "string" && value.trim() === value;
  return action.kind === "validation"
    ? (value) => action["~run"]({ typed: true, value }, {}).issues === undefined
    : never;
}

/** The parts of valibot's schemas that are looked at, by `type`. */
type AnySchema = v.GenericSchema & {
  wrapped: v.GenericSchema;
  default: unknown;
  item: v.GenericSchema;
  key: v.GenericSchema;
  value: v.GenericSchema;
  rest: v.GenericSchema;
  entries: Record<string, v.GenericSchema>;
  options: readonly unknown[];
  literal: unknown;
  getter: (value: unknown) => v.GenericSchema;
};

function fitsType(given: v.GenericSchema): Fits {
  const schema = given as AnySchema;
  switch (schema.type) {
    case "string":
      return (value) => typeof value === "string";
    case "boolean":
      return (value) => typeof value === "boolean";
    case "number":
      // JSON does not keep the sign of zero.
      return (value) => typeof value === "number" && !Number.isNaN(value) && !Object.is(value, -0);
    case "null":
      return (value) => value === null;
    case "literal":
      return (value) => value === schema.literal;
    case "picklist":
      return (value) => schema.options.includes(value);
    case "lazy":
      return (value) => fitsOf(schema.getter(value))(value);
    case "nullable":
    case "exact_optional":
      return fitsWrapped(schema);
    case "array":
      return fitsArray(fitsOf(schema.item));
    case "record":
      return schema.key.type === "string" && !isPiped(schema.key) ? fitsObject([], fitsOf(schema.value)) : never;
    case "object":
      return fitsObject(Object.entries(schema.entries), null);
    case "object_with_rest":
      return fitsObject(Object.entries(schema.entries), fitsOf(schema.rest));
    default:
      return never;
  }
}

function fitsWrapped({ type, wrapped, default: missing }: AnySchema): Fits {
  if (missing !== undefined) return never;
  const fits = fitsOf(wrapped);
  return type === "nullable" ? (value) => value === null || fits(value) : fits;
}

function fitsArray(fits: Fits): Fits {
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (let index = 0; index < value.length; index++) if (!fits(value[index])) return false;
    return true;
  };
}

/** Keys that valibot leaves out. */
const DROPPED: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

/** The entries in their order, then, where there is a `rest`, any others. */
function fitsObject(entries: readonly (readonly [string, v.GenericSchema])[], rest: Fits | null): Fits {
  const keys = entries.map(([key]) => key);
  const fits = entries.map(([, schema]) => fitsOf(schema));
  const isOptional = entries.map(([, schema]) => schema.type === "exact_optional");
  const own = new Set(keys);
  const isRest = (key: string, found: unknown) => rest !== null && !own.has(key) && !DROPPED.has(key) && rest(found);
  const count = keys.length;
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    let at = 0;
    for (const key in value) {
      while (at < count && keys[at] !== key && isOptional[at]) at++;
      const found = (value as Record<string, unknown>)[key];
      if (at < count ? keys[at] !== key || !fits[at]?.(found) : !isRest(key, found)) return false;
      if (at < count) at++;
    }
    while (isOptional[at]) at++;
    return at === count;
  };
}
