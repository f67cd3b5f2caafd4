import type { Invariant } from "../story/seen.ts";
import { CAREFUL } from "./careful.ts";
import { RUNS } from "./runs.ts";
import { STATE } from "./state.ts";
import { WRITES } from "./writes.ts";

/** Everything that must hold after every hour of every story. */
export const INVARIANTS: readonly Invariant[] = [...WRITES, ...CAREFUL, ...RUNS, ...STATE];
