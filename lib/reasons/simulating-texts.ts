import type { SIMULATING_REASONS } from "../domain/reasons/simulating.ts";
import { counted, type Texts } from "./texts.ts";

const GATHER_ALL = "To include them, simulate on the data of a run of all stages (zdsync preview).";

export const SIMULATING_TEXTS: Texts<typeof SIMULATING_REASONS> = {
  "simulation.partners_as_gathered": {
    title: "alliance account as gathered",
    say: () => [
      "alliance_account_id differs, but partners and their types are simulated as they were gathered.",
      "Run zdsync preview with the new configuration to see the effect.",
    ],
  },
  "simulation.users_not_gathered": {
    title: "users left out",
    say: () => ["The users of us-government are left out: the run's data contains no users or contacts.", GATHER_ALL],
  },
  "simulation.contacts_not_gathered": {
    title: "users of new organizations left out",
    say: ({ count }) => [
      `The users of ${counted(count, "organization")} that would be new in us-government are left out: their contacts were not gathered.`,
      "The first run with the new rules will count and create them.",
    ],
  },
  "simulation.addresses_not_gathered": {
    title: "contacts of recent organizations left out",
    say: ({ count }) => [
      `The contacts of ${counted(count, "recent organization")} in global are left out: the run's data does not show which users have their addresses.`,
      GATHER_ALL,
    ],
  },
};
