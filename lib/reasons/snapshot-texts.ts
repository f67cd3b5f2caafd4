import type { SNAPSHOT_REASONS } from "../domain/reasons/snapshots.ts";
import { clause, NOTHING_TO_DO, type Texts } from "./texts.ts";

const TITLE = "listed in full";

/** All of them say: the result is the same as ever, the run took longer. */
export const SNAPSHOT_TEXTS: Texts<typeof SNAPSHOT_REASONS> = {
  "snapshot.unreadable": {
    title: TITLE,
    say: ({ message }) => [
      `Everything was listed in full, because the snapshot of the last run cannot be read: ${clause(message)}.`,
      "Nothing to do, unless it happens again: a new one is made by the next complete listing.",
    ],
  },
  "snapshot.of_another": {
    title: TITLE,
    say: ({ list }) => [
      `The ${list} were listed in full, because the snapshot is of another host, account, credential, configuration or version of zdsync.`,
      "Nothing to do, where one of these was changed; otherwise give each of them a data directory of its own.",
    ],
  },
  "snapshot.export_refused": {
    title: TITLE,
    say: ({ list, status }) => [
      `The ${list} were listed in full, because Zendesk refused the incremental export (status ${status}): it is for administrators.`,
      "Use an OAuth client of an administrator, or set ZDSYNC_SNAPSHOT=off: then no export is asked for.",
    ],
  },
  "snapshot.exports_used_up": {
    title: TITLE,
    say: ({ list }) => [
      `The ${list} were listed in full, because the exports of this minute were used up: Zendesk allows all clients of an account ten together, and a lot has changed.`,
      NOTHING_TO_DO,
    ],
  },
  "snapshot.export_stuck": {
    title: TITLE,
    say: ({ list }) => [
      `The ${list} were listed in full, because a thousand or more changed within one second: Zendesk's export never gets past those.`,
      NOTHING_TO_DO,
    ],
  },
  "snapshot.not_completed": {
    title: TITLE,
    say: ({ list, message }) => [
      `The ${list} were listed in full, because what has changed could not be found out: ${clause(message)}.`,
      NOTHING_TO_DO,
    ],
  },
  "snapshot.differs": {
    title: TITLE,
    say: ({ list, records, differing }) => [
      `The ${list} were listed in full, because a page that was listed again did not match the snapshot: ${differing} differ, among them ${records.join(", ")}.`,
      "Nothing to do, unless it happens often: then set ZDSYNC_SNAPSHOT=off and report it to the maintainers of zdsync.",
    ],
  },
  "snapshot.count_differs": {
    title: TITLE,
    say: ({ list, known, counted }) => [
      `The ${list} were listed in full: by the snapshot and the export there are ${known}, by Zendesk's count ${counted}.`,
      NOTHING_TO_DO,
    ],
  },
  "snapshot.not_saved": {
    title: "snapshot not saved",
    say: ({ message }) => [
      `What was listed could not be kept as a snapshot, so the next run lists everything in full: ${clause(message)}.`,
      "Look at the data directory: whether there is room on the disk, and whether zdsync may write there.",
    ],
  },
};
