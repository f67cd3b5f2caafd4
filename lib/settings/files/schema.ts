import { closest } from "fastest-levenshtein";
import * as v from "valibot";
import { type Day, isDay } from "../../domain/dates.ts";
import { toId18 } from "../../domain/salesforce-id.ts";

/*
 * What values in files that people edit may be. Every message is the end of a sentence that starts with the key, and never
 * repeats a value, except a wrong word where only words of ours are allowed.
 */

/** Valibot takes a list for an object. */
const keysAndValues = v.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be a mapping of keys and values",
);

/** A mapping with these keys and no others; each unknown key is a mistake of its own that names the nearest known one. */
export function mapping<const E extends v.ObjectEntries>(
  entries: E,
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<E, undefined>>> {
  const known = Object.keys(entries);
  const schema = v.pipe(
    keysAndValues,
    v.looseObject(entries, "is missing"),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input).filter((one) => !known.includes(one))) {
        addIssue({
          message: `is not a known key; did you mean ${JSON.stringify(closest(key, known))}?`,
          path: [{ type: "unknown", origin: "key", input, key, value: undefined }],
        });
      }
    }),
  );
  return schema as unknown as v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<E, undefined>>>;
}

/** A mapping whose keys people choose, as a Map. */
export function mapOf<T>(value: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, ReadonlyMap<string, T>> {
  return v.pipe(
    keysAndValues,
    v.record(v.string(), value),
    v.transform((record) => new Map(Object.entries(record))),
  );
}

/** A list of values of one kind. */
export function listOf<T>(item: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, readonly T[]> {
  return v.array(item, "must be a list, even for a single value");
}

/** A key that may be left out, or be left empty, in favour of a default. */
export function optional<T>(value: v.GenericSchema<unknown, T>, byDefault: NoInfer<T>): v.GenericSchema<unknown, T> {
  return v.nullish(value, byDefault as NonNullable<T>) as v.GenericSchema<unknown, T>;
}

/** A key that may be left out or be left empty: null then. */
export function orNull<T>(value: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, T | null> {
  return optional<T | null>(v.nullable(value), null);
}

/** Text with at least one character that is not a blank, trimmed. */
export function text(): v.GenericSchema<unknown, string> {
  return v.pipe(v.string("must be text; put it in quotes"), v.trim(), v.nonEmpty("must not be empty"));
}

/** One of a few words. What looks like a word is repeated where it is wrong, with the nearest right one; anything else is not. */
export function word<const W extends string>(words: readonly W[]): v.GenericSchema<unknown, W> {
  return v.picklist(words, (issue) => {
    const all = `must be one of ${words.join(", ")}`;
    if (typeof issue.input !== "string" || !/^[\w-]{1,30}$/.test(issue.input)) return all;
    return `${all}, not ${JSON.stringify(issue.input)}; did you mean ${JSON.stringify(closest(issue.input, words))}?`;
  });
}

/** `true` or `false`; YAML 1.2 knows no `yes`. */
export function flag(): v.GenericSchema<unknown, boolean> {
  return v.boolean("must be true or false, without quotes");
}

/** A number from 0 to 100, fractions allowed. */
export function percent(): v.GenericSchema<unknown, number> {
  const message = "must be a number from 0 to 100, without quotes and without %";
  return v.pipe(v.number(message), v.minValue(0, message), v.maxValue(100, message));
}

/** A whole number from `least` on. */
export function wholeNumber(least: 0 | 1): v.GenericSchema<unknown, number> {
  const message = `must be a whole number, ${least} or more, without quotes`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message));
}

/** A day that exists, `YYYY-MM-DD`. */
export function day(): v.GenericSchema<unknown, Day> {
  const message = "must be an existing date, as YYYY-MM-DD";
  return v.pipe(v.string(message), v.check(isDay, message));
}

/** A Salesforce id of 15 or 18 characters, in its 18-character form (G5). */
export function salesforceId(): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.string((issue) =>
      typeof issue.input === "number"
        ? "must be quoted: YAML reads this Salesforce id as a number"
        : "must be a Salesforce id with 15 or 18 characters",
    ),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const id = toId18(dataset.value);
      if (id !== null) return id;
      addIssue({ message: "must be a Salesforce id with 15 or 18 characters" });
      return NEVER;
    }),
  );
}

/** Text of a certain form, trimmed and in lower case. */
export function lowerCaseText(form: RegExp, description: string): v.GenericSchema<unknown, string> {
  const message = `must be ${description}`;
  return v.pipe(v.string(message), v.trim(), v.toLowerCase(), v.regex(form, message));
}

/** Text of a certain form whose case matters. */
export function exactText(form: RegExp, description: string): v.GenericSchema<unknown, string> {
  const message = `must be ${description}`;
  return v.pipe(v.string(message), v.regex(form, message));
}
