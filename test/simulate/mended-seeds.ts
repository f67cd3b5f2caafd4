/** Seeds whose stories failed once, and what was wrong with the program: they are always played. */
export const MENDED_SEEDS: readonly { seed: number; was: string }[] = [];
