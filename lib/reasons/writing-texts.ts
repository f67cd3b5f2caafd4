import { COMPARISON } from "../domain/comparisons.ts";
import type { WRITING_REASONS } from "../domain/reasons/writing.ts";
import { clause, counted, listed, type Texts } from "./texts.ts";

const NEXT_RUN = "Nothing to do: the next run checks again.";
const LOOK = "The next run checks the record and completes the change if necessary.";

export const WRITING_TEXTS: Texts<typeof WRITING_REASONS> = {
  "write.refused": {
    title: "rejected by the remote",
    say: ({ service, refusal, fields, taken }) => [
      `${service} rejected the record (${refusal}${fields.length > 0 ? `: ${listed(fields)}` : ""})${taken === "" ? "" : `: another record has this ${taken}`}.`,
      taken === "" ? `Check the record in ${service}.` : "Change the value on one of the two.",
    ],
  },
  "write.not_now": {
    title: "temporarily unavailable",
    say: ({ service, refusal }) => [`${service} could not write the record at the moment (${refusal}).`, NEXT_RUN],
  },
  "write.unclear": {
    title: "may have been applied",
    say: ({ service, refusal }) => [`${service} may have written the record (${refusal}).`, LOOK],
  },
  "write.without_outcome": {
    title: "may have been applied",
    say: () => ["Zendesk reported no outcome for the record; it may have been written.", LOOK],
  },
  "write.without_id": {
    title: "may have been applied",
    say: () => ["Zendesk returned no id for the record; it may have been written.", LOOK],
  },
  "write.not_sent": {
    title: "stopped",
    say: () => ["The record was not written: zdsync was stopped before sending it.", NEXT_RUN],
  },
  "write.not_attempted": {
    title: "not attempted",
    say: () => [
      "The record was not attempted: another job failed completely.",
      "Fix the error that ended the run, then run again.",
    ],
  },
  "write.not_read_back": {
    title: "not read back",
    say: ({ message }) => [`The record was written, but could not be read back: ${clause(message)}.`, LOOK],
  },
  "write.unaccounted": {
    title: "outcome not recorded",
    say: () => [
      "The outcome of the record was not recorded.",
      "This is a bug in zdsync; please report it. The next run checks the record.",
    ],
  },
  "write.over_limit": {
    title: "over a limit",
    say: () => [
      "The record was not written: a safety limit stopped the run before it wrote anything.",
      "Review the run's report; if its changes are right, allow them for one run.",
    ],
  },
  "contact.not_looked_up": {
    title: "not looked up",
    say: () => ["The address was not looked up because several earlier look-ups failed.", NEXT_RUN],
  },
  "contact.not_finished": {
    title: "not completed",
    say: ({ message }) => [`The contact was not completed: ${clause(message)}.`, NEXT_RUN],
  },
  "job.unnamed": {
    title: "may have been applied",
    say: () => ["Zendesk accepted the record but returned no job id, so it may have been written.", LOOK],
  },
  "job.ended_early": {
    title: "may have been applied",
    say: ({ job_id, status }) => [
      `The record's job ${job_id} in Zendesk ended as ${status}; some of its records may have been written.`,
      LOOK,
    ],
  },
  "job.unknown": {
    title: "may have been applied",
    say: ({ job_id }) => [`Zendesk no longer knows the record's job ${job_id}; it may have been done.`, LOOK],
  },
  "job.too_long": {
    title: "may have been applied",
    say: ({ job_id, minutes }) => [
      `The record's job ${job_id} in Zendesk did not end within ${counted(minutes, "minute")}; it may still be done.`,
      LOOK,
    ],
  },
  "job.status_unreadable": {
    title: "may have been applied",
    say: ({ job_id }) => [`The status of the record's job ${job_id} could not be read; it may have been done.`, LOOK],
  },
  "job.results_missing": {
    title: "may have been applied",
    say: ({ results, rows }) => [
      `The record's job in Zendesk reported ${counted(results, "result")} for ${counted(rows, "record")}; it may have been written.`,
      LOOK,
    ],
  },
  "job.result_of_another": {
    title: "may have been applied",
    say: () => [
      "The record's job in Zendesk returned another record's result instead; it may have been written.",
      LOOK,
    ],
  },
  "job.result_without_id": {
    title: "may have been applied",
    say: () => ["The record's job in Zendesk returned no id for it; it may have been written.", LOOK],
  },
  "run.stopped": {
    title: "stopped",
    say: ({ cause }) => [`The record was not attempted: zdsync was stopped (${cause}).`, NEXT_RUN],
  },
  "run.stopped_early": {
    title: "stopped",
    say: ({ message }) => [`${clause(message)}.`, "Nothing to do: the next run does the remaining work."],
  },
  "stage.not_done": {
    title: "not completed",
    say: ({ comparison, lacks }) => [
      `"${COMPARISON[comparison].title}" was not ${{ comparison: "compared", try: "tried", write: "written" }[lacks]}.`,
      "See the first job of the pipeline that failed.",
    ],
  },
  "remote.failed": {
    title: "remote failed",
    say: ({ message }) => [
      `${clause(message)}.`,
      "The next run tries again. If this happens again, run zdsync doctor.",
    ],
  },
  "remote.incomplete": {
    title: "incomplete response",
    say: ({ message }) => [`${clause(message)}.`, "If this happens again, report it."],
  },
  "artifact.unusable": {
    title: "file not usable",
    say: ({ message }) => [`${clause(message)}.`, "Then run again."],
  },
  "settings.wrong": {
    title: "configuration error",
    say: ({ where, what }) => {
      const all = where.map((one, index) => `${one}: ${clause(what[index] ?? "wrong")}`).join("; ");
      return where.length === 1
        ? [`${all}.`, "Correct it, and run again."]
        : [`Settings or files are missing or wrong: ${all}.`, "Correct them, and run again."];
    },
  },
  "config.missing": {
    title: "no config",
    say: ({ file }) => [
      `There is no config at ${file}: no organizations or users are protected (protected_ids, excluded_account_ids, protected_emails, protected_email_domains), hosts are not checked, and every limit has its default.`,
      "Create one (zdsync.config.example.yml shows every key), or point ZDSYNC_CONFIG at yours; an empty file accepts the defaults. Until then, nothing that writes to Zendesk starts (exit 2).",
    ],
  },
  "machine.failed": {
    title: "problem with the machine",
    say: ({ message }) => [`${clause(message)}.`, "The next run tries again."],
  },
  "program.failed": {
    title: "bug in zdsync",
    say: ({ message }) => [`${clause(message)}.`, "Please report it; the next run tries again."],
  },
  "legacy.text": {
    title: "from an earlier version",
    say: ({ text }) => [`${clause(text)}.`, "No more is known: an earlier version of zdsync wrote this."],
  },
};
