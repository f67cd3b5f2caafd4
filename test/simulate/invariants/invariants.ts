import type { Invariant } from "../story/seen.ts";
import { CAREFUL } from "./careful.ts";
import { CONCURRENT } from "./concurrent.ts";
import { DATABASES } from "./databases.ts";
import { EDITS } from "./edits.ts";
import { KEPT } from "./kept.ts";
import { LIMITS } from "./limits.ts";
import { LIMITS_HOLD } from "./limits-hold.ts";
import { LOOKED_FOR } from "./looked-for.ts";
import { MESSAGES } from "./messages.ts";
import { REPORTED } from "./reported.ts";
import { REQUESTS } from "./requests.ts";
import { RUNS } from "./runs.ts";
import { STATE } from "./state.ts";
import { WRITES } from "./writes.ts";

const OF_WRITES = [...WRITES, ...CAREFUL, ...KEPT, ...EDITS, ...LOOKED_FOR];
const OF_RUNS = [
  ...RUNS,
  ...REPORTED,
  ...LIMITS,
  ...LIMITS_HOLD,
  ...DATABASES,
  ...REQUESTS,
  ...CONCURRENT,
  ...MESSAGES,
];

/** Everything that must hold after every hour of every story. */
export const INVARIANTS: readonly Invariant[] = [...OF_WRITES, ...OF_RUNS, ...STATE];
