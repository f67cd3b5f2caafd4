import { createHash } from "node:crypto";

/** Blocks of a file that is written, with its digest on the way. They may be asked for again; what counts is the last time. */
export class DigestedBlocks implements Iterable<Buffer> {
  /** 64 hexadecimal digits, once all blocks were asked for. */
  sha256 = "";
  size = 0;
  #parts: Buffer[] = [];

  /** @param keptUpTo bytes of a file that are kept in memory, too */
  constructor(
    private readonly blocks: () => Iterable<Buffer>,
    private readonly keptUpTo: number,
  ) {}

  *[Symbol.iterator](): Generator<Buffer> {
    const hash = createHash("sha256");
    this.size = 0;
    this.#parts = [];
    for (const block of this.blocks()) {
      hash.update(block);
      this.size += block.length;
      if (this.size <= this.keptUpTo) this.#parts.push(block);
      yield block;
    }
    this.sha256 = hash.digest("hex");
  }

  /** The whole file; null where it is larger than was to be kept. */
  get bytes(): Buffer | null {
    return this.size <= this.keptUpTo ? Buffer.concat(this.#parts) : null;
  }
}
