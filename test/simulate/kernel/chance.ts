import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of a seed's draws. */
export interface Chance {
  /** At least 0, less than 1. */
  random(): number;
  /** A whole number from 0 to one less than `below`. */
  integer(below: number): number;
  /** True once in so many times on average: `rate` from 0 to 1. */
  happens(rate: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** The stream of this name under a seed: what is drawn from one stream never changes what another gives. */
export function streamOf(seed: number, name: string): Chance {
  const source = xoroshiro128plus(Bun.hash.xxHash32(name, seed));
  return {
    random: () => uniformFloat64(source),
    integer: (below) => uniformInt(source, 0, below - 1),
    happens: (rate) => uniformFloat64(source) < rate,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new Error(`nothing to pick from in stream ${name}`);
      return from[uniformInt(source, 0, from.length - 1)] as T;
    },
    bytes(length) {
      const drawn = Buffer.alloc(length);
      for (let at = 0; at < length; at++) drawn[at] = uniformInt(source, 0, 255);
      return drawn;
    },
  };
}
