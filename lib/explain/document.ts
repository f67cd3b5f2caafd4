/**
 * An explanation as people read it, wherever they read it: the terminal, Markdown, Slack and the page all show this one document.
 * Already words; what it was made from are data (`account-explanation.ts`).
 */
export interface ExplanationDocument {
  /** At most three lines, which answer the question; what follows is the proof. */
  answer: Line[];
  sections: Section[];
}

/** A part of the proof: subscriptions and charges, overrides, organization fields, what the last run did, … */
export interface Section {
  title: string;
  lines: Line[];
}

/** One line: text in pieces, so that a place that can colour or link does. */
export interface Line {
  /** Indentation level: a charge is indented below its subscription. */
  depth: 0 | 1 | 2;
  /** Stands in a column of its own where there is one (`support_level`). */
  label?: string;
  spans: Span[];
}

export interface Span {
  text: string;
  tone?: Tone;
  /** An absolute https address of Salesforce or Zendesk. */
  href?: string;
}

/** Meaning of a piece of text; each place decides how that looks, and never by colour alone. */
export type Tone = "good" | "warning" | "bad" | "muted" | "strong";

/** A line with a label of its own. */
export function labelled(label: string, text: string, tone?: Tone): Line {
  return { ...plain(0, text, tone), label };
}

/** A line of text. */
export function plain(depth: Line["depth"], text: string, tone?: Tone): Line {
  return { depth, spans: [tone === undefined ? { text } : { text, tone }] };
}
