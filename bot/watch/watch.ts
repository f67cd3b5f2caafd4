import type { Database } from "bun:sqlite";
import * as v from "valibot";
import type { EndingCredential } from "../../lib/doctor/expiring-credentials.ts";
import type { UsGovernmentShown } from "../../lib/domain/config.ts";
import { type Day, toDay } from "../../lib/domain/dates.ts";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { every as everyOnClock } from "../../lib/edges/clock.ts";
import type { Outgoing, OutgoingPost } from "../../lib/remotes/slack/ports.ts";
import { errorSummary } from "../error-summary.ts";
import { accountNames } from "../organizations/explain-thread.ts";
import type { PageSender } from "../pages/send-pages.ts";
import { harmedAccounts } from "../render/matters.ts";
import type { Runner } from "../runs/runner.ts";
import { alertPosts, type CustomersByChannel } from "./alert-posts.ts";
import { waitingIn } from "./attention-lists.ts";
import { type Alert, assessRuns, assessUnseen, beginWatch, type WatchState } from "./incidents.ts";
import { renderAlert, renderCredentials } from "./render-alerts.ts";

/** Milliseconds between looks at the runner; a webhook or a file triggers an immediate look. */
const LOOK_EVERY_MS = 60_000;
/** Milliseconds back for which runs are judged after the bot itself was away. */
const LOOK_BACK_MS = 24 * 3_600_000;

const IncidentSchema = v.nullable(
  v.object({ kind: v.picklist(["failed", "refused", "missing", "records"]), since: v.string() }),
);
const StateSchema = v.object({
  expectedSince: v.string(),
  judgedUntil: v.string(),
  run: IncidentSchema,
  records: IncidentSchema,
  unseen: v.nullable(v.object({ since: v.string(), told: v.boolean() })),
  told: v.array(v.string()),
});

/** Everything the watch over runs works with: the runner, its memory, the channels it reports to, and the clock. */
export interface WatchDeps {
  runner: Runner;
  outgoing: Outgoing;
  database: Database;
  salesforceHost: string | null;
  /** Controls whether names of us-government's customers are shown. */
  usGovernment: UsGovernmentShown;
  /** Instances that have a channel of their own for what concerns them alone. */
  ownChannels: ReadonlySet<InstanceName>;
  /** Puts pages of runs into threads; null where that is not wanted (`slack.page`). */
  pages: Pick<PageSender, "want"> | null;
  credentials: (today: Day) => Promise<EndingCredential[]>;
  clock: () => Date;
  /** Told what went wrong while looking; never names a customer. */
  warn: (message: string) => void;
  /** Calls back at intervals, answers how to end it; for tests. */
  every?: (milliseconds: number, call: () => void) => () => void;
}

/** Watches the scheduled runs and tells the channel (issue 4, point 6). */
export interface Watch {
  /** One look; never throws, never two at a time. */
  look(): Promise<void>;
  start(): void;
  /** Ends the watching, and waits for the look under way. */
  stop(): Promise<void>;
}

/** Makes the watch; what it has told is kept in the database. */
export function createWatch(deps: WatchDeps): Watch {
  const { every = everyOnClock } = deps;
  const memory = new WatchMemory(deps.database);
  let looking: Promise<void> | null = null;
  const ends: (() => void)[] = [];
  const look = (): Promise<void> => {
    looking ??= lookOnce(deps, memory).finally(() => {
      looking = null;
    });
    return looking;
  };
  return {
    look,
    start() {
      void look();
      ends.push(
        every(LOOK_EVERY_MS, () => void look()),
        deps.runner.onChange(() => void look()),
      );
    },
    async stop() {
      for (const end of ends.splice(0)) end();
      await looking;
    },
  };
}

async function lookOnce(deps: WatchDeps, memory: WatchMemory): Promise<void> {
  try {
    await lookAtRuns(deps, memory);
  } catch (error) {
    const reason = errorSummary(error);
    deps.warn(`the runs cannot be watched at the moment: ${reason}`);
    sayUnseen(deps, memory, reason);
  }
  try {
    await lookAtCredentials(deps, memory);
  } catch {
    deps.warn("the expiry dates of credentials could not be read");
  }
}

/** If the bot's own memory is what fails, only the log is left. */
function sayUnseen(deps: WatchDeps, memory: WatchMemory, reason: string): void {
  try {
    tellUnseen(deps, memory, reason);
  } catch (error) {
    deps.warn(`could not report: ${errorSummary(error)}`);
  }
}

function tellUnseen({ clock, outgoing }: WatchDeps, memory: WatchMemory, reason: string): void {
  const now = clock();
  const { state, alerts } = assessUnseen(memory.state() ?? beginWatch(now), reason, now);
  for (const alert of alerts) outgoing.enqueue(renderAlert(alert, { names: new Map(), salesforceHost: null }));
  memory.keep(state);
}

/** The alerts are put before the state is kept: killed in between, the same alerts come out again, under the same keys. */
async function lookAtRuns(deps: WatchDeps, memory: WatchMemory): Promise<void> {
  const { runner, outgoing, clock } = deps;
  const now = clock();
  const before = memory.state() ?? beginWatch(now);
  const since = new Date(Math.max(Date.parse(before.judgedUntil), now.getTime() - LOOK_BACK_MS));
  const [ended, current] = await Promise.all([runner.ended(since), runner.current()]);
  const { state, alerts } = assessRuns(before, { now, ended, current });
  for (const alert of alerts) {
    const posts = alertPosts(alert, await customersOf(alert, deps));
    for (const post of posts) outgoing.enqueue(post);
    wantPage(alert, posts[0], deps);
  }
  memory.keep(state);
}

/** The page goes into the thread of the first message about what is wrong. A run that people started has it in its own thread already. */
function wantPage(alert: Alert, post: OutgoingPost | undefined, { pages }: WatchDeps): void {
  if (!post || !("run" in alert) || alert.say === "well" || alert.run.record === null) return;
  pages?.want({ runId: alert.run.id, instance: post.instance ?? null, thread: post.key, after: post.key });
}

async function lookAtCredentials({ credentials, outgoing, clock }: WatchDeps, memory: WatchMemory): Promise<void> {
  const today = toDay(clock());
  if (memory.credentialsDay() === today) return;
  const ending = await credentials(today);
  if (ending.length > 0) outgoing.enqueue(renderCredentials(ending, today));
  memory.keepCredentialsDay(today);
}

/**
 * Names of the customers that an alert is about, from the artifacts of its run; without those, ids have to do. Where us-government has
 * a channel of its own, its customers are named there, if anywhere.
 */
async function customersOf(alert: Alert, deps: WatchDeps): Promise<CustomersByChannel> {
  const { salesforceHost, usGovernment, ownChannels } = deps;
  const named = async (shown: UsGovernmentShown) => ({ salesforceHost, names: await namesOf(alert, shown, deps) });
  const apart = ownChannels.has("us-government");
  const all = await named(usGovernment);
  const general = apart && usGovernment === "names" ? await named("ids_only") : all;
  const own = [...ownChannels].map((one) => [one, one === "us-government" ? all : general] as const);
  return { general, own: new Map(own) };
}

async function namesOf(alert: Alert, shown: UsGovernmentShown, { runner }: WatchDeps): Promise<Map<string, string>> {
  const record = "run" in alert ? alert.run.record : null;
  const ids = new Set([
    ...(alert.say === "refused" ? harmedAccounts(record) : []),
    ...(record?.unknown_charges ?? []).flatMap(({ accounts }) => accounts),
    ...(record === null ? [] : waitingIn(record)).flatMap(({ salesforce_id: id }) => id ?? []),
  ]);
  const saysNames = alert.say === "attention" || alert.say === "failed" || alert.say === "refused";
  if (!saysNames || ids.size === 0) return new Map();
  const store = await runner.artifacts(alert.run.id).catch(() => null);
  return store ? accountNames(store, ids, shown) : new Map();
}

/** Memory of the watch; if it is lost, messages are merely repeated (G2). */
class WatchMemory {
  constructor(private readonly database: Database) {}

  state(): WatchState | null {
    const read = v.safeParse(StateSchema, JSON.parse(this.#value("state") ?? "null"));
    return read.success ? read.output : null;
  }

  keep(state: WatchState): void {
    this.#keep("state", JSON.stringify(state));
  }

  credentialsDay(): Day | null {
    return this.#value("credentials told on");
  }

  keepCredentialsDay(day: Day): void {
    this.#keep("credentials told on", day);
  }

  #value(name: string): string | null {
    const query = this.database.query<{ value: string }, [string]>("select value from watch where name = ?");
    return query.get(name)?.value ?? null;
  }

  #keep(name: string, value: string): void {
    this.database.run(
      "insert into watch (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
      [name, value],
    );
  }
}
