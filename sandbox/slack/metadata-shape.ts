import { SlackRefusal } from "./slack-refusal.ts";

/**
 * A message's metadata, as it came; undefined for `{}`, which stands for none.
 * @throws SlackRefusal unless it is an `event_type` and a flat `event_payload`: plain values, or one level of objects
 */
export function checkedMetadata(metadata: unknown): Record<string, unknown> | undefined {
  if (!isObject(metadata)) throw new SlackRefusal("invalid_metadata_format");
  if (Object.keys(metadata).length === 0) return undefined;
  const { event_type, event_payload } = metadata;
  if (typeof event_type !== "string" || event_type === "") throw new SlackRefusal("invalid_metadata_schema");
  if (!isObject(event_payload)) throw new SlackRefusal("invalid_metadata_schema");
  const isTaken = (value: unknown) => isPlain(value) || (isObject(value) && Object.values(value).every(isPlain));
  if (!Object.values(event_payload).every(isTaken)) throw new SlackRefusal("invalid_metadata_schema");
  return metadata;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
