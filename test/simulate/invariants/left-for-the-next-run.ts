import type { HourSeen, RunSeen } from "../story/seen.ts";
import { parsed, resultsIn } from "./results-seen.ts";

/**
 * Accounts that one more run does something for although this one did all it planned: names that a rename of the run freed (C7), and
 * contacts whose place was kept for somebody who turned out to be elsewhere, or whose address could not be looked up (told in a note).
 * Users whose contact is such an account's wait with it: before it has an organization in us-government, nobody asks for its contacts (U3).
 */
export function leftForTheNextRun(hour: Pick<HourSeen, "after" | "runs">): Set<string> {
  const files = filesLeft(hour);
  const notes = notesIn(files);
  const skipped = [...resultsIn(files).values()].flat().filter(({ outcome }) => outcome === "skipped");
  const notMade = new Set(
    notesIn(files, /^usgov_notes\.json$/).flatMap(({ code, salesforce_id }) =>
      code === "create.name_contested" ? [String(salesforce_id)] : [],
    ),
  );
  return new Set([
    ...notes.flatMap(({ rule, salesforce_id }) => (rule === "C7" ? [String(salesforce_id)] : [])),
    ...hour.after.salesforce.Contact.flatMap(({ AccountId, Email }) =>
      notMade.has(String(AccountId))
        ? [
            `user ${String(Email ?? "")
              .trim()
              .toLowerCase()}`,
          ]
        : [],
    ),
    ...notes.flatMap(({ code, salesforce_id }) =>
      code === "contact.not_verified" ? [`contact ${salesforce_id}`] : [],
    ),
    ...skipped.flatMap(({ effect, salesforce_id }) => (effect === "contact" ? [`contact ${salesforce_id}`] : [])),
  ]);
}

/** What the hour's last run left, or all stages of its pipeline: each of them has a folder of its own. */
export function filesLeft({ runs }: Pick<HourSeen, "runs">): RunSeen["files"] {
  const last = runs.at(-1);
  return new Map((last?.command === "run" ? [last] : runs).flatMap(({ files }) => [...files]));
}

interface NoteSeen {
  rule: string;
  salesforce_id: string | null;
  code?: string;
}

export function notesIn(files: RunSeen["files"], names = /^[a-z_]+_notes\.json$/): NoteSeen[] {
  return [...files].flatMap(([path, content]) => (names.test(path) ? ((parsed(content) ?? []) as NoteSeen[]) : []));
}
