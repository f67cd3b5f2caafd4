import type { PlantedBug } from "./bug.ts";

/** Slack, requests, files, and other runs. */
export const OF_SURROUNDINGS: readonly PlantedBug[] = [
  {
    name: "notices that stand in the channel are posted again",
    file: "lib/slack/notices.ts",
    find: "if (named.has(id)) result.alreadyPosted.push(id);",
    replace: "if (named.has(-id)) result.alreadyPosted.push(id);",
    expects: ["no notice twice"],
  },
  {
    name: "notices that were not posted are taken for posted",
    file: "lib/slack/notices.ts",
    find: "if (why === null) memory.remember(reply.organizationIds);",
    replace: "memory.remember(reply.organizationIds);",
    expects: ["no notice forgotten"],
  },
  {
    name: "messages leave the outbox before Slack has them",
    file: "lib/slack/outbox.ts",
    find: "onSend: () => this.#rows.sending(key, now().getTime())",
    replace: 'onSend: () => this.#rows.posted(key, "0")',
    expects: ["no message forgotten"],
  },
  {
    name: "messages are sent again without a look",
    file: "lib/slack/outbox.ts",
    find: "if (ts !== undefined) this.#rows.posted(key, ts);",
    replace: "if (ts !== undefined && ts.length < 0) this.#rows.posted(key, ts);",
    expects: ["no message twice"],
  },
  {
    name: "posts whose answer was lost are sent again",
    file: "lib/slack/web-client.ts",
    find: "return open(settings, timing, 0);",
    replace: "return open(settings, timing, 2);",
    expects: ["no notice twice", "no message twice"],
  },
  {
    name: "nobody waits as long as Retry-After says",
    file: "lib/http/retry-timing.ts",
    find: "const said = retryAfterMs(headers, nowMs) ?? quotaPauseMs(headers) ?? endpointPauseMs(headers);",
    replace: "const said = quotaPauseMs(headers);",
    expects: ["Retry-After is obeyed"],
  },
  {
    name: "the deadline is not watched",
    file: "lib/stage/signals.ts",
    find: 'stop.request("deadline");',
    replace: 'if (signalled) stop.request("deadline");',
    expects: ["every run ends"],
  },
  {
    name: "the lock is ignored",
    file: "lib/stage/run-lock.ts",
    find: "return isOfEarlierBoot || !machine.isAlive(holder.pid);",
    replace: "return true;",
    expects: ["one run at a time"],
  },
  {
    name: "files are not on the disk before they take their names",
    file: "lib/files/write-whole-file.ts",
    find: "    await file.sync();\n",
    replace: "",
    expects: ["every file is whole"],
  },
];
