/**
 * A program that tests kill: it delivers an outbox or posts notices, told what by one JSON argument, and ends when it is done. Its
 * waits are a thousand times shorter.
 */

import { Outbox } from "../../../bot/outbox/outbox.ts";
import { createSlackChannel } from "../../../lib/remotes/slack/channel.ts";
import type { NoticeOrganization } from "../../../lib/remotes/slack/notice.ts";
import { openNoticeMemory } from "../../../lib/remotes/slack/notice-memory.ts";
import { postNotices } from "../../../lib/remotes/slack/notices.ts";
import type { OutgoingPost } from "../../../lib/remotes/slack/ports.ts";

/** What the program does. */
export interface PostingTask {
  settings: { token: string; channel: string; apiUrl: string };
  database: string;
  /** Put, then delivered until nothing is left or nothing passes. */
  posts?: OutgoingPost[];
  notices?: { runId: string; organizations: NoticeOrganization[] };
}

const sleep = (milliseconds: number) => Bun.sleep(milliseconds / 1000);

async function deliver({ settings, database }: PostingTask, posts: readonly OutgoingPost[]): Promise<void> {
  using outbox = new Outbox(database);
  for (const post of posts) outbox.enqueue(post);
  const setting = { now: () => new Date(), sleep, stop: { reason: null } };
  const channel = createSlackChannel(settings, { sleep, timeoutMs: 2000, minTimeoutMs: 1 });
  for (let attempts = 0; attempts < 10; attempts++) {
    if ((await outbox.deliver(channel, setting)).left === 0) return;
  }
  throw new Error(`not delivered: ${JSON.stringify(outbox.undelivered())}`);
}

async function report({ settings, database, notices }: PostingTask): Promise<void> {
  if (!notices) return;
  const { runId, organizations } = notices;
  const setting = { channel: settings.channel, now: new Date(), warn: (text: string) => process.stderr.write(text) };
  using memory = openNoticeMemory(database, setting);
  const channel = createSlackChannel(settings, { sleep, timeoutMs: 2000, minTimeoutMs: 1 });
  await postNotices(channel, { runId, dryRun: false }, organizations, { now: new Date(), sleep, memory });
}

if (import.meta.main) {
  const task: PostingTask = JSON.parse(process.argv[2] ?? "{}");
  await (task.posts ? deliver(task, task.posts) : report(task));
}
