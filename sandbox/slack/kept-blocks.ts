/** A block in wire form. */
type Part = Record<string, unknown>;

/**
 * Blocks as Slack gives them back, which is not as they came: every block has an id, buttons have an action id, plain text says
 * whether it has emoji, mrkdwn whether it is verbatim.
 */
export function blocksAsKept(blocks: unknown[]): Part[] {
  return blocks.map((block, place) => ({ block_id: generatedId(place), ...(kept(block) as Part) }));
}

function kept(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kept);
  if (typeof value !== "object" || value === null) return value;
  const part = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, kept(inner)]));
  if (typeof part.text !== "string") return part;
  if (part.type === "plain_text") return { emoji: true, ...part };
  return part.type === "mrkdwn" ? { verbatim: false, ...part } : part;
}

/** Slack makes them up; here the same message has the same ones whenever it is given. */
function generatedId(place: number): string {
  return `b${place.toString(36).padStart(4, "0")}`;
}
