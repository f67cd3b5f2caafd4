/** Chance that is the same for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 to below `below`. */
  upTo(below: number): number;
  /** True this often: 0 never, 1 always. */
  chance(share: number): boolean;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
}

/** mulberry32, by Tommy Ettinger (public domain). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    upTo: (below) => Math.floor(next() * below),
    chance: (share) => next() < share,
    pick: (from) => {
      const one = from[Math.floor(next() * from.length)];
      if (one === undefined && from.length === 0) throw new Error("nothing to pick from");
      return one as (typeof from)[number];
    },
  };
}
