import * as v from "valibot";

/** No system gives out a larger number; `kill` takes 32 bits. */
const LARGEST = 2 ** 31 - 1;

/**
 * The number of one process, as read from a file. 0 and negative numbers name groups of processes: whoever asked for one of those, or
 * stopped it, would ask for or stop others.
 */
export const ProcessId = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(LARGEST));
