import { join } from "node:path";
import * as v from "valibot";
import { mkdir, mkdtemp, rm } from "../../lib/edges/files.ts";
import { EXIT, type ExitCode } from "../../lib/errors.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { NOTICE_MEMORY } from "../../lib/remotes/slack/notice-memory.ts";
import { duration } from "../../lib/report/terminal/progress.ts";
import { writeWholeFile } from "../../lib/storage/files/write-whole-file.ts";
import plansText from "../../plans.yml" with { type: "text" };
import type { Sandbox } from "../../sandbox/types.ts";
import type { Call, LoadedCommand } from "../commands.ts";
import { startSandbox } from "../start-sandbox.ts";
import { runCommand } from "./run.ts";
import { describeSandbox, environmentOf, port, WORLD_INPUTS } from "./sandbox-command.ts";

const inputs = v.object({
  ...WORLD_INPUTS,
  "data-dir": v.optional(v.pipe(v.string(), v.nonEmpty(), v.description("Folder for artifacts")), "demo-data"),
  bot: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.description("Start the sandbox and the Slack bot instead, and keep them running"),
    ),
    "false",
  ),
  port: v.optional(
    v.pipe(
      port,
      v.description(
        "With --bot: first of the sandbox's five ports (the bot listens on PORT or 3000); 0: any free ports",
      ),
    ),
    "4010",
  ),
});

export const demo: LoadedCommand = {
  inputs,
  examples: [
    "zdsync demo",
    "zdsync demo --bot",
    "zdsync demo --accounts 20000",
    "zdsync demo --data-dir /tmp/demo --json",
  ],
  async run({ given, json, shell }) {
    if (parseInputs(inputs, given, {}).bot === "true") return demoBot(given, shell);
    const {
      accounts,
      seed,
      "time-factor": timeFactor,
      today: day,
      "data-dir": dataDir,
    } = parseInputs(inputs, given, {});
    const running = await startSandbox(
      { accounts, seed, timeFactor, ...(day ? { today: day } : {}) },
      { samples: true },
    );
    const { output } = shell;
    try {
      const remotes = await environmentOf(running, dataDir);
      // The Slack of an earlier demo is gone, and with it the notices that its memory knows.
      await rm(join(dataDir, NOTICE_MEMORY), { force: true });
      // The plans go in as text, so that the bundle can demonstrate itself where no other file of ours is.
      const plansFile = join(dataDir, "plans.yml");
      await writeWholeFile(plansFile, plansText as string);
      const env = {
        ...remotes,
        PLANS_FILE: plansFile,
        ...(shell.env.ZDSYNC_DEBUG ? { ZDSYNC_DEBUG: "1" } : {}),
      };
      output.err(describeSandbox(running), "progress");
      const run = (id: string) =>
        runCommand(
          "run",
          { "data-dir": dataDir, "run-id": id },
          { env, output, clock: shell.clock, json, namesOwnPage: true },
        );
      const first = await run("demo-first");
      const afterFirst = countRequests(running);
      if (first !== EXIT.done && first !== EXIT.someFailed) return first;
      output.err("\nThe same run again: it must find nothing to do and write nothing.");
      running.clearRequests();
      const begun = shell.clock().getTime();
      const second = await run("demo-second");
      output.err(
        `\nFirst run: ${afterFirst.reads.toLocaleString("en-US")} reads and ${afterFirst.writes.toLocaleString("en-US")} writes, ${running.slackMessages().length} Slack messages.`,
      );
      const again = countRequests(running);
      output.err(
        `Second run: ${again.reads.toLocaleString("en-US")} reads and ${again.writes.toLocaleString("en-US")} writes in ${duration((shell.clock().getTime() - begun) / 1000)}.`,
      );
      output.err(
        `What the first run did: ${join(dataDir, "history/demo-first/report.html")}; artifacts and results: ${dataDir}.`,
      );
      return second === EXIT.done && again.writes > 0 ? EXIT.failed : second;
    } finally {
      await running.stop();
    }
  },
};

/** The sandbox and the bot, until a signal ends both. */
async function demoBot(given: Call["given"], shell: Call["shell"]): Promise<ExitCode> {
  const { "data-dir": dataDir, port: first, ...world } = parseInputs(inputs, given, {});
  const { accounts, seed, "time-factor": timeFactor, today: day } = world;
  const running = await startSandbox(
    { accounts, seed, timeFactor, port: first, ...(day ? { today: day } : {}) },
    { samples: true },
  );
  try {
    // A new world every time: what an earlier one left behind is none of this bot's business.
    await mkdir(dataDir, { recursive: true });
    const folder = await mkdtemp(join(dataDir, "bot-"));
    const remotes = await environmentOf(running, folder);
    const plansFile = join(folder, "plans.yml");
    await writeWholeFile(plansFile, plansText as string);
    shell.output.err(describeSandbox(running));
    // Any free port is known only once the bot listens, which says so.
    const botUrl = first === 0 ? "http://127.0.0.1:PORT" : `http://127.0.0.1:${shell.env.PORT ?? "3000"}`;
    const addresses =
      first === 4010 && !shell.env.PORT ? "" : `SANDBOX_SLACK_URL=${running.urls.slack} BOT_URL=${botUrl} `;
    shell.output.err(
      `In a second terminal, simulate a person who types /zdsync run and confirms it: ${addresses}bun run demo:slack`,
    );
    // The secrets of the demo are in its source: nobody else in the network shall talk to it.
    const { PATH, HOME, PORT, HOST = "127.0.0.1" } = shell.env;
    const env = { PATH, HOME, PORT, HOST, ...remotes, PLANS_FILE: plansFile };
    const { botCommand } = await import("./bot-command.ts");
    const asked = { "data-dir": folder, ...(first === 0 ? { port: "0" } : {}) };
    return await botCommand.run({ name: "bot", given: asked, json: false, shell: { ...shell, env } });
  } finally {
    await running.stop();
  }
}

function countRequests(running: Sandbox): { reads: number; writes: number } {
  const writes = running.writes().length;
  return { reads: running.requests.length - writes, writes };
}
