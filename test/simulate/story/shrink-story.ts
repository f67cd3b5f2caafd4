import { type HourPlan, QUIET_HOURS, type StoryPlan } from "./plan.ts";
import { playStory, type StoryEnd } from "./play-story.ts";
import type { Invariant } from "./seen.ts";

/** One way to make a story smaller; null where it has nothing of that kind. */
type Smaller = (plan: StoryPlan) => StoryPlan | null;

/**
 * Looks for a smaller story in which the same invariant does not hold: fewer hours, accounts, events, faults. Plays at most `most`
 * stories; answers the smallest that was found, which may be the given one.
 */
export async function shrinkStory(
  failed: StoryEnd,
  invariants: readonly Invariant[],
  { most = 200, tell = () => {} }: { most?: number; tell?: (text: string) => void } = {},
): Promise<StoryEnd> {
  const broken = new Set(failed.wrong.map(({ invariant }) => invariant));
  let best = failed;
  let played = 0;
  const tryThis = async (plan: StoryPlan): Promise<boolean> => {
    if (played++ >= most) return false;
    const end = await playStory(plan, invariants).catch(() => null);
    if (!end?.wrong.some(({ invariant }) => broken.has(invariant))) return false;
    best = end;
    tell(`${played}: ${sizeOf(plan)}`);
    return true;
  };
  await tryThis(withPlayedFaults(failed));
  for (let before = Number.POSITIVE_INFINITY; played < most && before !== weightOf(best.plan); ) {
    before = weightOf(best.plan);
    for (let step = 0; ; step++) {
      const smaller = candidatesOf(best.plan)[step];
      if (!smaller || played >= most) break;
      const plan = smaller(best.plan);
      // What worked once is tried again at the same place: there may be more of its kind.
      if (plan && weightOf(plan) < weightOf(best.plan) && (await tryThis(plan))) step--;
    }
  }
  return best;
}

/** The same story with exactly the faults that were drawn, so that single ones can be left out. */
function withPlayedFaults({ plan, playedFaults, wrong }: StoryEnd): StoryPlan {
  const last = Math.max(...wrong.map(({ hour }) => hour));
  const hours = plan.hours
    .slice(0, Math.max(last, 0))
    .map((hour, index) => ({ ...hour, faults: hour.faults ?? playedFaults[index] ?? [] }));
  return { ...plan, hours };
}

function candidatesOf(plan: StoryPlan): Smaller[] {
  const hours = plan.hours.map((_, index) => index);
  return [
    ...hours.map(
      (index): Smaller =>
        ({ hours: all, ...rest }) => ({ ...rest, hours: all.toSpliced(index, 1) }),
    ),
    ...(["ordinary", "random", "new"] as const).flatMap((kind): Smaller[] => [
      (whole) => ({ ...whole, world: { ...whole.world, [kind]: 0 } }),
      (whole) => ({ ...whole, world: { ...whole.world, [kind]: Math.floor(whole.world[kind] / 2) } }),
      (whole) => ({ ...whole, world: { ...whole.world, [kind]: Math.max(0, whole.world[kind] - 1) } }),
    ]),
    ...plan.world.scenarios.map(
      (name): Smaller =>
        (whole) => ({
          ...whole,
          world: { ...whole.world, scenarios: whole.world.scenarios.filter((one) => one !== name) },
        }),
    ),
    ...hours.flatMap((index) => ofHour(index, plan.hours[index])),
  ];
}

function ofHour(index: number, hour: HourPlan | undefined): Smaller[] {
  if (!hour) return [];
  const change =
    (change: (one: HourPlan) => HourPlan): Smaller =>
    (plan) => {
      const one = plan.hours[index];
      return one ? { ...plan, hours: plan.hours.with(index, change(one)) } : null;
    };
  const faults = hour.faults ?? [];
  return [
    change((one) => ({ ...one, before: [] })),
    change((one) => ({ ...one, during: [] })),
    change((one) => ({ ...one, faults: [] })),
    change((one) => ({ ...one, ending: null })),
    change((one) => ({ ...one, disk: null })),
    change((one) => ({ ...one, repeated: false, directory: "kept", minute: 0 })),
    change((one) => ({ ...one, form: "run" })),
    change(({ bot: _, ...one }) => one),
    change(({ allowed: _, faultsOn: __, ...one }) => one),
    ...hour.before.map((_, place) => change((one) => ({ ...one, before: one.before.toSpliced(place, 1) }))),
    ...hour.during.map((_, place) => change((one) => ({ ...one, during: one.during.toSpliced(place, 1) }))),
    change((one) => ({ ...one, faults: faults.slice(0, Math.floor(faults.length / 2)) })),
    change((one) => ({ ...one, faults: faults.slice(Math.floor(faults.length / 2)) })),
    ...faults.map((_, place) => change((one) => ({ ...one, faults: (one.faults ?? []).toSpliced(place, 1) }))),
  ];
}

/** How much there is in a story. */
function weightOf({ world, hours }: StoryPlan): number {
  const accounts = world.ordinary + world.random + world.new + 20 * world.scenarios.length;
  const inHours = hours.map(
    ({ before, during, faults, ending, disk, repeated, directory, form, minute, bot, allowed, faultsOn }) =>
      20 +
      before.length +
      during.length +
      (faults?.length ?? 50) +
      [ending, disk].filter((one) => one !== null).length * 3 +
      [bot, allowed, faultsOn].filter((one) => one !== undefined).length * 2 +
      (repeated ? 1 : 0) +
      (directory === "kept" ? 0 : 1) +
      (form === "run" ? 0 : 2) +
      (minute === 0 ? 0 : 1),
  );
  return accounts + inHours.reduce((sum, one) => sum + one, 0);
}

function sizeOf({ world, hours }: StoryPlan): string {
  const events = hours.reduce((sum, { before, during }) => sum + before.length + during.length, 0);
  const faults = hours.reduce((sum, hour) => sum + (hour.faults?.length ?? 0), 0);
  const accounts = world.ordinary + world.random + world.new;
  return `${hours.length + QUIET_HOURS} hours, ${accounts} accounts, ${world.scenarios.length} scenarios, ${events} events, ${faults} faults`;
}
