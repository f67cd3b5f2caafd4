import { readFile } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import type { InstanceName } from "../../lib/domain/instance.ts";
import type { ExplanationDocument } from "../../lib/explain/document.ts";
import type { Harm } from "../../lib/report/model.ts";
import { type Detail, ELEMENTS, type PageHead, type PageIndex } from "../../lib/report/page/format.ts";

/** A row of a page, with what it shows when it is opened. */
export interface OpenedRow {
  name: string;
  salesforceId: string | null;
  instance: InstanceName | null;
  harm: Harm;
  explanation: ExplanationDocument | null;
}

/** A page as its own program reads it: every block opened. */
export async function openedPage(path: string): Promise<{ head: PageHead; rows: OpenedRow[]; text: string }> {
  const html = await readFile(path, "utf8");
  const element = (id: string) => new RegExp(`id="${id}">([^<]*)<`).exec(html)?.[1] ?? null;
  const inflated = (base64: string) => JSON.parse(inflateRawSync(Buffer.from(base64, "base64")).toString("utf8"));
  const head: PageHead = JSON.parse(element(ELEMENTS.head) ?? "null");
  const index: PageIndex = inflated(element(ELEMENTS.index) ?? "");
  const details: Detail[] = [];
  for (let block = 0; block * head.rowsPerBlock < index.names.length; block++) {
    const base64 = element(ELEMENTS.block(block));
    const rows: Detail[] = base64 === null ? [] : inflated(base64);
    for (let at = 0; at < head.rowsPerBlock; at++) details.push(rows[at] ?? null);
  }
  const rows = index.names.map((name, at) => ({
    name,
    salesforceId: index.salesforceIds[at] ?? null,
    instance: index.instance.values[index.instance.at[at] ?? 0] ?? null,
    harm: index.harm.values[index.harm.at[at] ?? 0] ?? "cosmetic",
    explanation: details[at]?.explanation ?? null,
  }));
  return { head, rows, text: JSON.stringify([head, index, details]) };
}

/** An explanation's answer as text. */
export function answerOf({ explanation }: Pick<OpenedRow, "explanation">): string {
  return (explanation?.answer ?? []).map(({ spans }) => spans.map(({ text }) => text).join("")).join("\n");
}
