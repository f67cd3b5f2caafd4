import * as v from "valibot";
import { count } from "./params.ts";

/** Parts that a simulation of rules leaves out because no run's artifacts hold the data it would need. */
export const SIMULATING_REASONS = {
  /** Partners are determined when accounts are gathered (A3). */
  "simulation.partners_as_gathered": v.object({}),
  /** No run listed the users of us-government and their contacts (U2, U3). */
  "simulation.users_not_gathered": v.object({}),
  /** Organizations that would be new in us-government: contacts are asked for once they are there (U3). */
  "simulation.contacts_not_gathered": v.object({ count }),
  /** Recent organizations of global, of whose addresses nothing is known (Y2, Y3). */
  "simulation.addresses_not_gathered": v.object({ count }),
} as const;
