import { keepDelivering } from "../../../bot/outbox/keep-delivering.ts";
import { Outbox } from "../../../bot/outbox/outbox.ts";
import { currentDate, sleep } from "../../../lib/edges/clock.ts";
import { createSlackChannel } from "../../../lib/remotes/slack/channel.ts";
import { slackSettings } from "../../../lib/settings/environment.ts";
import type { Moment, Simulation } from "../kernel/simulation.ts";
import type { BotPlan } from "./plan.ts";

const OUTBOX = "/srv/bot/bot.sqlite";
/** Between two messages, and for how long the bot runs after the last one. */
const BETWEEN = 1500;
const DELIVERING = 4 * 60_000;

/**
 * Lets the bot put messages into its outbox and deliver them, beside whatever else happens in the hour; it may be killed.
 * @returns the keys of those that it had put
 */
export async function deliverMessages(
  { messages, ending }: BotPlan,
  {
    simulation,
    hour,
    settings,
  }: {
    simulation: Simulation;
    hour: number;
    settings: Readonly<Record<string, string | undefined>>;
  },
): Promise<string[]> {
  const put: string[] = [];
  await simulation.computer("bot").run(
    async ({ env }) => {
      const slack = slackSettings({ ...env, ...settings }, []);
      if (!slack) return 0;
      using outbox = new Outbox(OUTBOX);
      const worker = keepDelivering(outbox, createSlackChannel(slack), { now: currentDate, warn() {} });
      const keys = Array.from({ length: messages }, (_, index) => `hour ${hour} message ${index + 1}`);
      for (const key of keys) {
        outbox.enqueue({ key, thread: key === keys[0] ? null : (keys[0] ?? null), text: key, blocks: [] });
        put.push(key);
        await sleep(BETWEEN);
      }
      await sleep(DELIVERING);
      await worker.stop();
      return 0;
    },
    ending === null ? {} : { kill: momentOf(ending) },
  );
  return put;
}

function momentOf({ by, nth }: NonNullable<BotPlan["ending"]>): Moment {
  if (by === "statement") return { statement: nth };
  return { request: nth, phase: by === "committed" ? "committed" : "before" };
}
