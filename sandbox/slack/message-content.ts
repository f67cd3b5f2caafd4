import { checkedBlocks } from "./block-limits.ts";
import type { CallArguments } from "./call-arguments.ts";
import type { MessageContent } from "./messages.ts";
import { checkedMetadata } from "./metadata-shape.ts";

/** Text beyond this is cut without a word (facts 6). */
const MAX_TEXT = 40_000;

/** What a call wants to say: only what it gives. @throws SlackRefusal where Slack would not take it */
export function messageContent(call: CallArguments): MessageContent {
  const text = call.text("text")?.slice(0, MAX_TEXT);
  const blocks = call.structure("blocks", "invalid_blocks_format");
  const metadata = call.structure("metadata", "invalid_metadata_format");
  return {
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks: checkedBlocks(blocks) }),
    ...(metadata === undefined ? {} : { metadata: checkedMetadata(metadata) }),
  };
}
