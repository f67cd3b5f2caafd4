import { type Detail, ELEMENTS, type PageHead, type PageIndex } from "../../lib/report/page/format.ts";

/** Returns the page's head, without unpacking anything. Throws if the page has no head. */
export function readHead(): PageHead {
  return JSON.parse(textOf(ELEMENTS.head) ?? "null") as PageHead;
}

/** The columns of all records. Throws where the page was cut off. */
export async function readIndex(): Promise<PageIndex> {
  const text = textOf(ELEMENTS.index);
  if (text === null) throw new Error("the page is truncated: its index is missing");
  return (await unpack(text)) as PageIndex;
}

const opened = new Map<number, Promise<Detail[]>>();

/** Returns the details of a row when it is opened; null if the index has everything. Each block is unpacked once. */
export async function readDetail(row: number, rowsPerBlock: number): Promise<Detail> {
  const block = Math.floor(row / rowsPerBlock);
  const details = opened.get(block) ?? readBlock(block);
  opened.set(block, details);
  return (await details)[row % rowsPerBlock] ?? null;
}

async function readBlock(block: number): Promise<Detail[]> {
  const text = textOf(ELEMENTS.block(block));
  return text === null ? [] : ((await unpack(text)) as Detail[]);
}

function textOf(id: string): string | null {
  return document.getElementById(id)?.textContent ?? null;
}

async function unpack(base64: string): Promise<unknown> {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).json();
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
