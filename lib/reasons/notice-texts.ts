import type { NOTICE_REASONS } from "../domain/reasons/notices.ts";
import { clause, type Texts } from "./texts.ts";

const STAYS_DUE = "Nothing to do: the next run tries again. zdsync doctor checks Slack.";

export const NOTICE_TEXTS: Texts<typeof NOTICE_REASONS> = {
  "notice.unseen": {
    title: "may have been reported",
    say: ({ message }) => [
      `The organization was not reported to Slack because earlier messages could not be checked: ${clause(message)}.`,
      STAYS_DUE,
    ],
  },
  "notice.unclear": {
    title: "may have been reported",
    say: ({ message }) => [`The organization may have been reported to Slack: ${clause(message)}.`, STAYS_DUE],
  },
  "notice.refused": {
    title: "not reported",
    say: ({ message }) => [`The organization was not reported to Slack: ${clause(message)}.`, STAYS_DUE],
  },
  "notice.rate_limited": {
    title: "not reported",
    say: () => ["The organization was not reported to Slack: Slack's rate limit lasted too long.", STAYS_DUE],
  },
  "notice.too_many": {
    title: "not reported",
    say: ({ most }) => [
      `The organization was not reported to Slack: there were more than ${most} messages at once.`,
      STAYS_DUE,
    ],
  },
};
