import type { Database } from "bun:sqlite";
import type { InstanceName } from "../../lib/domain/instance.ts";
import { namedIn, ownChannel } from "../../lib/remotes/slack/notice-channels.ts";
import type { Outgoing } from "../../lib/remotes/slack/ports.ts";
import { createThreadFiles } from "../../lib/remotes/slack/thread-files.ts";
import type { Runner } from "../runs/runner.ts";
import type { BotSettings } from "../settings.ts";
import { PageUploads } from "./page-uploads.ts";
import { readPage } from "./read-page.ts";
import { createPageSender, type PageSender } from "./send-pages.ts";

/** Everything needed to put the pages of runs into their threads. */
export interface PagesDeps {
  settings: Pick<BotSettings, "slack" | "config">;
  database: Database;
  runner: Pick<Runner, "kind" | "artifacts">;
  outgoing: Outgoing;
  clock: () => Date;
  warn: (message: string) => void;
  /** Aborted where the bot ends: nothing that is sent holds that up. */
  ended: AbortSignal;
}

/** Puts the pages of runs into their threads; null where the config does not want that (`slack.page`). */
export function createPages(deps: PagesDeps): (PageSender & Pick<PageUploads, "forgetOld">) | null {
  const { settings, database, runner, ended, ...others } = deps;
  const { slack, config } = settings;
  if (!config.slack.page) return null;
  const uploads = new PageUploads(database);
  const channelOf = (instance: InstanceName | null) =>
    (instance === null ? null : ownChannel(config.slack, instance)) ?? slack.channel;
  const sender = createPageSender({
    ...others,
    uploads,
    kind: runner.kind,
    pageOf: ({ runId, instance }) => readPage(runner, runId, namedIn(config.slack, instance)),
    filesOf: (instance) => createThreadFiles({ ...slack, channel: channelOf(instance) }, { signal: ended }),
  });
  return { ...sender, forgetOld: (now) => uploads.forgetOld(now) };
}
