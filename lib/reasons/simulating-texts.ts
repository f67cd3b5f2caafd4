import type { SIMULATING_REASONS } from "../domain/reasons/simulating.ts";
import { counted, type Texts } from "./texts.ts";

const GATHER_ALL = "Simulate on the data of a run of all stages (zdsync preview) to have them in it.";

export const SIMULATING_TEXTS: Texts<typeof SIMULATING_REASONS> = {
  "simulation.partners_as_gathered": {
    title: "alliance account as it was",
    say: () => [
      "alliance_account_id differs, and who is a partner, and of which type, is taken as it was gathered.",
      "Run zdsync preview with the new configuration to see what that changes.",
    ],
  },
  "simulation.users_not_gathered": {
    title: "users left out",
    say: () => ["The users of us-government are left out: the run's data has no users and contacts.", GATHER_ALL],
  },
  "simulation.contacts_not_gathered": {
    title: "users of new organizations left out",
    say: ({ count }) => [
      `The users of ${counted(count, "organization")} that would be new in us-government are left out: their contacts were not gathered.`,
      "The first run with the new rules counts and creates them.",
    ],
  },
  "simulation.addresses_not_gathered": {
    title: "contacts of recent organizations left out",
    say: ({ count }) => [
      `The contacts of ${counted(count, "recent organization")} in global are left out: the run's data does not say who has their addresses.`,
      GATHER_ALL,
    ],
  },
};
