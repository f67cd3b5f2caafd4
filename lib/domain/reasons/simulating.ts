import * as v from "valibot";
import { count } from "./params.ts";

/** What a simulation of rules leaves out, as no run's artifacts hold what it would need. */
export const SIMULATING_REASONS = {
  /** Who is a partner is decided when accounts are gathered (A3). */
  "simulation.partners_as_gathered": v.object({}),
  /** No run listed the users of us-government and their contacts (U2, U3). */
  "simulation.users_not_gathered": v.object({}),
  /** Organizations that would be new in us-government: contacts are asked for once they are there (U3). */
  "simulation.contacts_not_gathered": v.object({ count }),
  /** Recent organizations of global, of whose addresses nothing is known (Y2, Y3). */
  "simulation.addresses_not_gathered": v.object({ count }),
} as const;
