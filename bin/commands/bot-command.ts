import * as v from "valibot";
import { errorSummary } from "../../bot/error-summary.ts";
import { exitOfFindings } from "../../lib/doctor/finding.ts";
import { renderFindings } from "../../lib/doctor/render.ts";
import { toDay } from "../../lib/domain/dates.ts";
import { EXIT, type ExitCode } from "../../lib/errors.ts";
import { dataDir } from "../../lib/pipeline/inputs.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { reportError } from "../../lib/pipeline/report-error.ts";
import type { Shell } from "../../lib/pipeline/run-stage.ts";
import { nextSignal } from "../../lib/pipeline/signals.ts";
import { oneLine } from "../../lib/text/outside-text.ts";
import { programName } from "../../lib/text/program-name.ts";
import type { LoadedCommand } from "../commands.ts";

const YES_OR_NO = v.picklist(["true", "false"]);

const inputs = v.object({
  "data-dir": dataDir,
  port: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text === "" || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535), "a number up to 65535"),
      v.description("Port to listen on instead of PORT (3000 if not set); 0: any free port"),
    ),
    "",
  ),
  check: v.optional(
    v.pipe(
      YES_OR_NO,
      v.description("Verify settings, tokens, scopes and channel, without starting the bot or changing anything"),
    ),
    "false",
  ),
  verbose: v.optional(v.pipe(YES_OR_NO, v.description("With --check: also show what is in order")), "false"),
});

const says = () => ({ checker: "bot --check", next: `${programName()} bot` });

export const botCommand: LoadedCommand = {
  inputs,
  examples: ["zdsync bot", "zdsync bot --check", "PORT=8080 zdsync bot"],
  async run({ given, json, shell }) {
    try {
      const { "data-dir": folder, port, check, verbose } = parseInputs(inputs, given, shell.env);
      const env = { ...shell.env, ZDSYNC_DATA_DIR: folder };
      if (check === "true") return await checkBotCommand({ ...shell, env }, { json, verbose: verbose === "true" });
      return await serveUntilSignal({ ...shell, env }, port === "" ? null : Number(port));
    } catch (error) {
      return reportError(error, { ...shell, json });
    }
  },
};

async function checkBotCommand(
  { env, output, clock }: Shell,
  { json, verbose }: { json: boolean; verbose: boolean },
): Promise<ExitCode> {
  const { checkBot } = await import("../../bot/check-bot.ts");
  const findings = await checkBot(env, toDay(clock()));
  const exit = exitOfFindings(findings);
  output.out(json ? JSON.stringify({ exit, findings }) : renderFindings(findings, { verbose, ...says() }));
  return exit;
}

/** Runs the bot until SIGTERM or SIGINT; then it finishes what is in flight. */
async function serveUntilSignal({ env, output, clock }: Shell, port: number | null): Promise<ExitCode> {
  const [{ createBot }, { serveBot }] = await Promise.all([import("../../bot/bot.ts"), import("../../bot/serve.ts")]);
  // A library that throws where nobody can catch it must not take the bot along.
  const onStray = (error: unknown) => output.err(`warning: unhandled error: ${oneLine(errorSummary(error))}`);
  process.on("unhandledRejection", onStray);
  try {
    const bot = await createBot(env, { output, clock });
    const asked = nextSignal();
    const served = await serveBot(bot, port ?? bot.settings.port);
    output.err(
      `zdsync bot listens on port ${served.port}${bot.settings.host === null ? "" : ` of ${bot.settings.host}`}${bot.settings.appToken === null ? "" : " (Socket Mode)"}.`,
    );
    output.err(`${await asked}: finishing requests in flight …`);
    await served.stop();
    output.err("zdsync bot has stopped.");
    return EXIT.done;
  } finally {
    process.off("unhandledRejection", onStray);
  }
}
