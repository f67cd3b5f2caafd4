import { deflateRawSync } from "node:zlib";
import { explain } from "../../reasons/reason-text.ts";
import { oneLine } from "../../text/outside-text.ts";
import { headline } from "../headline.ts";
import type { ReportModel, Row } from "../model.ts";
import template from "./app.generated.txt" with { type: "text" };
import { encodeIndex } from "./encode-index.ts";
import { CHANGES_IN_INDEX, type Detail, ELEMENTS, type PageHead } from "./format.ts";

/** Maximum size of a page: what browsers open at once, and GitLab's artifact browser shows. */
export const LARGEST_PAGE_BYTES = 15_000_000;

const ROWS_PER_BLOCK = 200;
/** Of deflate. The usual 6 takes more than twice as long for pages that are 13 % smaller. */
const LEVEL = 4;

/**
 * A report as one page that stands alone: program, style and data in one HTML file, which asks nobody for anything. All rows are in it;
 * where explanations would make it larger than `largest` bytes, those of the rows that matter least are left out, and the page says so.
 * @returns the bytes of the file, UTF-8
 */
export function writePage(model: ReportModel, { largest = LARGEST_PAGE_BYTES } = {}): Uint8Array {
  const [beforeTitle, beforeData, afterData, ...more] = template.split(/%TITLE%|%DATA%/);
  if (beforeTitle === undefined || beforeData === undefined || afterData === undefined || more.length > 0)
    throw new Error("the page's template must have one %TITLE% and one %DATA%");
  const page = (head: PageHead, index: string, blocks: readonly string[]) => {
    const title = textInHtml(oneLine(`${head.headline} · ${head.about.run_id}`));
    const data = [headElement(head), index, ...blocks].join("\n");
    return Buffer.from([beforeTitle, title, beforeData, data, afterData].join(""));
  };
  const index = block(ELEMENTS.index, packed(encodeIndex(model)));
  const bare = page(headOf(model, false), index, []).length;
  const details = detailBlocks(model.rows, largest - bare);
  return page(headOf(model, details.explanationsLeftOut), index, details.blocks);
}

function headElement(head: PageHead): string {
  return `<script type="application/json" id="${ELEMENTS.head}">${jsonInHtml(head)}</script>`;
}

function headOf(model: ReportModel, explanationsLeftOut: boolean): PageHead {
  const { refusals, failures, warnings = [], ...about } = model.head;
  return {
    headline: headline(model),
    about,
    problems: [
      ...refusals.map((one) => ({ where: null, ...explain(one) })),
      ...failures.map(({ where, reason }) => ({ where, ...explain(reason) })),
    ],
    warnings: warnings.map((one) => ({ where: null, ...explain(one) })),
    limits: model.limits,
    trend: model.trend,
    audit: model.audit ?? [],
    runs: model.runs ?? null,
    records: model.rows.length + model.folded.reduce((sum, { count }) => sum + count, 0),
    rowsPerBlock: ROWS_PER_BLOCK,
    explanationsLeftOut,
  };
}

/**
 * What opened rows show, compressed in blocks; those in which no row has anything are left out. Once a block does not fit into the
 * budget, neither it nor a later one gets explanations: what is left out is what matters least.
 */
function detailBlocks(rows: readonly Row[], budget: number) {
  const starts = Array.from({ length: Math.ceil(rows.length / ROWS_PER_BLOCK) }, (_, n) => n * ROWS_PER_BLOCK);
  const rowsOf = (start: number) => rows.slice(start, start + ROWS_PER_BLOCK);
  const blocks: string[] = [];
  let left = budget;
  let full = false;
  for (const start of starts) {
    const whole: string | null = full ? null : detailBlock(start, rowsOf(start).map(detail));
    full ||= whole === null || whole.length >= left;
    const chosen = full || whole === null ? detailBlock(start, rowsOf(start).map(withoutExplanation)) : whole;
    left -= chosen.length + 1;
    if (chosen !== "") blocks.push(chosen);
  }
  return { blocks, explanationsLeftOut: full };
}

function detailBlock(start: number, details: readonly Detail[]): string {
  if (details.every((one) => one === null)) return "";
  return block(ELEMENTS.block(start / ROWS_PER_BLOCK), packed(details));
}

function detail({ changes, explanation }: Row): Detail {
  return changes.length <= CHANGES_IN_INDEX && explanation === null ? null : { changes, explanation };
}

function withoutExplanation(row: Row): Detail {
  return detail({ ...row, explanation: null });
}

function packed(value: unknown): string {
  // In this thread: the whole of the largest page takes a second of it, and a program that waits for no thread can be simulated.
  return deflateRawSync(Buffer.from(JSON.stringify(value)), { level: LEVEL }).toString("base64");
}

function block(id: string, base64: string): string {
  return `<script type="application/octet-stream" id="${id}">${base64}</script>`;
}

/** JSON between `<script>` tags: nothing in it can end the element, begin a comment, or turn the reading of the page's source. */
function jsonInHtml(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function textInHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
