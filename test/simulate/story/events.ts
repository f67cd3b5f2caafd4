import { OF_ACCOUNTS } from "./events/accounts.ts";
import { OF_CUSTOMERS } from "./events/customers.ts";
import { OF_ORGANIZATIONS } from "./events/organizations.ts";
import type { Events, Scene, StorySandbox, TouchedRecords } from "./events/scene.ts";
import { OF_SURROUNDINGS } from "./events/surroundings.ts";
import { OF_USERS } from "./events/users.ts";

export type { StorySandbox } from "./events/scene.ts";

/** Everything that can happen. The order counts: seeds choose by place. */
const EVENTS = {
  ...OF_ORGANIZATIONS,
  ...OF_USERS,
  ...OF_ACCOUNTS,
  ...OF_CUSTOMERS,
  ...OF_SURROUNDINGS,
} satisfies Events;

export type WorldEventName = keyof typeof EVENTS;
/** Some hours get this one by draws of their own: what other draws choose stays as it was. */
export const UNKNOWN_REGION_EVENT = "an account gets a region that Zendesk does not know" satisfies WorldEventName;
/** The same, each from a stream of its own (plan-rare-events.ts). */
export const RARE_EVENTS = {
  option: "an account gets a region whose option is taken out of Zendesk",
  spelling: "an address is spelled in other letters",
  marriage: "a contact marries",
  quickerAgent: "an agent is quicker with a user whom a run is about to change",
} as const satisfies Record<string, WorldEventName>;
const OF_OTHER_STREAMS: readonly WorldEventName[] = [UNKNOWN_REGION_EVENT, ...Object.values(RARE_EVENTS)];
export const WORLD_EVENTS = (Object.keys(EVENTS) as WorldEventName[]).filter(
  (name) => !OF_OTHER_STREAMS.includes(name),
);

/**
 * Something that people or other systems do. `draws` (0 to 1 each) choose whom it is about among those who are there when it happens,
 * and what exactly is done; where nobody is, nothing happens.
 */
export interface WorldEvent {
  what: WorldEventName;
  draws: [whom: number, how: number, else_: number];
}

/** What an event did, for the trace and for what is forgiven: ids only. */
export interface Happened extends TouchedRecords {
  what: WorldEventName;
}

const at = <T>(list: readonly T[], draw: number): T | undefined =>
  list[Math.min(list.length - 1, Math.floor(draw * list.length))];

/** Does what the event says. @returns null where there was nobody it could happen to */
export function happen(sandbox: StorySandbox, event: WorldEvent): Happened | null {
  const [whom, how, third] = event.draws;
  const scene: Scene = {
    sandbox,
    world: sandbox.standing(),
    instance: third < 0.6 ? "global" : "us-government",
    whom: (list) => at(list, whom),
    how: (list) => at(list, how) as (typeof list)[number],
    other: (list) => at(list, third),
    word: Math.round(whom * 1e9).toString(36) + Math.round(how * 1e9).toString(36),
  };
  try {
    const touched = EVENTS[event.what](scene);
    if (!touched) return null;
    return { what: event.what, accounts: [], organizations: [], users: [], ...touched };
  } catch (error) {
    // What Zendesk refuses to a person (a name that is taken) has not happened.
    if ((error as { status?: number }).status !== undefined) return null;
    throw error;
  }
}
