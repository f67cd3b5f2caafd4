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
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  value: 2000,
  url: 3000,
  id: 255,
  /** Stated nowhere: bolt-js issue 2509 met it at this size. */
  allBlocks: 13_200,
} as const;

type Part = Record<string, unknown>;

/** Elements that may stand in an actions block or beside a section; of those but buttons only the common parts are looked at. */
const ELEMENTS = [
  ...["button", "checkboxes", "datepicker", "datetimepicker", "image", "overflow", "radio_buttons", "timepicker"],
  ...["static_select", "external_select", "users_select", "conversations_select", "channels_select"],
  ...["multi_static_select", "multi_external_select", "multi_users_select", "workflow_button"],
  ...["multi_conversations_select", "multi_channels_select"],
];

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
      checkActions(parts(block.elements, LIMITS.actionElements, `${pointer}/elements`), `${pointer}/elements`);
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

/** The elements of an actions block: at least one, and none with the action id of another. */
function checkActions(elements: Part[], pointer: string): void {
  if (elements.length === 0) throw invalidBlocks("no less than 1 items allowed", pointer);
  const ids = new Set<unknown>();
  for (const [index, element] of elements.entries()) {
    checkElement(element, `${pointer}/${index}`);
    if (element.action_id !== undefined && ids.has(element.action_id))
      throw invalidBlocks("`action_id` already exists", `${pointer}/${index}/action_id`);
    ids.add(element.action_id);
  }
}

function checkElement(element: unknown, pointer: string): void {
  if (!isPart(element)) throw invalidBlocks("missing required field", pointer);
  if (!ELEMENTS.includes(String(element.type))) throw invalidBlocks("unsupported type", `${pointer}/type`);
  shortText(element.action_id, LIMITS.id, `${pointer}/action_id`);
  shortText(element.value, LIMITS.value, `${pointer}/value`);
  shortText(element.url, LIMITS.url, `${pointer}/url`);
  if (element.url !== undefined && !URL.canParse(String(element.url)))
    throw invalidBlocks("must be a valid url", `${pointer}/url`);
  if (element.confirm !== undefined) checkConfirm(element.confirm, `${pointer}/confirm`);
  if (element.type !== "button") return;
  checkText(element.text, LIMITS.buttonText, `${pointer}/text`, ["plain_text"]);
  checkStyle(element.style, `${pointer}/style`);
}

/** The question that Slack itself asks after a click. */
function checkConfirm(confirm: unknown, pointer: string): void {
  if (!isPart(confirm)) throw invalidBlocks("must be an object", pointer);
  checkText(confirm.title, LIMITS.confirmTitle, `${pointer}/title`, ["plain_text"]);
  checkText(confirm.text, LIMITS.confirmText, `${pointer}/text`);
  checkText(confirm.confirm, LIMITS.confirmButton, `${pointer}/confirm`, ["plain_text"]);
  checkText(confirm.deny, LIMITS.confirmButton, `${pointer}/deny`, ["plain_text"]);
  checkStyle(confirm.style, `${pointer}/style`);
}

function checkStyle(style: unknown, pointer: string): void {
  if (style !== undefined && style !== "primary" && style !== "danger") throw invalidBlocks("invalid value", pointer);
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
