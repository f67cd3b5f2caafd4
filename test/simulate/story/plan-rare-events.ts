import { type Chance, streamOf } from "../kernel/chance.ts";
import { RARE_EVENTS, type WorldEvent } from "./events.ts";
import type { HourPlan } from "./plan.ts";

/** One story in so many has rare events: the others mean what they meant before there were any. */
const EVERY = 7;

/**
 * Adds events that the other draws of a plan know nothing of. Each comes from a stream that is named after it, so that another one changes
 * nothing of what these choose.
 */
export function withRareEvents(hours: readonly HourPlan[], seed: number): HourPlan[] {
  if (seed % EVERY !== 1) return [...hours];
  const stream = (name: keyof typeof RARE_EVENTS) => streamOf(seed, `story event: ${RARE_EVENTS[name]}`);
  const [option, spelling, marriage] = [stream("option"), stream("spelling"), stream("marriage")];
  return hours.map((hour) => {
    const before: WorldEvent[] = [];
    const during = [...hour.during];
    if (option.happens(0.25)) before.push(eventOf("option", option));
    if (spelling.happens(0.35)) before.push(eventOf("spelling", spelling));
    if (marriage.happens(0.4)) {
      // Two whom the run has to change, and an agent who changes one of them at the last moment at which the run can see it.
      before.push(eventOf("marriage", marriage), eventOf("marriage", marriage));
      during.push({ at: 0, rightBefore: "users are looked at again", event: eventOf("quickerAgent", marriage) });
    }
    return before.length === 0 ? hour : { ...hour, before: [...hour.before, ...before], during };
  });
}

/** One story in so many has lists that end early: of the seeds that are remembered, only one whose bug this is about is among them. */
const EVERY_WITH_EARLY_ENDS = { of: 20, seeds: 5 };

/** For a whole hour every other list of a Zendesk account says in its middle that it has ended; what is left is behind its next link. */
const LISTS_END_EARLY = {
  faultRate: 0.5,
  faultKinds: ["early-end"],
  faultsOn: "lists of whose end is asked once more",
} satisfies Partial<HourPlan>;

/** Some hours in which lists end early, instead of whatever else the network does in them; drawn from a stream of their own. */
export function withEarlyEnds(hours: readonly HourPlan[], seed: number): HourPlan[] {
  if (seed % EVERY_WITH_EARLY_ENDS.of !== EVERY_WITH_EARLY_ENDS.seeds) return [...hours];
  const stream = streamOf(seed, "lists end early");
  return hours.map((hour) => (stream.happens(0.4) ? { ...hour, ...LISTS_END_EARLY } : hour));
}

function eventOf(name: keyof typeof RARE_EVENTS, chance: Chance): WorldEvent {
  return { what: RARE_EVENTS[name], draws: [chance.random(), chance.random(), chance.random()] };
}
