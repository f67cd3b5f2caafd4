import { edges } from "./edges.ts";

/** From here on it is worth collecting, in bytes: smaller work never comes near the memory of a small machine. */
const LARGE = 400 * 1000 ** 2;

/**
 * Collects what is garbage where this process has become large. To be called between parts of large work: left to itself the collector lets the garbage of
 * each part grow as large as what is held, on top of the last one's. Changes nothing but memory. Takes about a tenth of a second when it collects.
 */
export function collectGarbage(): void {
  if (edges().process.residentBytes() > LARGE) Bun.gc(true);
}
