/** A message of the channel as the tests look at it. */
export interface Posted {
  ts: string;
  thread: string | null;
  /** Everything it shows, one block a line. */
  shows: string;
}

interface Shown {
  text?: { text?: string };
  elements?: { text?: { text?: string } | string }[];
}

/** A message as the sandbox keeps it, the way people read it. */
export function asPosted(message: { ts: string; thread_ts?: string; text: string; blocks?: unknown[] }): Posted {
  const blocks = (message.blocks ?? []) as Shown[];
  const lines = blocks.map(({ text, elements = [] }) =>
    [text?.text, ...elements.map(({ text: own }) => (typeof own === "string" ? own : own?.text))]
      .filter(Boolean)
      .join(" "),
  );
  return {
    ts: message.ts,
    thread: message.thread_ts ?? null,
    // Text from outside holds marks of no width, so that Slack formats nothing in it.
    shows: (lines.length > 0 ? lines.join("\n") : message.text).replaceAll("\u200b", ""),
  };
}
