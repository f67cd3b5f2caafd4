import { edges } from "./edges.ts";

/** At least 0, less than 1. */
export function random(): number {
  return edges().chance.random();
}

/** So many random bytes; unguessable on the machine's own edges. */
export function randomBytes(length: number): Buffer {
  return edges().chance.bytes(length);
}
