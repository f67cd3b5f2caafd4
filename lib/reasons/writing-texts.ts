import { COMPARISON } from "../domain/comparisons.ts";
import type { WRITING_REASONS } from "../domain/reasons/writing.ts";
import { clause, counted, listed, type Texts } from "./texts.ts";

const NEXT_RUN = "Nothing to do: the next run looks again.";
const LOOK = "The next run looks at the record and does what is still to do.";

export const WRITING_TEXTS: Texts<typeof WRITING_REASONS> = {
  "write.refused": {
    title: "refused by the remote",
    say: ({ service, refusal, fields, taken }) => [
      `${service} refused the record (${refusal}${fields.length > 0 ? `: ${listed(fields)}` : ""})${taken === "" ? "" : `: another record has this ${taken}`}.`,
      taken === "" ? `Look at the record in ${service}.` : "Give one of the two another value.",
    ],
  },
  "write.not_now": {
    title: "not done just now",
    say: ({ service, refusal }) => [`${service} could not write the record just now (${refusal}).`, NEXT_RUN],
  },
  "write.unclear": {
    title: "outcome not known",
    say: ({ service, refusal }) => [`${service} may have written the record (${refusal}).`, LOOK],
  },
  "write.without_outcome": {
    title: "outcome not known",
    say: () => ["Zendesk reported no outcome for the record; it may have been written.", LOOK],
  },
  "write.without_id": {
    title: "outcome not known",
    say: () => ["Zendesk answered no id for the record; it may have been written.", LOOK],
  },
  "write.not_sent": {
    title: "stopped",
    say: () => ["The record was not written: zdsync was stopped before it was sent.", NEXT_RUN],
  },
  "write.not_attempted": {
    title: "not attempted",
    say: () => [
      "The record was not attempted: another job failed altogether.",
      "See the error that ended the run; then run again.",
    ],
  },
  "write.not_read_back": {
    title: "not read back",
    say: ({ message }) => [`The record was written, but could not be read back: ${clause(message)}.`, LOOK],
  },
  "write.unaccounted": {
    title: "not accounted for",
    say: () => [
      "The record was not accounted for.",
      "This is a fault of zdsync: report it. The next run looks at the record.",
    ],
  },
  "write.over_limit": {
    title: "over a limit",
    say: () => [
      "The record was not written: a safety limit stopped the run before it wrote anything.",
      "Look at the report of the run; if its changes are right, allow them for one run.",
    ],
  },
  "contact.not_looked_up": {
    title: "not looked up",
    say: () => ["The address was not looked up: several look-ups before it failed.", NEXT_RUN],
  },
  "contact.not_finished": {
    title: "not finished",
    say: ({ message }) => [`The contact was not finished: ${clause(message)}.`, NEXT_RUN],
  },
  "job.unnamed": {
    title: "outcome not known",
    say: () => ["Zendesk took the record into a job, but did not name the job.", LOOK],
  },
  "job.ended_early": {
    title: "outcome not known",
    say: ({ job_id, status }) => [
      `The record's job ${job_id} in Zendesk ended as ${status}; some records of it may have been written.`,
      LOOK,
    ],
  },
  "job.unknown": {
    title: "outcome not known",
    say: ({ job_id }) => [`Zendesk does not know the record's job ${job_id} any more; it may have been done.`, LOOK],
  },
  "job.too_long": {
    title: "outcome not known",
    say: ({ job_id, minutes }) => [
      `The record's job ${job_id} in Zendesk did not end within ${counted(minutes, "minute")}; it may still be done.`,
      LOOK,
    ],
  },
  "job.status_unreadable": {
    title: "outcome not known",
    say: ({ job_id }) => [`The status of the record's job ${job_id} could not be read; it may have been done.`, LOOK],
  },
  "job.results_missing": {
    title: "outcome not known",
    say: ({ results, rows }) => [
      `The record's job in Zendesk reported ${counted(results, "result")} for ${counted(rows, "record")}; it may have been written.`,
      LOOK,
    ],
  },
  "job.result_of_another": {
    title: "outcome not known",
    say: () => [
      "The record's job in Zendesk reported another record's result in its place; it may have been written.",
      LOOK,
    ],
  },
  "job.result_without_id": {
    title: "outcome not known",
    say: () => ["The record's job in Zendesk reported no id for it; it may have been written.", LOOK],
  },
  "run.stopped": {
    title: "stopped",
    say: ({ cause }) => [`The record was not attempted: zdsync was stopped (${cause}).`, NEXT_RUN],
  },
  "run.stopped_early": {
    title: "stopped",
    say: ({ message }) => [`${clause(message)}.`, "Nothing to do: the next run does the rest."],
  },
  "stage.not_done": {
    title: "not done",
    say: ({ comparison, lacks }) => [
      `"${COMPARISON[comparison].title}" was not ${{ comparison: "compared", try: "tried", write: "written" }[lacks]}.`,
      "The jobs of the pipeline say why; see the first that failed.",
    ],
  },
  "remote.failed": {
    title: "remote failed",
    say: ({ message }) => [`${clause(message)}.`, "If it stays so, run zdsync doctor; the next run tries again."],
  },
  "remote.incomplete": {
    title: "answer incomplete",
    say: ({ message }) => [`${clause(message)}.`, "Run again; if it stays so, report it."],
  },
  "artifact.unusable": {
    title: "file not usable",
    say: ({ message }) => [`${clause(message)}.`, "Then run again."],
  },
  "settings.wrong": {
    title: "settings wrong",
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
      `There is no config at ${file}: nobody is protected (protected_ids, excluded_account_ids, protected_emails, protected_email_domains), the hosts are not checked, and every limit has its default.`,
      "Write one (zdsync.config.example.yml shows every key), or point ZDSYNC_CONFIG at yours; an empty file says that the defaults are meant. Until then nothing that writes to Zendesk begins (exit 2).",
    ],
  },
  "machine.failed": {
    title: "problem of the machine",
    say: ({ message }) => [`${clause(message)}.`, "The next run tries again."],
  },
  "program.failed": {
    title: "fault of the program",
    say: ({ message }) => [`${clause(message)}.`, "Report it; the next run tries again."],
  },
  "legacy.text": {
    title: "of an earlier version",
    say: ({ text }) => [`${clause(text)}.`, "Nothing more is known: another version of zdsync wrote this."],
  },
};
