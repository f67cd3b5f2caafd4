import type { PlantedBug } from "./bug.ts";
import { OF_COMPARING } from "./comparing.ts";
import { OF_GATHERING } from "./gathering.ts";
import { OF_SURROUNDINGS } from "./surroundings.ts";
import { OF_WRITING } from "./writing.ts";

export type { PlantedBug } from "./bug.ts";

/** Deliberate bugs, each of which the stories have to find (docs/simulation.md). */
export const PLANTED: readonly PlantedBug[] = [...OF_GATHERING, ...OF_COMPARING, ...OF_WRITING, ...OF_SURROUNDINGS];
