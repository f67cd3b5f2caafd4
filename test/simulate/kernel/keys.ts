import { newKeys } from "../../../sandbox/credentials.ts";

let keys: ReturnType<typeof newKeys> | undefined;

/** One pair for all simulations of this process: to make one takes longer than an hour of a simulation. Nothing depends on which. */
export function secretKeys(): ReturnType<typeof newKeys> {
  keys ??= newKeys();
  return keys;
}
