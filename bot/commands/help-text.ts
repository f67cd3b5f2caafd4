/** What help shows to be typed; each is a command that is understood. */
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

/** What the bot can be asked for, as mrkdwn lines. */
export const HELP_LINES: readonly string[] = [
  "*What you can ask for*",
  "`/zdsync run [global|us-government] [--dry-run]` shows what a run would change, and starts it once you confirm. With `--dry-run` it only shows. Without an instance, both are meant.",
  "`/zdsync preview [global|us-government]` shows everybody in the channel what a run would change now, what matters first, and where its page is. Nothing is written, and nothing is to confirm.",
  "`/zdsync status` says whether a run is going on, and how the last scheduled one ended.",
  "`/zdsync last` shows the last run, and who did what in Slack.",
  "`/zdsync explain <id, name or address>` says why a customer is as it is, from the last run: which charge, which override, what stopped it, what would help. Only you see it.",
  "`/zdsync cancel` stops the run that is going on. The next run does what it left.",
  "`/zdsync help` shows this.",
  `*For example:* ${HELP_EXAMPLES.filter((one) => one.split(" ").length > 2)
    .map((one) => `\`${one}\``)
    .join(" · ")}`,
  "Everybody may ask for help and status. Who may do the rest stands in zdsync.config.yml, under `slack:`.",
];
