import { expect, test } from "bun:test";
import { checkedBlocks } from "./block-limits.ts";
import { SlackRefusal } from "./slack-refusal.ts";

const plain = (length: number) => ({ type: "plain_text", text: "x".repeat(length) });
const mrkdwn = (length: number) => ({ type: "mrkdwn", text: "x".repeat(length) });
const button = (more: object = {}) => ({ type: "button", text: plain(75), action_id: "go", ...more });
const confirm = (more: object = {}) => ({
  title: plain(100),
  text: mrkdwn(300),
  confirm: plain(30),
  deny: plain(30),
  ...more,
});
const actions = (...elements: object[]) => [{ type: "actions", elements }];
const ids = (count: number) => Array.from({ length: count }, (_, index) => button({ action_id: `go_${index}` }));

/** Where Slack says that the blocks are wrong; null where it takes them. */
function wrongAt(blocks: unknown): string | null {
  try {
    checkedBlocks(blocks);
    return null;
  } catch (error) {
    if (!(error instanceof SlackRefusal)) throw error;
    return /json-pointer:([^\]]*)/.exec(String((error.details.errors as string[] | undefined)?.[0]))?.[1] ?? error.code;
  }
}

test.each([
  ["25 buttons", actions(...ids(25))],
  ["a dangerous button that asks first", actions(button({ style: "danger", confirm: confirm({ style: "danger" }) }))],
  ["a link", actions(button({ url: "https://example.com/a" }))],
  ["the same action in two blocks", [...actions(button()), ...actions(button())]],
  ["a button beside a section", [{ type: "section", text: mrkdwn(1), accessory: button() }]],
])("taken: %s", (_, blocks) => {
  expect(wrongAt(blocks)).toBeNull();
});

const first = "/blocks/0/elements/0";
test.each([
  ["26 buttons", actions(...ids(26)), "/blocks/0/elements"],
  ["no element", actions(), "/blocks/0/elements"],
  ["one action twice in a block", actions(button(), button()), "/blocks/0/elements/1/action_id"],
  ["an unknown style", actions(button({ style: "warning" })), `${first}/style`],
  ["a long label", actions(button({ text: plain(76) })), `${first}/text/text`],
  ["a label in mrkdwn", actions(button({ text: mrkdwn(1) })), `${first}/text/type`],
  ["no label", actions({ type: "button", action_id: "go" }), `${first}/text`],
  ["a long action id", actions(button({ action_id: "x".repeat(256) })), `${first}/action_id`],
  ["a number as value", actions(button({ value: 17 })), `${first}/value`],
  ["no address in a link", actions(button({ url: "not a url" })), `${first}/url`],
  ["a long question", actions(button({ confirm: confirm({ text: mrkdwn(301) }) })), `${first}/confirm/text/text`],
  ["a long title", actions(button({ confirm: confirm({ title: plain(101) }) })), `${first}/confirm/title/text`],
  ["a title in mrkdwn", actions(button({ confirm: confirm({ title: mrkdwn(1) }) })), `${first}/confirm/title/type`],
  ["a long yes", actions(button({ confirm: confirm({ confirm: plain(31) }) })), `${first}/confirm/confirm/text`],
  ["a long no", actions(button({ confirm: confirm({ deny: plain(31) }) })), `${first}/confirm/deny/text`],
  ["no way back", actions(button({ confirm: confirm({ deny: undefined }) })), `${first}/confirm/deny`],
  ["an unknown element", actions({ type: "switch" }), `${first}/type`],
  [
    "a bad button beside a section",
    [{ type: "section", text: mrkdwn(1), accessory: button({ style: "x" }) }],
    "/blocks/0/accessory/style",
  ],
])("refused: %s", (_, blocks, pointer) => {
  expect(wrongAt(blocks)).toBe(pointer);
});
