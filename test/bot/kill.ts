import type { RequestPhase } from "../../sandbox/types.ts";
import { stateOf } from "../pipeline/world.ts";
import { isWrite } from "../safety/child-run.ts";
import { smallWorld } from "../safety/small-world.ts";
import { WholeWorld } from "./bot-world.ts";
import { conversationOf, postedBy, startRun, told } from "./followed-run.ts";

/** A post of a run's conversation, the how-manieth of its kind, and where it is when the bot is killed. */
export interface KillPoint {
  post: string;
  number: number;
  phase: RequestPhase;
}

/** Everything a run of the small world posts; the notices are posted by the run itself, under the eyes of the bot. */
export const POSTS: Omit<KillPoint, "phase">[] = [
  { post: "started", number: 1 },
  { post: "parts 1", number: 1 },
  { post: "parts 2", number: 1 },
  { post: "ended", number: 1 },
  { post: "notice", number: 1 },
  { post: "notice", number: 2 },
];
export const PHASES: RequestPhase[] = ["before", "committed", "answered"];

/** What a run that was asked for in Slack came to, in the channel and in Zendesk. */
export async function followedRun(points: readonly KillPoint[]) {
  await using world = await WholeWorld.start({ world: smallWorld() });
  let bot = await world.spawn();
  let kills = 0;
  let restarting: Promise<unknown> = Promise.resolve();
  const seen = new Map<string, number>();
  const firstParts = Promise.withResolvers<void>();
  world.hook = async (request, phase) => {
    const post = postedBy(request);
    // Writes wait until the thread was told of the stages before them: there are two such messages, however fast the run is.
    if (phase === "before" && request.service === "zendesk-global" && isWrite(request)) await firstParts.promise;
    if (post === null) return undefined;
    if (post === "parts 1" && phase !== "before") firstParts.resolve();
    if (phase === "before") seen.set(post, (seen.get(post) ?? 0) + 1);
    const point = points[kills];
    if (!point || post !== point.post || seen.get(post) !== point.number || phase !== point.phase) return undefined;
    kills++;
    seen.clear();
    await bot.kill();
    restarting = world.spawn().then((next) => {
      bot = next;
    });
    // What the killed bot was posting comes to nothing; the run's own post goes on its way.
    return phase === "before" && post !== "notice" ? "drop" : undefined;
  };
  await startRun(world);
  await told(world);
  if (points.length > kills) throw new Error(`killed ${kills} times only, of ${points.length}`);
  await restarting;
  // The last one may have been posted by a bot that never heard so: the next one finds it there, and posts nothing more.
  await world.until(() => world.undelivered() === 0);
  return { conversation: conversationOf(world), state: stateOf(world.sandbox) };
}
