/** Stable codes of an error body. Its texts are localized and may echo customer data: never shown, never matched. */
export interface ErrorEnvelope {
  /** `RecordInvalid`, `TooManyJobs`, …; null where the body has none. */
  code: string | null;
  /** Fields with a `DuplicateValue`: another record has that value already. */
  duplicates: string[];
  /** Fields with any validation error. */
  invalid: string[];
}

/**
 * Reads any of Zendesk's error bodies (facts/zendesk.md 1): a code beside a description and details, an object with a title,
 * a list of errors, a bare string, or none of these.
 */
export function readErrorEnvelope(body: unknown): ErrorEnvelope {
  const { error, errors, details } = isObject(body) ? body : {};
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const code =
    token(error) ?? title(isObject(error) ? error.title : undefined) ?? token(isObject(first) ? first.code : undefined);
  const fields = isObject(details) ? Object.entries(details) : [];
  return {
    code,
    invalid: fields.map(([field]) => field),
    duplicates: fields.flatMap(([field, list]) => (hasDuplicate(list) ? [field] : [])),
  };
}

/** True if a bulk write was refused, with whatever status, because too many of the account's jobs are running (facts/zendesk.md 3). */
export function isTooManyJobs(body: unknown): boolean {
  return isObject(body) && body.error === "TooManyJobs";
}

/** A code is one word; a sentence may be in any language. */
function token(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z][A-Za-z0-9_]{1,60}$/.test(value) ? value : null;
}

/** `Forbidden`, `Invalid attribute`: stands in place of a code. */
function title(value: unknown): string | null {
  return typeof value === "string" && /^[A-Za-z]{2,30}(?: [a-z]{2,30}){0,2}$/.test(value) ? value : null;
}

function hasDuplicate(list: unknown): boolean {
  return Array.isArray(list) && list.some((item) => isObject(item) && item.error === "DuplicateValue");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
