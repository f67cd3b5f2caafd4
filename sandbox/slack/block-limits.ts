import { invalidBlocks, SlackRefusal } from "./slack-refusal.ts";

/** Limits of Slack's block types (facts 6), all in characters or pieces. */
const LIMITS = {
  blocks: 50,
  section: 3000,
  fields: 10,
  field: 2000,
  header: 150,
  contextElements: 10,
  actionElements: 25,
  buttonText: 75,
  value: 2000,
  url: 3000,
  id: 255,
  /** Stated nowhere: bolt-js issue 2509 met it at this size. */
  allBlocks: 13_200,
} as const;

type Part = Record<string, unknown>;

/**
 * The blocks of a message, as they came.
 * @throws SlackRefusal where Slack would not take them
 */
export function checkedBlocks(blocks: unknown): Part[] {
  if (!Array.isArray(blocks) || !blocks.every(isPart)) throw new SlackRefusal("invalid_blocks_format");
  atMost(blocks, LIMITS.blocks, "/blocks");
  const ids = new Set<unknown>();
  for (const [index, block] of blocks.entries()) {
    const pointer = `/blocks/${index}`;
    checkBlock(block, pointer);
    shortText(block.block_id, LIMITS.id, `${pointer}/block_id`);
    if (block.block_id !== undefined && ids.has(block.block_id))
      throw invalidBlocks("`block_id` already exists", `${pointer}/block_id`);
    ids.add(block.block_id);
  }
  if (JSON.stringify(blocks).length > LIMITS.allBlocks) throw new SlackRefusal("msg_blocks_too_long");
  return blocks;
}

function checkBlock(block: Part, pointer: string): void {
  switch (block.type) {
    case "section":
      if (block.text === undefined && block.fields === undefined)
        throw invalidBlocks("missing required field", pointer);
      if (block.text !== undefined) checkText(block.text, LIMITS.section, `${pointer}/text`);
      for (const [index, field] of parts(block.fields ?? [], LIMITS.fields, `${pointer}/fields`).entries())
        checkText(field, LIMITS.field, `${pointer}/fields/${index}`);
      if (block.accessory !== undefined) checkElement(block.accessory, `${pointer}/accessory`);
      return;
    case "header":
      checkText(block.text, LIMITS.header, `${pointer}/text`, ["plain_text"]);
      return;
    case "context":
      for (const [index, element] of parts(block.elements, LIMITS.contextElements, `${pointer}/elements`).entries())
        if (element.type !== "image") checkText(element, LIMITS.section, `${pointer}/elements/${index}`);
      return;
    case "actions":
      for (const [index, element] of parts(block.elements, LIMITS.actionElements, `${pointer}/elements`).entries())
        checkElement(element, `${pointer}/elements/${index}`);
      return;
    case "divider":
    case "image":
    case "markdown":
    case "rich_text":
    case "table":
      return;
    default:
      throw invalidBlocks("unsupported type", `${pointer}/type`);
  }
}

function checkElement(element: unknown, pointer: string): void {
  if (!isPart(element) || typeof element.type !== "string") throw invalidBlocks("missing required field", pointer);
  shortText(element.action_id, LIMITS.id, `${pointer}/action_id`);
  shortText(element.value, LIMITS.value, `${pointer}/value`);
  shortText(element.url, LIMITS.url, `${pointer}/url`);
  if (element.type === "button") checkText(element.text, LIMITS.buttonText, `${pointer}/text`, ["plain_text"]);
}

/** A text object: its kind, and a text that is neither empty nor too long. */
function checkText(text: unknown, most: number, pointer: string, kinds = ["plain_text", "mrkdwn"]): void {
  if (!isPart(text)) throw invalidBlocks("missing required field", pointer);
  if (!kinds.includes(String(text.type))) throw invalidBlocks("unsupported type", `${pointer}/type`);
  if (typeof text.text !== "string" || text.text === "")
    throw invalidBlocks("must be more than 0 characters", `${pointer}/text`);
  shortText(text.text, most, `${pointer}/text`);
}

function parts(list: unknown, most: number, pointer: string): Part[] {
  if (!Array.isArray(list) || !list.every(isPart)) throw invalidBlocks("must be an array of objects", pointer);
  return atMost(list, most, pointer);
}

function atMost<Item>(list: Item[], most: number, pointer: string): Item[] {
  if (list.length > most) throw invalidBlocks(`no more than ${most} items allowed`, pointer);
  return list;
}

function shortText(text: unknown, most: number, pointer: string): void {
  if (text === undefined) return;
  if (typeof text !== "string") throw invalidBlocks("must be a string", pointer);
  if (text.length > most) throw invalidBlocks(`must be less than ${most + 1} characters`, pointer);
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
