import { currentDate } from "../lib/edges/clock.ts";
import { reportError } from "../lib/pipeline/report-error.ts";
import { processOutput } from "../lib/report/terminal/output.ts";
import { secretsIn } from "../lib/settings/environment.ts";
import { createLazyApp } from "./http/lazy-app.ts";

/**
 * The bot as a fetch handler (`.fetch`, `.request`), for whatever serves one: `bun bot/app.ts`, a platform. Importing it does
 * nothing; the environment is read on the first request. Work after an acknowledgement is finished on shutdown by `zdsync bot` only.
 */
const app = createLazyApp({
  async make() {
    const { createBot } = await import("./bot.ts");
    return createBot(process.env, { output: output(), clock: currentDate });
  },
  failed: (error) => void reportError(error, { env: process.env, output: output() }),
});

function output() {
  return processOutput(secretsIn(process.env), false);
}

export default app;
