/** A mistake that the simulation is to find: one exact text of one file in the place of another. */
export interface PlantedBug {
  /** Short and unique: `bun run planted NAME`. */
  name: string;
  /** From the root of the repository. */
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
  /** The invariants that should find it; any of them will do. */
  expects: readonly string[];
  /** Where it was found last, played first; whatever changes the stories may move it: `bun run planted` tells the new one. */
  seed?: number;
}
