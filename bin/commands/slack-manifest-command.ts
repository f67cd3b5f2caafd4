import * as v from "valibot";
import { ConfigurationError, EXIT, type Problem } from "../../lib/errors.ts";
import { parseInputs } from "../../lib/pipeline/parse-inputs.ts";
import { manifestProblems, SLACK_PATH, slackManifest } from "../../lib/remotes/slack/manifest.ts";
import type { LoadedCommand } from "../commands.ts";

const inputs = v.object({
  url: v.optional(v.pipe(v.string(), v.description(`The bot's address; ${SLACK_PATH} is appended`)), ""),
  socket: v.optional(
    v.pipe(
      v.picklist(["true", "false"]),
      v.description("For Socket Mode instead: the bot connects to Slack and needs no public address"),
    ),
    "false",
  ),
  name: v.optional(v.pipe(v.string(), v.description("The app's name in Slack")), "Zendesk Sync"),
});

const NEXT =
  "Paste it at api.slack.com/apps → Create New App → From a manifest. Then set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (Socket Mode: SLACK_APP_TOKEN, with connections:write), and run zdsync bot --check.";

export const slackManifestCommand: LoadedCommand = {
  inputs,
  examples: ["zdsync slack-manifest --url https://bot.example.com", "zdsync slack-manifest --socket > manifest.json"],
  async run({ given, shell: { env, output } }) {
    const { url, socket, name } = parseInputs(inputs, given, env);
    const order = { name, url: socket === "true" ? null : url };
    const problems = [...manifestProblems(order), ...choiceProblems(url, socket === "true")];
    // Of two problems of one flag the choice comes first to mind.
    const byFlag = new Map(problems.map((problem) => [problem.where, problem]));
    if (problems.length > 0) throw new ConfigurationError([...byFlag.values()]);
    output.out(JSON.stringify(slackManifest(order), null, 2));
    output.err(NEXT);
    return EXIT.done;
  },
};

function choiceProblems(url: string, socket: boolean): Problem[] {
  if (socket && url !== "") return [{ where: "--url", what: "cannot be combined with --socket; choose one" }];
  return !socket && url === ""
    ? [{ where: "--url", what: "missing: the bot's address, https://…; or --socket, where Slack cannot reach the bot" }]
    : [];
}
