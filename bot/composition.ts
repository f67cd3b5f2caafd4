import type { Database } from "bun:sqlite";
import { dirname, join, resolve } from "node:path";
import { endingCredentials } from "../lib/doctor/expiring-credentials.ts";
import { sleep } from "../lib/edges/clock.ts";
import { existsSync } from "../lib/edges/files.ts";
import { createSlackChannel } from "../lib/remotes/slack/channel.ts";
import { ownChannels } from "../lib/remotes/slack/notice-channels.ts";
import { createUserGroups } from "../lib/remotes/slack/user-groups.ts";
import { hostNames } from "../lib/settings/host-names.ts";
import { createAccess } from "./access/access.ts";
import { AnsweredRequests } from "./answered-requests.ts";
import { createAuditLog } from "./audit/audit-log.ts";
import type { BotCore, BotDeps } from "./bot.ts";
import { createConversation } from "./commands/create-conversation.ts";
import { openDatabase } from "./database.ts";
import { createContactActions } from "./organizations/contact-actions.ts";
import { customersOf } from "./organizations/customers-of.ts";
import { createExplainer } from "./organizations/explainer.ts";
import { lastRunOf } from "./organizations/last-run.ts";
import { retryOpener } from "./organizations/open-retry.ts";
import { byInstance, placeOf } from "./outbox/by-instance.ts";
import { type DeliveryWorker, keepDelivering } from "./outbox/keep-delivering.ts";
import { Outbox } from "./outbox/outbox.ts";
import { createPages } from "./pages/create-pages.ts";
import { pruneDaily } from "./prune-daily.ts";
import { FollowedRuns } from "./run-flow/followed-runs.ts";
import { Offers } from "./run-flow/offers.ts";
import { createRunFlow } from "./run-flow/run-flow.ts";
import { createGitlabRunner } from "./runs/gitlab-runner.ts";
import { createProcessRunner } from "./runs/process-runner.ts";
import { RecentRuns } from "./runs/recent-runs.ts";
import type { Runner } from "./runs/runner.ts";
import { createWatch } from "./watch/watch.ts";

/** Posted messages are forgotten after this long. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** The bot's parts, put together: its memory, the runner, what people may ask for, and what goes on by itself. */
export async function composeBot(deps: BotDeps): Promise<BotCore> {
  const { env, settings, clock, warn, say } = deps;
  const { slack, config, dataDir } = settings;
  /** Nothing that only waits, for Slack's rate limits above all, holds up the bot's end. */
  const ended = new AbortController();
  const abortable = { sleep: (milliseconds: number) => sleep(milliseconds, ended.signal) };
  const database = openDatabase(join(dataDir, "bot", "bot.sqlite"));
  const outbox = new Outbox(database, clock);
  const own = ownChannels(config.slack).map(({ instance, channel }) => ({
    instance,
    channel: createSlackChannel({ ...slack, channel }, abortable),
    outbox: new Outbox(database, clock, placeOf(instance)),
  }));
  outbox.adoptAllBut(own.map(({ instance }) => placeOf(instance)));
  const outgoing = byInstance(outbox, new Map(own.map((one) => [one.instance, one.outbox])));
  const { runner, webhook } = createRunner(deps, database);
  const recent = new RecentRuns(runner, clock);
  const audit = createAuditLog(database);
  const usGovernment = config.slack.us_government;
  const shared = { database, clock, warn, audit, runner, usGovernment, outgoing };
  const pages = createPages({ ...shared, settings, ended: ended.signal });
  const offers = new Offers(database);
  const followed = new FollowedRuns(database);
  const runs = createRunFlow({
    ...shared,
    offers,
    runs: followed,
    pages,
    customersOf: customersOf(runner, config.slack, config.hosts.salesforce),
  });
  const watch = createWatch({
    ...shared,
    pages,
    salesforceHost: config.hosts.salesforce,
    ownChannels: new Set(own.map(({ instance }) => instance)),
    credentials: (today) => endingCredentials(env, today),
  });
  const access = createAccess(config.slack, createUserGroups(slack, { clock }));
  const channel = createSlackChannel(slack, abortable);
  const organizations = createContactActions({
    ...shared,
    channelOf: (id) => createSlackChannel({ ...slack, channel: id }, abortable),
    openRetry: retryOpener({ dataDir, env, clock, say }),
    // On this machine it is the lock that keeps runs and retries apart.
    isRunInProgress: async () => runner.kind === "gitlab" && (await runner.current()) !== null,
    sleep,
    ended: ended.signal,
  });
  const explainer = createExplainer({
    ...shared,
    hosts: hostNames(env, config),
    lastRun: () =>
      lastRunOf({ ended: (since) => recent.ended(since), artifacts: (id) => runner.artifacts(id) }, clock()),
  });
  const prunes = [
    (now: Date) => outbox.prune(new Date(now.getTime() - KEPT_MS)),
    (now: Date) => audit.prune(now),
    (now: Date) => offers.forgetOld(now),
    (now: Date) => followed.forgetOld(now),
    (now: Date) => pages?.forgetOld(now),
  ];
  const workers: DeliveryWorker[] = [];
  const ends: (() => void)[] = [];
  return {
    conversation: createConversation({
      ...shared,
      runner: recent,
      access,
      runs,
      contactActions: organizations,
      explainer,
      starterOf: (run) => followed.ofRun(run)?.by.user ?? null,
    }),
    requests: new AnsweredRequests(database, { clock, warn }),
    webhook,
    async start() {
      ends.push(
        pruneDaily({ prunes, clock, warn }),
        runner.onChange(() => recent.forget()),
      );
      for (const one of [{ outbox, channel }, ...own])
        workers.push(keepDelivering(one.outbox, one.channel, { now: clock, warn }));
      pages?.start();
      await runs.resume();
      watch.start();
    },
    async stop() {
      ended.abort();
      for (const end of ends.splice(0)) end();
      await Promise.all([runs.stop(), watch.stop(), pages?.stop()]);
      // Last: what the others had to say is in the outbox by then; what is not posted now is at the next start.
      await Promise.all(workers.map((worker) => worker.stop()));
    },
    close: () => database.close(),
  };
}

/** Pipelines where a GitLab project is set, else child processes on this machine. */
function createRunner(
  { env, settings, clock }: BotDeps,
  database: Database,
): { runner: Runner; webhook: BotCore["webhook"] } {
  const { pipelines, dataDir } = settings;
  if (pipelines === null)
    return {
      runner: createProcessRunner(
        { ...ownCommand(), dataDir, env, pageUrl: settings.config.slack.page_url },
        { database, clock },
      ),
      webhook: null,
    };
  const runner = createGitlabRunner(pipelines, { database, clock, cache: join(dataDir, "bot", "pipelines") });
  return { runner, webhook: (payload) => runner.webhook(payload) };
}

/** Returns the command that starts `zdsync` here: the source next to this file, or the bundle that this is part of. */
function ownCommand(): { argv: string[]; startIn: string } {
  const source = join(import.meta.dir, "../bin/zdsync.ts");
  const program = existsSync(source) ? source : resolve(process.argv[1] ?? source);
  // What an .env file says was read when the bot began; a run gets of it what runs need.
  return { argv: [process.execPath, "--no-env-file", program], startIn: dirname(program) };
}
