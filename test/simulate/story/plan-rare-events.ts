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

function eventOf(name: keyof typeof RARE_EVENTS, chance: Chance): WorldEvent {
  return { what: RARE_EVENTS[name], draws: [chance.random(), chance.random(), chance.random()] };
}
