/** Slack's limits on a message (facts page on Slack, section 6): the code of the first one broken, or null. */
export function brokenLimit(message: { text?: string; blocks?: unknown; metadata?: unknown }): string | null {
  const { text = "", blocks, metadata } = message;
  if (blocks !== undefined && !Array.isArray(blocks)) return "invalid_blocks_format";
  const list: unknown[] = blocks ?? [];
  if (text === "" && list.length === 0) return "no_text";
  if (text.length > 40_000) return "msg_too_long";
  if (list.length > 50) return "invalid_blocks";
  // Documented nowhere, met by others: a message's blocks together.
  if (JSON.stringify(list).length > 13_200) return "msg_blocks_too_long";
  if (list.some((block) => !fits(block))) return "invalid_blocks";
  return metadata === undefined || isMetadata(metadata) ? null : "invalid_metadata_format";
}

const TEXT_LIMITS: Record<string, number> = { section: 3000, header: 150, context: 2000 };

function fits(block: unknown): boolean {
  if (!isObject(block) || typeof block.type !== "string") return false;
  const limit = TEXT_LIMITS[block.type] ?? 3000;
  if (isObject(block.text) && !textFits(block.text, limit)) return false;
  if (block.type === "header" && !(isObject(block.text) && block.text.type === "plain_text")) return false;
  const { elements = [], fields = [] } = block as { elements?: unknown; fields?: unknown };
  if (!Array.isArray(elements) || !Array.isArray(fields) || fields.length > 10) return false;
  if (elements.length > (block.type === "actions" ? 25 : block.type === "context" ? 10 : 100)) return false;
  return [...elements, ...fields].every(
    (part) =>
      isObject(part) &&
      (!isObject(part.text) || textFits(part.text, 75)) &&
      (typeof part.text !== "string" || part.text.length <= 2000) &&
      (typeof part.value !== "string" || part.value.length <= 2000),
  );
}

function textFits(text: Record<string, unknown>, limit: number): boolean {
  return typeof text.text === "string" && text.text.length >= 1 && text.text.length <= limit;
}

/** An event type, and a payload of plain values or one level of objects. */
function isMetadata(metadata: unknown): boolean {
  if (!isObject(metadata) || typeof metadata.event_type !== "string" || !isObject(metadata.event_payload)) return false;
  const isFlat = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  return Object.values(metadata.event_payload).every(
    (value) => isFlat(value) || (isObject(value) && Object.values(value).every(isFlat)),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
