import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRecords } from "../../lib/storage/artifacts/parse-artifact.ts";
import type { ArtifactName } from "../../lib/storage/artifacts/schemas.ts";

/** A disk that fills up: writes to files are counted from 1. */
export interface FillingDisk extends Disposable {
  /** Writes so far. */
  writes(): number;
}

/**
 * Of write number `fullFrom` one half goes in, as the system does it on a full disk; the next write is refused, and so are all later
 * ones, or with "once" none of them. With "short" nothing is refused: there was more space after all.
 */
export async function fillingDisk(
  fullFrom: number,
  how: "for good" | "once" | "short" = "for good",
): Promise<FillingDisk> {
  const handle = await open("/dev/null", "r");
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  const write: (bytes: Uint8Array, offset: number, length: number, at: number | null) => unknown = prototype.write;
  let count = 0;
  prototype.write = function (
    this: typeof handle,
    bytes: Uint8Array,
    offset: number,
    length: number,
    at: number | null,
  ) {
    count++;
    const refused = { "for good": Number.POSITIVE_INFINITY, once: 1, short: 0 }[how];
    if (count < fullFrom || count > fullFrom + refused) return write.call(this, bytes, offset, length, at);
    if (count === fullFrom) return write.call(this, bytes, offset, Math.floor(length / 2), at);
    return Promise.reject(
      Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" }),
    );
  };
  return {
    writes: () => count,
    [Symbol.dispose]: () => {
      prototype.write = write;
    },
  };
}

/** Files of a data directory that are there by half: cut texts and JSON, and what has no name of its own yet. */
export async function halfFiles(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true }).catch(() => []);
  const half: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.includes(".sqlite")) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    if (!isWhole(entry.name, bytes)) half.push(join(entry.parentPath, entry.name).slice(dataDir.length + 1));
  }
  return half;
}

function isWhole(name: string, bytes: Buffer): boolean {
  if (name.endsWith(".tmp")) return false;
  try {
    // A results file that its run could not close: it holds whole rows, and readers take it as it is.
    if (name.endsWith("_results.json")) return parseRecords(name as ArtifactName, bytes).length > 0 || bytes.length > 0;
    const text = (name.endsWith(".zst") ? Buffer.from(Bun.zstdDecompressSync(bytes)) : bytes).toString();
    if (!text.endsWith("\n")) return false;
    if (name.endsWith(".json")) JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
