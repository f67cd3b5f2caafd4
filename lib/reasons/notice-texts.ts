import type { NOTICE_REASONS } from "../domain/reasons/notices.ts";
import { clause, type Texts } from "./texts.ts";

const STAYS_DUE = "Nothing to do: it stays due, and the next run tries again; zdsync doctor looks at Slack.";

export const NOTICE_TEXTS: Texts<typeof NOTICE_REASONS> = {
  "notice.unseen": {
    title: "not known whether reported",
    say: ({ message }) => [
      `The organization was not reported to Slack, whether it was before cannot be seen: ${clause(message)}.`,
      STAYS_DUE,
    ],
  },
  "notice.unclear": {
    title: "not known whether reported",
    say: ({ message }) => [
      `Whether the organization was reported to Slack is not known: ${clause(message)}.`,
      STAYS_DUE,
    ],
  },
  "notice.refused": {
    title: "not reported",
    say: ({ message }) => [`The organization was not reported to Slack: ${clause(message)}.`, STAYS_DUE],
  },
  "notice.rate_limited": {
    title: "not reported",
    say: () => ["The organization was not reported to Slack: its rate limit lasted too long.", STAYS_DUE],
  },
  "notice.too_many": {
    title: "not reported",
    say: ({ most }) => [
      `The organization was not reported to Slack: there are more than ${most} messages at once.`,
      STAYS_DUE,
    ],
  },
};
