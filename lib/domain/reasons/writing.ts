import * as v from "valibot";
import { comparison, count, fields, message, messages, nothing, place, word } from "./params.ts";

/** Outcomes of single writes (S5–S7), and causes that ended the work altogether. */
export const WRITING_REASONS = {
  "write.refused": v.object({
    service: word,
    /** The remote's stable code, or `status 422`. */
    refusal: word,
    /** Fields that it refused, where it named any. */
    fields,
    /** The field that another record holds; empty where it is not that. */
    taken: v.picklist(["", "name", "external_id", "email"]),
  }),
  "write.not_now": v.object({ service: word, refusal: word }),
  "write.unclear": v.object({ service: word, refusal: word }),
  "write.without_outcome": nothing,
  "write.without_id": nothing,
  "write.not_sent": nothing,
  "write.not_attempted": nothing,
  "write.not_read_back": v.object({ message }),
  "write.unaccounted": nothing,
  "write.over_limit": nothing,
  "contact.not_looked_up": nothing,
  "contact.not_finished": v.object({ message }),
  "job.unnamed": nothing,
  "job.ended_early": v.object({ job_id: word, status: word }),
  "job.unknown": v.object({ job_id: word }),
  "job.too_long": v.object({ job_id: word, minutes: count }),
  "job.status_unreadable": v.object({ job_id: word }),
  "job.results_missing": v.object({ results: count, rows: count }),
  "job.result_of_another": nothing,
  "job.result_without_id": nothing,
  "run.stopped": v.object({ cause: word }),
  "run.stopped_early": v.object({ message }),
  "stage.not_done": v.object({ comparison, lacks: v.picklist(["comparison", "try", "write"]) }),
  "remote.failed": v.object({ service: word, status: v.nullable(count), message }),
  "remote.incomplete": v.object({ message }),
  "artifact.unusable": v.object({ message }),
  /** The places of the problems (settings, files with line), and what is wrong at each. */
  "settings.wrong": v.object({ where: v.array(place), what: messages }),
  /** No file at all: the defaults apply, and they protect nobody. One that is there and empty asks for just that. */
  "config.missing": v.object({ file: place }),
  "machine.failed": v.object({ message }),
  "program.failed": v.object({ message }),
  /** A sentence of a version of zdsync that knew no codes, or a code that this one does not know: shown, never compared. */
  "legacy.text": v.object({ text: message }),
} as const;
