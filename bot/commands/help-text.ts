/** Examples shown by help; each is a valid command. */
export const HELP_EXAMPLES = [
  "/zdsync run",
  "/zdsync run global",
  "/zdsync run us-government --dry-run",
  "/zdsync preview global",
  "/zdsync status",
  "/zdsync last",
  "/zdsync explain Example GmbH",
  "/zdsync explain 0014M00001kAbCdQAK",
  "/zdsync cancel",
  "/zdsync help",
] as const;

/** The bot's commands for the help text, as mrkdwn lines. */
export const HELP_LINES: readonly string[] = [
  "*Commands*",
  "`/zdsync run [global|us-government] [--dry-run]` shows what a run would change, and starts it once you confirm. With `--dry-run`, it only shows the changes. Without an instance, it covers both.",
  "`/zdsync preview [global|us-government]` shows everyone in the channel what a run would change now, most important first, with a link to its page. It writes nothing and needs no confirmation.",
  "`/zdsync status` shows whether a run is in progress, and how the last scheduled run ended.",
  "`/zdsync last` shows the last run, and recent activity in Slack.",
  "`/zdsync explain <id, name or address>` explains a customer's support, from the last run: the charge or override behind it, what blocked a change, and what to do. Only you see the answer.",
  "`/zdsync cancel` stops the run in progress. The next run does the rest.",
  "`/zdsync help` shows this message.",
  `*For example:* ${HELP_EXAMPLES.filter((one) => one.split(" ").length > 2)
    .map((one) => `\`${one}\``)
    .join(" · ")}`,
  "Everyone can use help and status. The users allowed to use the other commands are set in zdsync.config.yml under `slack:`.",
];
